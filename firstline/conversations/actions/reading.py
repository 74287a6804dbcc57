"""Up to where each person has read."""

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, ReadMark


def mark_read(conversation: Conversation, *, by: User) -> None:
    """Everything that is there now counts as read by this person."""
    newest = conversation.messages.order_by("-pk").values_list("pk", flat=True).first()
    if newest is not None:
        ReadMark.objects.update_or_create(conversation=conversation, user=by, defaults={"message_id": newest})
