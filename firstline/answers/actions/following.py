"""What became of a suggestion after somebody took it over: sent how, resolved, reopened."""

from datetime import timedelta

from firstline.answers import measures
from firstline.answers.models import Usage
from firstline.conversations.models import Message
from firstline.core import clock

REOPENED_WITHIN = timedelta(days=14)


def sent(message_id: int) -> None:
    """Compare a reply of the team with the suggestion that was inserted before it; may run twice."""
    message = Message.objects.filter(pk=message_id, author_user__isnull=False).first()
    if message is None:
        return
    waiting = Usage.objects.filter(
        suggestion__conversation=message.conversation_id, suggestion__message__lt=message.pk, sent__isnull=True
    )
    for usage in waiting.order_by("pk"):
        distance = measures.distance(usage.inserted, message.text)
        Usage.objects.filter(pk=usage.pk, sent__isnull=True).update(sent=message, distance=distance)


def resolved(conversation_id: int) -> None:
    """The conversation ended after the suggestion was sent; may run twice."""
    told = Usage.objects.filter(suggestion__conversation=conversation_id, sent__isnull=False)
    told.filter(resolved_at__isnull=True).update(resolved_at=clock.now())


def reopened(conversation_id: int) -> None:
    """It came back within two weeks: the answer did not hold. Later ones are new questions."""
    now = clock.now()
    ended = Usage.objects.filter(suggestion__conversation=conversation_id, reopened_at__isnull=True)
    ended.filter(resolved_at__gte=now - REOPENED_WITHIN).update(reopened_at=now)
