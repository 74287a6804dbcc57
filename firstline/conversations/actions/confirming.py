"""What a mail service says of a mail of ours that left: delivered, or complained about. The turn stays as it is."""

from django.db import transaction

from firstline.conversations.models import Delivery, Message
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, record

WORDS = {"delivered": Kind.MESSAGE_DELIVERED, "complained": Kind.MESSAGE_COMPLAINED}


@transaction.atomic
def note_report(message_id: int, word: str) -> bool:
    """Record it on the conversation, once; False when the message is not one that we sent."""
    sent = Message.objects.select_for_update(of=["self"]).select_related("conversation")
    message = sent.filter(pk=message_id, author_identity=None, state__in=(Delivery.SENT, Delivery.BOUNCED)).first()
    if message is None:
        return False
    kind, conversation = WORDS[word], message.conversation
    if not Event.objects.filter(conversation_id=conversation.pk, kind=kind, subject_id=message.pk).exists():
        record(kind, by=MACHINE, conversation_id=conversation.pk, inbox_id=conversation.inbox_id, subject_id=message.pk)
    return True
