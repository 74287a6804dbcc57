"""Reads behind the panels: the newest message of the contact, what was read out of it, what was proposed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from firstline.answers.models import Diagnosis, Suggestion
from firstline.conversations.models import ENDED, Conversation, Delivery, Message, Status
from firstline.knowledge.models import Article

READING_TAKES = timedelta(seconds=15)
LOOKBACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Similar:
    """An article that came near."""

    pk: int
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panels of a conversation show. `is_reading`: the job is still expected; `is_late`: it should be done."""

    message: Message | None
    diagnosis: Diagnosis | None
    suggestion: Suggestion | None
    similar: tuple[Similar, ...]
    is_reading: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How many conversations of the last 30 days had the same signature, and how many of them are resolved."""

    conversations: int
    resolved: int


def panel(conversation: Conversation, now: datetime) -> Panel:
    """The panel for the contact's newest message; everything is empty when the message was answered already.

    Diagnosis and suggestion stand on one page and share the request's conversation: it is read once an instance.
    """
    kept: Panel | None = conversation.__dict__.get("_panel")
    if kept is None:
        kept = conversation.__dict__["_panel"] = _read(conversation, now)
    return kept


def _read(conversation: Conversation, now: datetime) -> Panel:
    message = newest_heard(conversation)
    if message is None or conversation.status in ENDED or _is_answered(message):
        return Panel(message, _diagnosis(message), None, (), is_reading=False, is_late=False)
    suggestion = Suggestion.objects.shown().filter(message=message).first()
    waits = suggestion is None and not message.is_automatic
    is_fresh = now - message.created_at < READING_TAKES
    return Panel(
        message,
        _diagnosis(message),
        suggestion,
        _similar(suggestion),
        is_reading=waits and is_fresh,
        is_late=waits and not is_fresh,
    )


def newest_heard(conversation: Conversation) -> Message | None:
    """The newest message that a contact wrote and that is not covered."""
    return conversation.messages.uncovered().filter(author_identity__isnull=False).order_by("-id").first()


def published_articles() -> int:
    """How many articles there are to read."""
    return Article.objects.filter(status="published").count()


def likeness(diagnosis: Diagnosis, now: datetime) -> Likeness:
    """Counts of conversations with the same signature since 30 days ago, this one included."""
    same = Diagnosis.objects.filter(signature=diagnosis.signature, created_at__gte=now - LOOKBACK)
    counts = same.aggregate(
        conversations=Count("conversation", distinct=True),
        resolved=Count("conversation", distinct=True, filter=Q(conversation__status=Status.RESOLVED)),
    )
    return Likeness(counts["conversations"], counts["resolved"])


def _is_answered(message: Message) -> bool:
    later = Message.objects.filter(
        conversation=message.conversation_id, pk__gt=message.pk, author_identity__isnull=True, author_machine=""
    )
    return later.exclude(state=Delivery.CANCELLED).exists()


def _diagnosis(message: Message | None) -> Diagnosis | None:
    return Diagnosis.objects.filter(message=message).first() if message is not None else None


def _similar(suggestion: Suggestion | None) -> tuple[Similar, ...]:
    if suggestion is None or not suggestion.similar:
        return ()
    articles = Article.objects.filter(pk__in=suggestion.similar[:3], status="published").prefetch_related("texts")
    titles = {article.pk: article.texts.all()[0].title for article in articles if article.texts.all()}
    return tuple(Similar(pk, titles[pk]) for pk in suggestion.similar[:3] if pk in titles)
