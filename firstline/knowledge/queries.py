"""Reads about articles that span several tables."""

from dataclasses import dataclass
from typing import Any

from firstline.accounts.models import User
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.knowledge.models import Article, ArticleStatus, ArticleText, Phrasing
from firstline.knowledge.rules import naming

LIST_LENGTH = 200
ALIKE = 0.34


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group of the article list."""

    status: ArticleStatus
    articles: list[Any]


@dataclass(frozen=True, slots=True)
class Alike:
    """An article that says nearly the same, and how alike it is, 0 to 1."""

    article_id: int
    title: str
    score: float


def listing(user: User, words: str = "") -> list[Shelf]:
    """The person's articles by status, the newest 200 that hold `words`; statuses without any are left out."""
    articles = Article.objects.visible_to(user)
    if words:
        articles = articles.matching(words)
    rows = list(articles.for_list()[:LIST_LENGTH])
    shelves = [Shelf(status, [row for row in rows if row.status == status]) for status in ArticleStatus]
    return [shelf for shelf in shelves if shelf.articles]


def alike(title: str, *, but: int | None = None, limit: int = 3) -> list[Alike]:
    """Articles in use whose title or questions resemble `title`, nearest first: the question may belong there."""
    texts = ArticleText.objects.exclude(article__status=ArticleStatus.RETIRED).exclude(article=but)
    questions = Phrasing.objects.exclude(article__status=ArticleStatus.RETIRED).exclude(article=but)
    titles: dict[int, str] = {}
    best: dict[int, float] = {}
    for article_id, text in [*texts.order_by("-id").values_list("article_id", "title")]:
        titles[article_id] = text
        best[article_id] = max(best.get(article_id, 0.0), naming.similarity(title, text))
    for article_id, text in questions.values_list("article_id", "text"):
        best[article_id] = max(best.get(article_id, 0.0), naming.similarity(title, text))
    ranked = sorted(
        (score, article_id) for article_id, score in best.items() if score >= ALIKE and article_id in titles
    )
    return [Alike(article_id, titles[article_id], score) for score, article_id in reversed(ranked[-limit:])]


def inserted_articles(conversation_id: int) -> list[int]:
    """Articles whose suggestion an agent has put into a reply of this conversation, newest first."""
    events = Event.objects.filter(conversation_id=conversation_id, kind=Kind.SUGGESTION_INSERTED).order_by("-id")[:20]
    found = [event.data.get("article") for event in events]
    return [number for number in dict.fromkeys(found) if isinstance(number, int)]
