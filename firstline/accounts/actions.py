"""Every write about people."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from firstline.accounts.models import LINK_LIFETIME, SignInLink, Team, User
from firstline.accounts.permissions import Role
from firstline.core import clock, tokens
from firstline.events.audit import Facts, Personal, record_audit
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind
from firstline.events.recording import MACHINE, Actor, record

DEFAULT_TEAM = "Support"


class LinkRefused(Exception):
    """The link is used, expired or not one of ours; the message is a sentence for the person."""


class LastAdmin(Exception):
    """Without this person nobody could manage people; the message is a sentence for whoever tried."""


@transaction.atomic
def create_user(
    email: str,
    *,
    name: str,
    roles: Sequence[Role],
    by: Actor = MACHINE,
    password: str | None = None,
    teams: Sequence[Team] = (),
) -> User:
    """Add a person; without a password they can come in by a one-time link only.

    Raises IntegrityError when the address is taken.
    """
    user = User(email=email.strip(), name=name.strip() or email.split("@")[0], roles=[role.value for role in roles])
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    user.teams.set(teams or [default_team()])
    record(Kind.USER_CREATED, by=by, subject_id=user.pk)
    _audit(Kind.USER_CREATED, user, by=by, before={}, email=user.email)
    return user


def default_team() -> Team:
    """The team that a fresh desk starts with."""
    return Team.objects.get_or_create(name=DEFAULT_TEAM)[0]


@transaction.atomic
def create_sign_in_link(user: User, *, by: Actor = MACHINE) -> str:
    """Path of a link that signs `user` in once within 24 hours. Only the token's digest is stored; audited (M-21)."""
    token = tokens.random_token()
    SignInLink.objects.create(user=user, digest=tokens.digest(token), expires_at=clock.now() + LINK_LIFETIME)
    record_audit(Kind.ACCESS_CHANGED, by=by, subject_id=user.pk, after={"link": True})
    return reverse("accounts:enter", args=[token])


@transaction.atomic
def use_sign_in_link(token: str) -> User:
    """The person whom the link lets in; it works once. Raises LinkRefused."""
    now = clock.now()
    link = (
        SignInLink.objects.select_for_update(of=["self"])
        .select_related("user")
        .filter(digest=tokens.digest(token))
        .first()
    )
    if link is None or not link.is_usable(now):
        raise LinkRefused("This sign-in link was used already, has expired, or is not complete.")
    link.used_at = now
    link.save(update_fields=["used_at"])
    record(Kind.USER_SIGNED_IN_BY_LINK, by=link.user, subject_id=link.user.pk)
    return link.user


@transaction.atomic
def deactivate(user: User, *, by: Actor) -> None:
    """End a person's access; their open pages close within seconds (S-31). Raises LastAdmin."""
    _keep_an_admin(user)
    before = _access(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    SignInLink.objects.filter(user=user, used_at=None).update(used_at=clock.now())
    record(Kind.ACCESS_REVOKED, by=by, subject_id=user.pk, user=user.pk)
    _audit(Kind.ACCESS_REVOKED, user, by=by, before=before)


def rename(user: User, *, by: Actor, name: str) -> None:
    """Change the name that colleagues and contacts read."""
    user.name = name.strip()
    user.save(update_fields=["name"])


def set_shortcuts(user: User, *, on: bool) -> None:
    """Switch single-letter keys on or off for this person."""
    user.shortcuts_on = on
    user.save(update_fields=["shortcuts_on"])


def finish_welcome(user: User) -> None:
    """Do not lead this person to the first-run page any more; it stays in the settings."""
    user.welcome_done = True
    user.save(update_fields=["welcome_done"])


@transaction.atomic
def set_access(user: User, *, roles: Sequence[Role], teams: Sequence[Team], by: Actor) -> None:
    """Change what a person may do and which inboxes they see; open pages close when something is taken away.

    Raises LastAdmin when nobody could manage people afterwards.
    """
    if Role.ADMIN not in roles:
        _keep_an_admin(user)
    before = _access(user)
    lost = set(user.roles) - set(roles) or set(user.teams.all()) - set(teams)
    user.roles = [role.value for role in roles]
    user.save(update_fields=["roles"])
    user.teams.set(teams)
    kind = Kind.ACCESS_REVOKED if lost else Kind.ACCESS_CHANGED
    record(kind, by=by, subject_id=user.pk, user=user.pk)
    _audit(kind, user, by=by, before=before)


@transaction.atomic
def reactivate(user: User, *, by: Actor) -> None:
    """Let a person in again, by their password or a new link."""
    before = _access(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(Kind.ACCESS_CHANGED, by=by, subject_id=user.pk, user=user.pk)
    _audit(Kind.ACCESS_CHANGED, user, by=by, before=before)


def _access(user: User) -> Facts:
    """What decides what a person may do and see: whether they may come in, their roles, their teams."""
    teams = sorted(user.teams.values_list("pk", flat=True))
    return {"active": user.is_active, "roles": sorted(user.roles), "teams": teams}


def _audit(kind: Kind, user: User, *, by: Actor, before: Facts, email: str = "") -> None:
    personal = {"email": Personal(email, ActorKind.AGENT, user.pk)} if email else {}
    record_audit(kind, by=by, subject_id=user.pk, before=before, after=_access(user), personal=personal)


def _keep_an_admin(leaving: User) -> None:
    others = User.objects.filter(is_active=True, roles__contains=[Role.ADMIN.value]).exclude(pk=leaving.pk)
    if Role.ADMIN.value in leaving.roles and leaving.is_active and not others.exists():
        raise LastAdmin("Somebody has to be able to manage people: make another person an admin first.")
