"""A case goes from one state to another: the one place that does it, and records it (M-01)."""

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.audit import Facts, record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, NewEvent, record_all
from firstline.moderation.models import ARROWS, TO_DECIDE, Case, CaseState


class Refused(Exception):
    """It may not be done; the message is a sentence for the person who tried."""


def hold(case: Case | int) -> Case:
    """The case's row, locked and fresh. Within a transaction; lock order is case, then conversation."""
    pk = case if isinstance(case, int) else case.pk
    return Case.objects.select_for_update(of=["self"]).get(pk=pk)


def move(case: Case, state: str, *, by: Actor, **data: int | str | None) -> None:
    """Bring a held case into another state; the event alone says everything that the state is made of."""
    before = case.state
    if state not in ARROWS[before]:
        raise ValueError(f"A case does not go from {before} to {state}.")
    case.state = state
    case.closed_at = None if state in TO_DECIDE else clock.now()
    case.save(update_fields=["state", "closed_at", "outcome", "handler", "assignee", "due_at", "paused_until"])
    facts: dict[str, int | str | bool | None] = {"from": before, "to": str(state), **data}
    record_all([NewEvent(Kind.CASE_MOVED, by, inbox_id=case.inbox_id, subject_id=case.pk, data=facts)])
    entry: Facts = {"state": str(state), "outcome": case.outcome, **data}
    record_audit(
        Kind.CASE_MOVED, by=by, inbox_id=case.inbox_id, subject_id=case.pk, before={"state": before}, after=entry
    )


def replay() -> dict[int, str]:
    """Every case's state, derived from the events alone."""
    from firstline.events.models import Event

    states: dict[int, str] = {}
    for event in Event.objects.filter(kind__in=[Kind.CASE_OPENED, Kind.CASE_MOVED]).order_by("pk"):
        if event.subject_id is not None:
            states[event.subject_id] = str(event.data.get("to", CaseState.OPEN.value))
    return states


def take_in_hand(case: Case, by: User) -> None:
    """Who decides on a case had it in hand."""
    case.handler = by
    case.assignee = by
