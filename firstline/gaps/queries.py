"""Gaps as one person may see them: counted over the conversations they may read, dearest first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from firstline.accounts.models import User
from firstline.events.models import ActorKind, Event
from firstline.gaps import rules
from firstline.gaps.models import Gap, Question, Why
from firstline.knowledge.models import Article, ArticleText
from firstline.knowledge.rules import grouping
from firstline.search.rules import vectors

WINDOW = timedelta(days=30)
EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One gap: `title` is the question nearest to all others; `minutes` are what agents spent on it in 30 days."""

    gap: Gap
    title: str
    people: int
    questions: tuple[Question, ...]
    minutes: float
    weeks: tuple[int, ...]
    is_rising: bool
    article_title: str

    @property
    def whole_minutes(self) -> int:
        """Working time in 30 days, as people read it."""
        return round(self.minutes)

    @property
    def examples(self) -> tuple[Question, ...]:
        """Some of the questions, the newest first."""
        return self.questions[:EXAMPLES]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The article that came nearest to a gap most often, and how often it fell short for which reason."""

    article: Article | None
    title: str
    reasons: tuple[tuple[str, int], ...]


def ranked(user: User, now: datetime) -> list[Row]:
    """The open gaps of the last 30 days that the person may see, by the working time they cost."""
    grouped: dict[int, list[Question]] = {}
    for question in _questions(user, now):
        grouped.setdefault(question.gap_id or 0, []).append(question)
    spent = _minutes([question for questions in grouped.values() for question in questions], now)
    titles = _titles({one.gap.article_id for ones in grouped.values() for one in ones[:1] if one.gap})
    rows = [_row(questions, spent, titles, now) for questions in grouped.values()]
    return sorted(rows, key=lambda row: (-row.minutes, -row.people, row.gap.pk))


def nearest(row: Row) -> Nearest:
    """Which article came near, and why it was not enough."""
    near = Counter(question.nearest_article_id for question in row.questions if question.nearest_article_id)
    article = Article.objects.filter(pk=near.most_common(1)[0][0]).first() if near else None
    reasons = Counter(question.why for question in row.questions)
    return Nearest(
        article,
        _titles({article.pk}).get(article.pk, article.slug) if article else "",
        tuple((str(Why(why).label), number) for why, number in reasons.most_common()),
    )


def _questions(user: User, now: datetime) -> list[Question]:
    """Newest first."""
    return list(
        Question.objects.visible_to(user)
        .filter(gap__isnull=False, gap__dismissed_at=None, asked_at__gte=now - WINDOW)
        .select_related("gap", "conversation")
        .order_by("-asked_at", "-id")
    )


def _row(questions: list[Question], spent: dict[int, float], titles: dict[int, str], now: datetime) -> Row:
    gap = questions[0].gap
    assert gap is not None  # _questions asks for those that have one
    weeks = rules.weeks([question.asked_at for question in questions], now)
    return Row(
        gap=gap,
        title=_most_central(questions),
        people=len({question.conversation.contact_id for question in questions}),
        questions=tuple(questions),
        minutes=sum(spent.get(number, 0.0) for number in {question.conversation_id for question in questions}),
        weeks=tuple(weeks),
        is_rising=rules.rising(weeks),
        article_title=titles.get(gap.article_id or 0, ""),
    )


def _most_central(questions: list[Question]) -> str:
    """The first line of the question that is most like all others of the group and of one model."""
    same = [question for question in questions if question.model == questions[0].model]
    stored = vectors.from_bytes([bytes(question.vector) for question in same])
    mean = grouping.means_of(stored, np.zeros(len(same), np.int64))[0]
    return same[int((stored @ mean).argmax())].text.strip().splitlines()[0][:160]


def _minutes(questions: list[Question], now: datetime) -> dict[int, float]:
    """Working minutes of agents by conversation, read from what they did there."""
    moments: dict[tuple[int, int], list[datetime]] = {}
    acts = Event.objects.filter(
        conversation_id__in={question.conversation_id for question in questions},
        actor_kind=ActorKind.AGENT,
        at__gte=now - WINDOW,
    )
    for conversation, actor, at in acts.values_list("conversation_id", "actor_id", "at"):
        moments.setdefault((conversation or 0, actor or 0), []).append(at)
    spent: dict[int, float] = {}
    for (conversation, _actor), acted in moments.items():
        spent[conversation] = spent.get(conversation, 0.0) + rules.time_spent(acted).total_seconds() / 60
    return spent


def _titles(articles: Iterable[int | None]) -> dict[int, str]:
    texts = ArticleText.objects.filter(article__in=[number for number in articles if number]).order_by("-id")
    return dict(texts.values_list("article_id", "title"))
