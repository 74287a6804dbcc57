"""What leaves to engineers by mail, and the article that an answer would have spared."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.escalations import letters
from firstline.escalations.actions import answering
from firstline.escalations.models import HelpRequest, HelpState
from firstline.knowledge.actions import proposing
from firstline.knowledge.actions.writing import draft_article
from firstline.knowledge.models import Article
from firstline.knowledge.rules import distilling


def send(request_id: int) -> None:
    """Mail the brief, once. Raises ChannelError when the way out is shut."""
    request = _open(request_id)
    if request is None or request.mailed_at is not None:
        return
    letters.brief(request, answering.new_link(request)).send()
    HelpRequest.objects.filter(pk=request.pk).update(mailed_at=clock.now())


def nudge(request_id: int) -> None:
    """Mail a reminder. Raises ChannelError."""
    request = _open(request_id)
    if request is not None:
        letters.nudge(request, answering.new_link(request)).send()


@transaction.atomic
def propose_article(request: HelpRequest, *, by: User) -> Article:
    """A draft article of what the engineer said that a contact may read; one for each conversation.

    Raises ProposalRefused when nothing of the answer could be used.
    """
    conversation = request.conversation
    known = Article.objects.filter(from_conversation=conversation.pk).first()
    people = proposing.people_of(conversation)
    text = distilling.distil([request.safe], people).text if request.safe else ""
    if known is None and (not text or conversation.sealed):
        raise proposing.ProposalRefused(_("Nothing of this answer is for readers. Write the article by hand."))
    article = known or _drafted(request, text, people, by)
    HelpRequest.objects.filter(pk=request.pk).update(article_id=article.pk)
    return article


def _drafted(request: HelpRequest, text: str, people: distilling.People, by: User) -> Article:
    conversation = request.conversation
    question = proposing.first_question(conversation)
    title = distilling.title_of(conversation.subject, question.text if question else "", people) or _("Untitled")
    article = draft_article(by=by, title=title, body=text, from_conversation=conversation.pk)
    if question is not None:
        proposing.attach_question(article, conversation, by=by, question=question)
    return article


def _open(request_id: int) -> HelpRequest | None:
    found = HelpRequest.objects.filter(pk=request_id, state=HelpState.ASKED)
    return found.select_related("engineer", "asked_by", "conversation__inbox").first()
