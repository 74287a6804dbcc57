"""Whose word may leave: a trainee's only with a mentor's yes, or where the lead has let them answer alone.

Every door sends by `replying`, which asks here; `delivering` asks once more before anything leaves.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Lift, Message


class Unapproved(Exception):
    """Somebody with the right to has to say yes first."""


def vouching(conversation: Conversation, by: User, approved_by: User | None) -> User | None:
    """Who answers for what `by` sends: nobody else for an agent, for a trainee whoever approved it or let them alone.

    Raises Unapproved.
    """
    if by.can("replies.send_alone"):
        return approved_by
    if approved_by is not None and may_approve(approved_by, conversation, author=by):
        return approved_by
    lifted = lifted_by(conversation, by)
    if lifted is None:
        raise Unapproved
    return lifted


def may_approve(user: User, conversation: Conversation, *, author: User) -> bool:
    """Whether the person may let somebody else's draft leave."""
    is_other = user.pk != author.pk and user.can("replies.approve")
    return is_other and Conversation.objects.visible_to(user).filter(pk=conversation.pk).exists()


def lifted_by(conversation: Conversation, user: User) -> User | None:
    """The lead who lets the person answer this conversation's case type alone; its type must not be their own word."""
    lifts = {one.case: one.by for one in Lift.objects.filter(user=user).select_related("by")}
    if not lifts:
        return None
    case, said_by = import_string(settings.CASE_OF)(conversation.pk)
    return None if said_by == user.pk else lifts.get(case)


def may_send(conversation: Conversation, user: User) -> bool:
    """Whether what the person writes here leaves without anybody's yes."""
    return user.can("replies.send_alone") or lifted_by(conversation, user) is not None


def may_leave(message: Message) -> bool:
    """The last question before a message leaves, whichever door queued it."""
    author = message.author_user
    return author is None or author.can("replies.send_alone") or message.approved_by_id is not None
