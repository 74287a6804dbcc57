"""Whose turn it is: the one place that sets status, clocks and list order together."""

from datetime import datetime

from firstline.conversations import rules
from firstline.conversations.models import OURS, Conversation, Status

TURN_FIELDS = ["status", "resolution", "waiting_since", "wake_at", "snoozed_until", "resolved_at", "due_at", "sort_at"]


def give_turn(conversation: Conversation, status: str, now: datetime, *, resolution: str = "") -> None:
    """Set the status and everything that follows from it; the caller saves TURN_FIELDS.

    A due time stays while the same wait goes on; for a new one it is set by the event that follows.
    """
    waits_on = conversation.is_ours and status in OURS and conversation.snoozed_until is None
    conversation.due_at = conversation.due_at if waits_on else None
    if status in OURS:
        conversation.waiting_since = conversation.waiting_since or now
    else:
        conversation.waiting_since = None
    conversation.status = status
    conversation.resolution = resolution if status == Status.RESOLVED else ""
    conversation.resolved_at = now if status == Status.RESOLVED else None
    conversation.wake_at = rules.wake_time(status, now)
    conversation.snoozed_until = None
    conversation.sort_at = conversation.due_at or conversation.waiting_since or conversation.wake_at or now


def sleep(conversation: Conversation, until: datetime) -> None:
    """Hide it until a time, at which it comes back by itself; the caller saves TURN_FIELDS."""
    conversation.snoozed_until = conversation.wake_at = conversation.sort_at = until
    conversation.due_at = None
