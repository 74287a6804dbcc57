"""Up to where each person has read."""

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, ReadMark
from firstline.core import clock


def mark_read(conversation: Conversation, *, by: User) -> None:
    """Everything that is there now counts as read by this person."""
    newest = conversation.messages.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        read = {"message_id": newest, "read_at": clock.now()}
        ReadMark.objects.update_or_create(conversation=conversation, user=by, defaults=read)
