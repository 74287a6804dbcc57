"""Reads that other slices' panels share with the page they stand on."""

from firstline.accounts.models import User
from firstline.conversations.models import UNRESOLVED, Conversation, ConversationQuerySet, Habit, SavedView, Strand


def remember(user: User, conversation: Conversation) -> None:
    """This person's request has been shown to see the conversation: panels within it need not ask again."""
    user.__dict__.setdefault("_seen_conversations", {})[conversation.pk] = conversation


def seen(user: User, pk: int) -> Conversation | None:
    """The conversation if this person may see it, else None; asked once a request (a user lives as long as one)."""
    known = remembered(user, pk)
    if known is not None:
        return known
    found = Conversation.objects.visible_to(user).for_list().filter(pk=pk).first()
    if found is not None:
        remember(user, found)
    return found


def remembered(user: User, pk: int) -> Conversation | None:
    """The conversation if this request has read it for this person already."""
    known: Conversation | None = user.__dict__.get("_seen_conversations", {}).get(pk)
    return known


def saved(view: SavedView, user: User) -> ConversationQuerySet:
    """The conversations of a saved view that the person may see; what `me` means depends on who looks."""
    found = Conversation.objects.visible_to(user).filter(merged_into=None)
    filters = view.filters
    statuses = filters.get("status") or list(UNRESOLVED)
    found = found.filter(status__in=statuses)
    if filters.get("assignee"):
        found = found.filter(assignee=user if filters["assignee"] == "me" else None)
    if filters.get("tag"):
        found = found.filter(tags__name=str(filters["tag"]).lower())
    if filters.get("inbox"):
        found = found.filter(inbox=int(filters["inbox"]))
    if filters.get("priority"):
        found = found.filter(priority__in=[int(one) for one in filters["priority"]])
    if filters.get("words"):
        found = found.filter(subject__icontains=filters["words"])
    return found


def strands(conversation: Conversation) -> list[Strand]:
    """Every thread of a conversation with its inbox, the newest first; asked once a request."""
    if "_strands" not in conversation.__dict__:
        conversation.__dict__["_strands"] = list(conversation.strands.select_related("inbox").order_by("-pk"))
    kept: list[Strand] = conversation.__dict__["_strands"]
    return kept


def habit(user: User) -> Habit | None:
    """How the person likes the desk, asked once a request; None for somebody who never said."""
    if "_habit" not in user.__dict__:
        user.__dict__["_habit"] = Habit.objects.filter(user=user).first()
    kept: Habit | None = user.__dict__["_habit"]
    return kept
