"""A mail that answers a notification: a note, or, when it says so, an answer to the contact."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import noting, replying, reviewing
from firstline.conversations.models import Conversation, ReviewKind
from firstline.core import tokens
from firstline.notifications import letters, queries, rules


class NotTaken(Exception):
    """It answers a notification, but not of its writer, or nothing proves who wrote it."""


def take_answer(addresses: Iterable[str], sender: str, text: str, *, is_proved: bool) -> Conversation | None:
    """Take in what somebody answered to a notification; None when none of the addresses names one.

    A note, unless its first line says `/send` and the person may reply; what a check holds back becomes a note that
    says why. Raises NotTaken when the token is another's, or `is_proved` says that the sender is not.
    """
    named = next(filter(None, map(_named, addresses)), None)
    if named is None:
        return None
    conversation = Conversation.objects.filter(pk=named[0]).first()
    user = User.objects.filter(pk=named[1], is_active=True).first()
    if conversation is None or user is None or user.email.lower() != sender.lower() or not is_proved:
        raise NotTaken
    conversation = conversation.merged_into or conversation
    if not queries.may_see(user, conversation):
        raise NotTaken
    _take(conversation, user, text)
    return conversation


def _named(address: str) -> tuple[int, ...] | None:
    """Conversation and person whom an address's token names."""
    token = address.partition("@")[0].partition("+")[2]
    try:
        return tokens.read(letters.PURPOSE, token, 2) if token else None
    except (tokens.BadToken, ValueError):
        return None


def _take(conversation: Conversation, user: User, text: str) -> None:
    wants_to_send, words = rules.split_answer(text)
    if not words:
        raise NotTaken
    if not wants_to_send or not user.can("conversations.reply"):
        noting.add_note(conversation, by=user, text=words)
        return
    try:
        replying.reply(conversation, by=user, text=words)
    except replying.ApprovalNeeded:
        reviewing.ask(conversation, ReviewKind.APPROVAL, by=user, text=words)
    except replying.DraftRefused as refused:
        why = _("Not sent: %(problems)s") % {"problems": " ".join(refused.problems)}
        noting.add_note(conversation, by=user, text=f"{why}\n\n{words}")
