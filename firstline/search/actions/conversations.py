"""The questions of resolved conversations: what somebody asked before, and was answered."""

from django.db import transaction

from firstline.conversations.actions import covering
from firstline.conversations.models import Conversation, Message, Resolution, Status
from firstline.search.actions import embedding
from firstline.search.actions.messages import inbox_ids
from firstline.search.models import Part, Passage, PassageVisibility
from firstline.search.rules import passages


def index_conversation(conversation_id: int) -> bool:
    """Keep the question of an answered conversation as a passage; drop it when it is no longer one. Says which."""
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation is None:
        return False
    asked = _question(conversation)
    if not asked:
        Passage.objects.filter(conversation=conversation).delete()
        return False
    if Passage.objects.filter(conversation=conversation, text=asked, model=embedding.current_model()).exists():
        return True
    made = embedding.embed([(asked,)])
    with transaction.atomic():
        Passage.objects.filter(conversation=conversation).delete()
        passage = Passage.objects.create(
            conversation=conversation,
            part=Part.QUESTION,
            text=asked,
            visibility=PassageVisibility.INTERNAL,
            inbox_ids=inbox_ids(conversation),
            sealed=conversation.sealed,
            vector=made.vectors[0],
            model=made.model,
        )
        embedding.store_in_column(passage)
    return True


def _question(conversation: Conversation) -> str:
    """Subject and first message of an answered conversation; "" for any other."""
    if conversation.status != Status.RESOLVED or conversation.resolution != Resolution.ANSWERED:
        return ""
    first = (
        Message.objects.filter(conversation=conversation, author_identity__isnull=False, is_automatic=False)
        .order_by("id")
        .first()
    )
    if first is None or covering.reason_of(first):
        return ""
    return passages.question(conversation.subject, first.text)
