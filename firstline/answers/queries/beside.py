"""What stands beside a conversation: who else asks the same now, and what this person was told before."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from firstline.accounts.models import User
from firstline.answers import measures
from firstline.answers.models import Alike, Diagnosis, Suggestion
from firstline.conversations.models import UNRESOLVED, Conversation, Delivery, Message
from firstline.knowledge.models import ArticleText

SAME_ERROR_SINCE = timedelta(days=14)
MOST_OTHERS = 3
MOST_TOLD = 20
MOST_SHOWN_TOLD = 3


def others_now(
    conversation: Conversation, user: User, diagnosis: Diagnosis | None, now: datetime
) -> list[Conversation]:
    """Open conversations that ask the same, or whose paste fails the same way; four at most, so that "and more" can be
    said of three. One query.
    """
    alike = Alike.objects.filter(Q(one=conversation, other=OuterRef("pk")) | Q(other=conversation, one=OuterRef("pk")))
    same = Q(Exists(alike))
    if diagnosis is not None and diagnosis.is_known and diagnosis.fingerprint:
        same = same | Q(
            Exists(
                Diagnosis.objects.filter(
                    conversation=OuterRef("pk"),
                    signature=diagnosis.signature,
                    fingerprint=diagnosis.fingerprint,
                    created_at__gte=now - SAME_ERROR_SINCE,
                )
            )
        )
    found = Conversation.objects.visible_to(user).filter(same, status__in=UNRESOLVED, merged_into=None)
    return list(found.exclude(pk=conversation.pk).for_list().order_by("-pk")[: MOST_OTHERS + 1])


@dataclass(frozen=True, slots=True)
class Told:
    """Advice that this person has had: an article's title ("" for steps without one), when, and in which conversation.

    `is_proposed`: it is what the machine would say now.
    """

    title: str
    at: datetime
    conversation_id: int
    is_proposed: bool


def already_told(conversation: Conversation, user: User, suggestion: Suggestion | None) -> list[Told]:
    """What we sent this person before, newest first: articles linked, and the steps that would be proposed again.

    Three queries at most, whatever was said.
    """
    ours = Message.objects.filter(
        conversation__in=Conversation.objects.visible_to(user).filter(contact=conversation.contact_id),
        author_identity__isnull=True,
        strand__is_side=False,
    ).exclude(state__in=(Delivery.CANCELLED, Delivery.FAILED))
    sent = list(ours.order_by("-pk").only("text", "created_at", "conversation_id")[:MOST_TOLD])
    links = {message.pk: slugs_in(message.text) for message in sent}
    titles = _titles({slug for slugs in links.values() for slug in slugs})
    proposed = {one.article.slug for one in suggestion.citations.all()} if suggestion and suggestion.is_open else set()
    found: dict[str, Told] = {}
    for message in sent:
        for slug in links[message.pk]:
            if slug in titles:
                told = Told(titles[slug], message.created_at, message.conversation_id, slug in proposed)
                found.setdefault(slug, told)
        if proposed and suggestion and not links[message.pk] and measures.same_steps(suggestion.text, message.text):
            found.setdefault("", Told("", message.created_at, message.conversation_id, is_proposed=True))
    return sorted(found.values(), key=lambda told: not told.is_proposed)[:MOST_SHOWN_TOLD]


def slugs_in(text: str) -> list[str]:
    """The articles of the help centre that a text links."""
    return list(dict.fromkeys(re.findall(rf"{re.escape(reverse('helpcenter:front'))}([\w-]+)/", text)))


def _titles(slugs: set[str]) -> dict[str, str]:
    if not slugs:
        return {}
    texts = ArticleText.objects.filter(article__slug__in=slugs).order_by("-pk")
    return dict(texts.values_list("article__slug", "title"))
