"""Reads that other slices' panels share with the page they stand on."""

from firstline.accounts.models import User
from firstline.conversations.models import Conversation


def remember(user: User, conversation: Conversation) -> None:
    """This person's request has been shown to see the conversation: panels within it need not ask again."""
    user.__dict__.setdefault("_seen_conversations", {})[conversation.pk] = conversation


def seen(user: User, pk: int) -> Conversation | None:
    """The conversation if this person may see it, else None; asked once a request (a user lives as long as one)."""
    known: Conversation | None = user.__dict__.get("_seen_conversations", {}).get(pk)
    if known is not None:
        return known
    found = Conversation.objects.visible_to(user).for_list().filter(pk=pk).first()
    if found is not None:
        remember(user, found)
    return found
