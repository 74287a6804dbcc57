"""Resolve once, answer many: an article out of a conversation that has been answered."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.knowledge.actions.phrasings import add_phrasing
from firstline.knowledge.actions.writing import draft_article
from firstline.knowledge.models import Article
from firstline.knowledge.rules import distilling
from firstline.knowledge.rules.distilling import People, Removed

SAID = (Delivery.SENT, Delivery.SENDING, Delivery.UNCLEAR, Delivery.BOUNCED)
"""States of messages of ours that have left the desk."""


class ProposalRefused(Exception):
    """No article can be made of this conversation; the message is a sentence for the agent."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The draft, whether it was made just now, and what was left out of the agent's words."""

    article: Article
    is_new: bool
    removed: tuple[Removed, ...]


@transaction.atomic
def propose_from_conversation(conversation: Conversation, *, by: User) -> Proposal:
    """A draft of nothing but what agents have sent, the contact's question attached; one for each conversation.

    Raises ProposalRefused when the conversation is sealed or nothing was said that others could use.
    """
    if conversation.sealed:
        raise ProposalRefused(
            _("This conversation is sealed. Write the article by hand, so that nothing of it slips out.")
        )
    known = Article.objects.filter(from_conversation=conversation.pk).first()
    if known:
        return Proposal(known, is_new=False, removed=())
    people = people_of(conversation)
    distilled = distilling.distil(_said(conversation), people)
    if not distilled.text:
        raise ProposalRefused(_("Nothing was said here that others could use. Answer first, then make it an article."))
    question = first_question(conversation)
    article = draft_article(
        by=by,
        title=distilling.title_of(conversation.subject, question.text if question else "", people) or _("Untitled"),
        body=distilled.text,
        from_conversation=conversation.pk,
    )
    if question:
        attach_question(article, conversation, by=by, question=question)
    return Proposal(article, is_new=True, removed=distilled.removed)


def attach_question(article: Article, conversation: Conversation, *, by: User, question: Message | None = None) -> str:
    """Add what the contact asked to the article's questions; returns the words. Raises ProposalRefused."""
    question = question or first_question(conversation)
    if conversation.sealed or question is None:
        raise ProposalRefused(_("There is no question here that could be added."))
    words = distilling.question_of(conversation.subject, question.text, people_of(conversation))
    if not words:
        raise ProposalRefused(_("There is no question here that could be added."))
    return add_phrasing(
        article, words, by=by, message_id=question.pk, language=conversation.contact.language or "en"
    ).text


def removed_from(conversation: Conversation) -> tuple[Removed, ...]:
    """What a proposal leaves out of this conversation's replies, so that the author can check it."""
    return distilling.distil(_said(conversation), people_of(conversation)).removed


def first_question(conversation: Conversation) -> Message | None:
    """The contact's first message that a person wrote."""
    return (
        Message.objects.uncovered()
        .filter(conversation=conversation, author_identity__isnull=False, is_automatic=False)
        .order_by("id")
        .first()
    )


def people_of(conversation: Conversation) -> People:
    """Whose names and numbers must not stay in an article."""
    agents = Message.objects.filter(conversation=conversation, author_user__isnull=False)
    return People(
        contact=conversation.contact.name,
        agents=tuple(agents.order_by().values_list("author_user__name", flat=True).distinct()),
        keep=(settings.SUPPORT_ADDRESS, conversation.inbox.address),
        numbers=(conversation.pk,),
    )


def _said(conversation: Conversation) -> list[str]:
    ours = Message.objects.filter(conversation=conversation, author_user__isnull=False, state__in=SAID)
    return list(ours.order_by("id").values_list("text", flat=True))
