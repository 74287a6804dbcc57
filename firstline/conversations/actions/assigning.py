"""Who looks after a conversation, and how much it hurts."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import locking
from firstline.conversations.models import Conversation
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record


@transaction.atomic
def assign(conversation: Conversation, to: User | None, *, by: Actor) -> Conversation:
    """Give the conversation to a person, or to nobody."""
    conversation = locking.hold(conversation)
    before = conversation.assignee_id
    if before == (to.pk if to else None):
        return conversation
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    record(
        Kind.CONVERSATION_ASSIGNED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=conversation.assignee_id,
        before=before,
    )
    return conversation


@transaction.atomic
def set_priority(conversation: Conversation, priority: int, *, by: Actor) -> Conversation:
    """Set the priority, 1 (urgent) to 4 (low)."""
    conversation = locking.hold(conversation)
    if conversation.priority == priority:
        return conversation
    before, conversation.priority = conversation.priority, priority
    conversation.save(update_fields=["priority"])
    record(
        Kind.CONVERSATION_PRIORITY_CHANGED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=priority,
        before=before,
    )
    return conversation
