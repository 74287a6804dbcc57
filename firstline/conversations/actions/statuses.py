"""Whose turn it is, changed by hand or by time."""

from datetime import datetime, timedelta

from django.db import transaction

from firstline.conversations.actions import locking, turns
from firstline.conversations.models import UNRESOLVED, Conversation, Resolution, Status, WakeCondition, WakeKind
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, NewEvent, record_all

UNTIL_THE_CONTACT_WRITES = timedelta(days=14)
UNTIL_THE_CONDITION = timedelta(days=90)


@transaction.atomic
def set_status(conversation: Conversation, status: str, *, by: Actor) -> Conversation:
    """Say whose turn it is. Resolving takes a reason and is `resolve`."""
    if status == Status.RESOLVED:
        return resolve(conversation, by=by)
    conversation = locking.hold(conversation)
    if conversation.status == status and conversation.snoozed_until is None:
        return conversation
    kind = Kind.CONVERSATION_REOPENED if conversation.is_resolved else Kind.CONVERSATION_STATUS_CHANGED
    before = conversation.status
    turns.give_turn(conversation, status, clock.now())
    conversation.save(update_fields=turns.TURN_FIELDS)
    _record(kind, conversation, by, to=status, before=before)
    return conversation


@transaction.atomic
def resolve(conversation: Conversation, *, by: Actor, resolution: str = Resolution.ANSWERED) -> Conversation:
    """End the conversation with a reason; it reopens by itself when the contact writes again."""
    conversation = locking.hold(conversation)
    if conversation.is_resolved:
        return conversation
    turns.give_turn(conversation, Status.RESOLVED, clock.now(), resolution=resolution)
    conversation.save(update_fields=turns.TURN_FIELDS)
    _record(Kind.CONVERSATION_RESOLVED, conversation, by, resolution=str(resolution))
    return conversation


def reopen(conversation: Conversation, *, by: Actor) -> Conversation:
    """Take a resolved or spam conversation back to the team."""
    return set_status(conversation, Status.OPEN, by=by)


def mark_spam(conversation: Conversation, *, by: Actor) -> Conversation:
    """Nobody answers this."""
    return set_status(conversation, Status.SPAM, by=by)


@transaction.atomic
def snooze(
    conversation: Conversation,
    until: datetime | None,
    *,
    by: Actor,
    condition: tuple[str, str] | None = None,
) -> Conversation:
    """Hide it until a time, or (None) until the contact writes, at the latest in 14 days. A reply by the contact ends
    a snooze.

    `condition` is a WakeKind and what it is about (`issue`, `npm/cli#12`): `wake_all` ends the snooze when it comes
    true, `until` at the latest, 90 days without one. An ended conversation is not snoozed.
    """
    conversation = locking.hold(conversation)
    if conversation.status not in UNRESOLVED:
        return conversation
    conversation.wake_conditions.all().delete()
    if condition is not None:
        until = until or clock.now() + UNTIL_THE_CONDITION
        WakeCondition.objects.create(conversation=conversation, kind=condition[0], subject=condition[1].lower())
    until = until or clock.now() + UNTIL_THE_CONTACT_WRITES
    turns.sleep(conversation, until)
    conversation.save(update_fields=["snoozed_until", "wake_at", "sort_at", "due_at"])
    _record(Kind.CONVERSATION_SNOOZED, conversation, by, until=int(until.timestamp()))
    return conversation


@transaction.atomic
def wake(conversation: Conversation, *, by: Actor = MACHINE) -> Conversation:
    """Bring a snoozed or waiting conversation back as the team's turn."""
    conversation = locking.hold(conversation)
    if conversation.wake_at is None or conversation.is_ended:
        return conversation
    conversation.wake_conditions.all().delete()
    turns.give_turn(conversation, conversation.status if conversation.is_ours else Status.OPEN, clock.now())
    conversation.save(update_fields=turns.TURN_FIELDS)
    _record(Kind.CONVERSATION_WOKEN, conversation, by)
    return conversation


def wake_due(now: datetime, limit: int = 500) -> int:
    """Wake everything whose time has come; returns how many."""
    due = list(
        Conversation.objects.filter(wake_at__lte=now, status__in=UNRESOLVED)
        .order_by("wake_at")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in due:
        wake(Conversation(pk=pk))
    return len(due)


def wake_all(kind: str, subject: str, *, by: Actor = MACHINE) -> int:
    """Wake whatever was snoozed until this: `("issue", "npm/cli#12")` or `("release", "npm/cli@v10.2.0")`; in any case.

    A release also ends waits that name only its project (`npm/cli`). Returns how many woke.
    """
    subjects = {subject.lower(), subject.lower().partition("@")[0]} if kind == WakeKind.RELEASE else {subject.lower()}
    waiting = WakeCondition.objects.filter(kind=kind, subject__in=subjects).order_by("conversation_id")
    found = list(waiting.values_list("conversation_id", flat=True).distinct())
    for pk in found:
        wake(Conversation(pk=pk), by=by)
    return len(found)


def _record(kind: Kind, conversation: Conversation, by: Actor, **data: int | str | bool | None) -> None:
    new = NewEvent(kind, by, conversation.pk, conversation.inbox_id, assignee_id=conversation.assignee_id, data=data)
    record_all([new])
