"""Past conversations to learn from, as they stood before our first answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from firstline.accounts.models import User
from firstline.conversations.models import (
    Conversation,
    ConversationQuerySet,
    Cover,
    Delivery,
    Message,
    MessageQuerySet,
    Resolution,
    Status,
)
from firstline.knowledge.actions import proposing
from firstline.knowledge.rules import distilling
from firstline.practice.models import Attempt

CASES = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One past conversation in words that name nobody. `ours` is the answer that was sent."""

    conversation: Conversation
    title: str
    asked_at: datetime
    question: str
    ours: str


def cases(user: User) -> list[Conversation]:
    """The newest twenty that were answered by somebody else, and that the person may see."""
    return list(_answered(user).order_by("-pk")[:CASES])


def case(user: User, pk: int) -> Case | None:
    """One of them with its words; None when there is nothing to learn from it."""
    found = _answered(user).filter(pk=pk).select_related("contact", "inbox").first()
    if found is None:
        return None
    answer = _first_answers().filter(conversation=found).earliest("pk")
    asked = found.messages.filter(pk__lt=answer.pk, author_identity__isnull=False, strand__is_side=False).order_by("pk")
    people = proposing.people_of(found)
    texts = list(asked.values_list("text", flat=True))
    return Case(
        found,
        distilling.title_of(found.subject, texts[0] if texts else "", people),
        found.created_at,
        distilling.distil(texts, people).text,
        distilling.distil([answer.text], people).text,
    )


def titles(found: Sequence[Conversation]) -> dict[int, str]:
    """How the list calls them: subjects as an article would."""
    return {one.pk: distilling.title_of(one.subject, "", proposing.people_of(one)) for one in found}


def attempts(user: User, pks: Sequence[int]) -> set[int]:
    """Which of these the person has answered."""
    return set(Attempt.objects.filter(user=user, conversation__in=pks).values_list("conversation", flat=True))


def _first_answers() -> MessageQuerySet:
    return Message.objects.filter(author_user__isnull=False, state=Delivery.SENT, strand__is_side=False)


def _answered(user: User) -> ConversationQuerySet:
    ours = _first_answers().filter(conversation=OuterRef("pk")).order_by("pk")
    hidden = Cover.objects.filter(message__conversation=OuterRef("pk"))
    asked = Message.objects.filter(
        conversation=OuterRef("pk"), author_identity__isnull=False, pk__lt=OuterRef("answer"), is_automatic=False
    )
    found = Conversation.objects.visible_to(user).filter(
        status=Status.RESOLVED, resolution=Resolution.ANSWERED, sealed=False, cover="", merged_into=None
    )
    found = found.annotate(answer=Subquery(ours.values("pk")[:1]))
    others = Message.objects.filter(pk=OuterRef("answer")).exclude(author_user=user)
    return found.filter(Exists(asked), Exists(others)).exclude(Exists(hidden))
