"""How a conversation is held while it is changed."""

from firstline.conversations.models import Conversation


def hold(conversation: Conversation | int) -> Conversation:
    """The conversation's row, locked and fresh; lock order is conversation, then message. Must be called within a
    transaction.
    """
    pk = conversation if isinstance(conversation, int) else conversation.pk
    return Conversation.objects.select_for_update(of=["self"]).get(pk=pk)
