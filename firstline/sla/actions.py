"""Clocks are set anew, stood still and set going; what is promised is written down."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from firstline.accounts.models import User
from firstline.conversations.actions import locking, ordering
from firstline.conversations.models import OURS, Conversation, Message
from firstline.core import clock
from firstline.events.audit import Facts, record_audit
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, Actor, NewEvent, record, record_all
from firstline.inboxes.models import Inbox
from firstline.sla import queries, rules
from firstline.sla.models import Calendar, Notice, Pause, Reason, Target
from firstline.sla.rules import Span

ANSWERED_BY_WRITING = {Reason.CONTACT_ASKED, Reason.THIRD_PARTY, Reason.LEGAL}
"""Pauses that end when the contact writes again; an outage goes on whoever asks."""
AT_ONCE = 500


def reckon(pks: Collection[int] | None = None) -> int:
    """Compute due times of these conversations, or of all on our turn, and keep those that changed; how many."""
    changed = 0
    for dues in queries.dues(pks, clock.now()):
        rows = [ordering.Place(one.pk, one.waiting_since, one.due_at, one.sort_at) for one in dues]
        changed += ordering.place(rows, tell=pks is not None)
    return changed


@transaction.atomic
def follow(event: Event) -> None:
    """What an event means for the clock of its conversation. May run twice."""
    if event.conversation_id is None:
        return
    conversation = Conversation.objects.filter(pk=event.conversation_id).first()
    if conversation is None:
        return
    if not conversation.is_ours:
        Pause.objects.filter(conversation=conversation, ended_at=None).update(ended_at=clock.now())
    elif event.kind == Kind.CONVERSATION_MERGED:
        _bring_pauses(conversation, event)
    elif event.kind == Kind.MESSAGE_RECEIVED and _was_written(event):
        _end(conversation, by=MACHINE, reasons=ANSWERED_BY_WRITING)
    reckon([conversation.pk])


@transaction.atomic
def pause(conversation: Conversation, reason: str, *, by: User) -> None:
    """Let the clock stand still, with a reason that the timeline says; a second saying changes nothing."""
    conversation = locking.hold(conversation)
    if not conversation.is_ours or Pause.objects.filter(conversation=conversation, ended_at=None).exists():
        return
    made = Pause.objects.create(conversation=conversation, reason=reason, by=by)
    _record(Kind.CLOCK_PAUSED, conversation, by, made.pk, reason=str(reason))
    reckon([conversation.pk])


@transaction.atomic
def resume(conversation: Conversation, *, by: Actor) -> None:
    """Let the clock go on; the pause is added to what was left."""
    conversation = locking.hold(conversation)
    _end(conversation, by=by, reasons=set(Reason))
    reckon([conversation.pk])


@transaction.atomic
def save_calendar(*, zone: str, week: Sequence[Sequence[Span]], by: Actor) -> None:
    """Say when the desk works; every clock is set anew by the job that follows."""
    values = {"zone": zone, "week": [[list(span) for span in day] for day in week], "updated_at": clock.now()}
    Calendar.objects.update_or_create(pk=1, defaults=values)
    record(Kind.CLOCKS_CHANGED, by=by)
    record_audit(Kind.CLOCKS_CHANGED, by=by, after={"zone": zone, "days": [len(day) for day in week]})


@transaction.atomic
def save_targets(
    inbox: Inbox | None, promised: Mapping[int, tuple[int | None, int | None]] | None, *, by: Actor
) -> None:
    """Say within how many working minutes each priority is answered; None takes an inbox's own promises off."""
    before = _promised(inbox)
    Target.objects.filter(inbox=inbox).delete()
    Target.objects.bulk_create(
        Target(inbox=inbox, priority=priority, first_minutes=first, next_minutes=later)
        for priority, (first, later) in (promised or {}).items()
    )
    subject = inbox.pk if inbox else None
    record(Kind.CLOCKS_CHANGED, by=by, subject_id=subject)
    record_audit(
        Kind.CLOCKS_CHANGED, by=by, inbox_id=subject, subject_id=subject, before=before, after=_promised(inbox)
    )


def _promised(inbox: Inbox | None) -> Facts:
    """First and next minutes of each priority, as the audit keeps them."""
    rows = Target.objects.filter(inbox=inbox).order_by("priority")
    return {f"priority_{one.priority}": f"{one.first_minutes} {one.next_minutes}" for one in rows}


@transaction.atomic
def warn() -> int:
    """Record, once a due time, that it comes near or that it passed; returns how many."""
    now = clock.now()
    return _say(now + rules.AT_RISK, now, missed=False) + _say(now, now, missed=True)


def _say(by_then: datetime, now: datetime, *, missed: bool) -> int:
    said = Notice.objects.filter(conversation=OuterRef("pk"), due_at=OuterRef("due_at"), missed=missed)
    due = Conversation.objects.filter(status__in=OURS, sort_at__lte=by_then, due_at__lte=by_then)
    due = due if missed else due.filter(due_at__gt=now)
    found = list(due.exclude(Exists(said)).order_by("sort_at")[:AT_ONCE])
    kind = Kind.CLOCK_MISSED if missed else Kind.CLOCK_AT_RISK
    Notice.objects.bulk_create(
        [Notice(conversation=one, due_at=one.due_at or now, missed=missed) for one in found], ignore_conflicts=True
    )
    record_all([NewEvent(kind, MACHINE, one.pk, one.inbox_id, assignee_id=one.assignee_id) for one in found])
    return len(found)


def _was_written(event: Event) -> bool:
    return Message.objects.filter(pk=event.subject_id or 0, is_automatic=False, strand__is_side=False).exists()


def _end(conversation: Conversation, *, by: Actor, reasons: set[Reason]) -> None:
    found = Pause.objects.filter(conversation=conversation, ended_at=None, reason__in=reasons).first()
    if found is None:
        return
    Pause.objects.filter(pk=found.pk, ended_at=None).update(ended_at=clock.now())
    _record(Kind.CLOCK_RESUMED, conversation, by, found.pk)


def _bring_pauses(target: Conversation, event: Event) -> None:
    """What stood still in a conversation stood still in the one that took it in; an open pause does not."""
    source = event.subject_id
    if source is None or source == target.pk:
        return
    Pause.objects.filter(conversation=source, ended_at=None).update(ended_at=event.at)
    Pause.objects.filter(conversation=source).update(conversation=target)


def _record(kind: Kind, conversation: Conversation, by: Actor, pk: int, **data: int | str | bool | None) -> None:
    record_all([NewEvent(kind, by, conversation.pk, conversation.inbox_id, pk, conversation.assignee_id, data=data)])
