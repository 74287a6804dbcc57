"""Making an inbox and changing what it is told; secrets go in and are never shown again (S-25)."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.actions import default_team
from firstline.accounts.models import Team
from firstline.channels import registry
from firstline.channels.base import Setting
from firstline.channels.email import accounts, oauth, sending, signing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.inboxes import sealed
from firstline.inboxes.models import Grant, Inbox, Mailbox


class SettingsRefused(ValueError):
    """A setting that can't be used; `name` is which, the message a sentence for whoever typed it."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def settings_of(channel: str) -> dict[str, Setting]:
    """The channel's settings by name. Raises KeyError when there is no such channel."""
    return {setting.name: setting for setting in registry.get(channel).settings}


@transaction.atomic
def create_inbox(
    *,
    channel: str,
    name: str,
    address: str,
    options: Mapping[str, str] | None = None,
    teams: Sequence[Team] | None = None,
    by: Actor = MACHINE,
) -> Inbox:
    """Add an inbox and grant it to `teams` (the default team when none is given).

    Raises SettingsRefused, and IntegrityError when name or address is taken.
    """
    values = _checked(channel, {**(options or {}), "address": address.strip().lower()})
    values.pop("address", "")
    inbox = Inbox.objects.create(
        channel=channel, name=name, address=address.strip().lower(), settings=sealed.closed(values, _secret(channel))
    )
    inbox.teams.set(teams or [default_team()])
    record(Kind.INBOX_CREATED, by=by, inbox_id=inbox.pk, subject_id=inbox.pk)
    record_audit(Kind.INBOX_CREATED, by=by, inbox_id=inbox.pk, subject_id=inbox.pk, after={"teams": _teams(inbox)})
    return inbox


@transaction.atomic
def change_settings(inbox: Inbox, *, by: Actor, values: Mapping[str, str], teams: Sequence[Team] | None = None) -> None:
    """Replace the settings; a secret that is given empty stays as it was. All admins are told (S-25).

    Raises SettingsRefused, and IntegrityError when the address is taken.
    """
    held = Inbox.objects.select_for_update().get(pk=inbox.pk)
    before, teams_before, address = held.open_settings(), _teams(held), held.address
    secret = _secret(held.channel)
    merged = {**values, **{name: before.get(name, "") for name in secret if not values.get(name)}}
    checked = _checked(held.channel, merged)
    given = checked.pop("address", "")
    new_address = given if held.channel == "email" else registry.get(held.channel).address(checked)
    held.address = (new_address or held.address).strip().lower()
    held.settings = sealed.closed(checked, secret)
    changed = {name for name in {*before, *checked} - {"address"} if before.get(name, "") != checked.get(name, "")}
    held.save(update_fields=["address", "settings"])
    if changed & _PLACE or (held.address != address and held.channel != "email"):
        Mailbox.objects.filter(inbox=held).delete()
    if changed and registry.get(held.channel).signs_in:
        Grant.objects.filter(inbox=held).delete()  # what was typed opens a new session
    if teams is not None:
        held.teams.set(teams)
    inbox.refresh_from_db()
    record(Kind.INBOX_CHANGED, by=by, inbox_id=inbox.pk, subject_id=inbox.pk, settings=len(changed))
    record_audit(
        Kind.INBOX_CHANGED,
        by=by,
        inbox_id=inbox.pk,
        subject_id=inbox.pk,
        before={"teams": teams_before},
        after={
            "teams": _teams(inbox),
            "settings": sorted(changed | ({"address"} if inbox.address != address else set())),
        },
    )


_PLACE = {"in_via", "imap_server", "imap_user", "imap_folder", "imap_from", "server", "service", "api_url"}
"""Settings after whose change the place in the mailbox means nothing any more."""


@transaction.atomic
def set_active(inbox: Inbox, *, by: Actor, on: bool) -> None:
    """Switch an inbox off (nothing comes in or is fetched; all it has stays) or on again."""
    before = Inbox.objects.select_for_update().get(pk=inbox.pk).is_active
    Inbox.objects.filter(pk=inbox.pk).update(is_active=on)
    inbox.is_active = on
    record(Kind.INBOX_CHANGED, by=by, inbox_id=inbox.pk, subject_id=inbox.pk, active=on)
    record_audit(
        Kind.INBOX_CHANGED,
        by=by,
        inbox_id=inbox.pk,
        subject_id=inbox.pk,
        before={"active": before},
        after={"active": on},
    )


def ensure_default_inbox() -> Inbox:
    """The email inbox `support` that a fresh desk starts with."""
    found = Inbox.objects.filter(name="support").first()
    return found or create_inbox(channel="email", name="support", address=settings.SUPPORT_ADDRESS)


def _teams(inbox: Inbox) -> list[int]:
    return sorted(inbox.teams.values_list("pk", flat=True))


def _secret(channel: str) -> set[str]:
    return {name for name, one in settings_of(channel).items() if one.secret or one.kind == "secret"}


def _checked(channel: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values that were given, made whole; raises SettingsRefused for what can't work."""
    known = settings_of(channel)
    found = {name: value.strip() for name, value in values.items() if value and value.strip()}
    for name, value in found.items():
        choices = [choice for choice, _label in known[name].choices] if name in known else []
        if choices and value not in choices:
            raise SettingsRefused(name, _("There is no choice %(value)s here.") % {"value": value})
    return _checked_email(found) if channel == "email" else found


def _checked_email(found: dict[str, str]) -> dict[str, str]:
    if found.get("dkim_selector") and not found.get("dkim_key"):
        found["dkim_key"] = signing.new_key()
    in_via, out_via = found.get("in_via", ""), found.get("out_via", "")
    if in_via in accounts.FETCHED:
        _try("imap_server", lambda: accounts.imap_account(found))
    if in_via in accounts.OAUTH:
        _try("oauth_client_id", lambda: oauth.provider(found))
    if out_via in ("smtp", "mailbox"):
        _try("out_server", lambda: sending.way_out(found))
    if found.get("dkim_key"):
        _try("dkim_key", lambda: signing.record(found["dkim_key"]))
    if found.get("imap_after") == "move" and not found.get("imap_move_to"):
        raise SettingsRefused("imap_move_to", _("Which folder shall taken mail be moved to?"))
    return found


def _try(name: str, use: Callable[[], object]) -> None:
    try:
        use()
    except ValueError as error:
        raise SettingsRefused(name, str(error)) from error
