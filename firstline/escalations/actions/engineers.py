"""Who can be asked, and who owns which code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from firstline.accounts.models import User
from firstline.core import clock
from firstline.escalations import codeowners
from firstline.escalations.models import Engineer, Ownership
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.sla.rules import Span

ROTA = timedelta(weeks=4)
"""How long a turn on the rota lasts (domain.md 2, Sourcegraph)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an engineer; `week` is as in the desk's calendar, empty for any hour."""

    name: str
    email: str
    github: str
    repositories: Sequence[str]
    zone: str
    week: Sequence[Sequence[Span]]
    budget: int
    is_on_rota: bool
    is_active: bool = True


@transaction.atomic
def save_engineer(engineer: Engineer | None, facts: Facts, *, by: User) -> Engineer:
    """Add an engineer (None) or change one; whoever has an account under the same address answers under its name."""
    one = engineer or Engineer()
    one.name, one.email, one.github = facts.name, facts.email, facts.github.lstrip("@")
    one.repositories = [place.strip().lower() for place in facts.repositories if place.strip()]
    one.zone, one.budget, one.is_active = facts.zone, facts.budget, facts.is_active
    one.week = [[list(span) for span in day] for day in facts.week] if any(facts.week) else []
    one.user = User.objects.filter(email__iexact=facts.email).first()
    _set_rota(one, clock.now(), is_on=facts.is_on_rota)
    one.save()
    record(Kind.ENGINEER_CHANGED, by=by, subject_id=one.pk)
    record_audit(Kind.ENGINEER_CHANGED, by=by, after={"engineer": one.pk, "is_active": one.is_active})
    return one


def _set_rota(one: Engineer, now: datetime, *, is_on: bool) -> None:
    """A turn of four weeks begins, goes on, or ends now."""
    if is_on and not one.is_on_rota(now):
        one.rota_from, one.rota_until = now, now + ROTA
    elif not is_on:
        one.rota_from = one.rota_until = None


@transaction.atomic
def keep_owners(repository: str, text: str, *, by: Actor, is_fetched: bool = False) -> Ownership:
    """Who owns what in a repository, as its CODEOWNERS says; '' for a repository that has none."""
    defaults = {"text": text[: codeowners.LONGEST], "is_fetched": is_fetched, "failure": "", "updated_at": clock.now()}
    kept, _is_new = Ownership.objects.update_or_create(repository=repository.strip().lower(), defaults=defaults)
    record(Kind.ENGINEER_CHANGED, by=by, subject_id=kept.pk)
    if not is_fetched:
        record_audit(Kind.ENGINEER_CHANGED, by=by, after={"owners": kept.pk})
    return kept


@transaction.atomic
def forget_owners(kept: Ownership, *, by: User) -> None:
    """The repository does not count any more."""
    record_audit(Kind.ENGINEER_CHANGED, by=by, before={"owners": kept.pk})
    kept.delete()
