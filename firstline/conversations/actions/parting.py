"""A message about something else in an old thread: marked when it arrives, split out or kept by an agent."""

from dataclasses import replace

from django.db import transaction

from firstline.channels.base import ParsedMessage
from firstline.conversations import topics
from firstline.conversations.models import Conversation, Message, Strand
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record


def marked(parsed: ParsedMessage, conversation: Conversation, strand: Strand) -> ParsedMessage:
    """The mail with the flag `topic_changed` when its subject is new to the conversation; who keeps writing under a
    changed subject is marked once.
    """
    if parsed.thread is not None or strand.is_side or not topics.is_another(parsed.subject, conversation.subject):
        return parsed
    earlier = strand.messages.exclude(subject="").order_by("-pk").values_list("subject", flat=True)[:50]
    if any(not topics.is_another(parsed.subject, one) for one in earlier):
        return parsed
    return replace(parsed, flags=(*parsed.flags, topics.CHANGED))


@transaction.atomic
def keep_together(message: Message, *, by: Actor) -> None:
    """It belongs here whatever its subject says: the offer to split it is gone."""
    held = Message.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=message.pk)
    if topics.CHANGED not in held.flags:
        return
    held.flags = [flag for flag in held.flags if flag != topics.CHANGED]
    held.save(update_fields=["flags"])
    conversation = held.conversation
    record(
        Kind.TOPIC_KEPT,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=held.pk,
        assignee_id=conversation.assignee_id,
    )
