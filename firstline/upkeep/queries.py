"""What is known about whether articles are true, as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from firstline.accounts.models import User
from firstline.knowledge.models import Article, ArticleText
from firstline.search import queries as search
from firstline.search.queries import Moved
from firstline.upkeep.models import Finding

MOST = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """An article (with its `title`) and what was found about it."""

    article: Any
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Shift:
    """A question that an edit would send elsewhere, with the titles of where it leads now and then ("" for nowhere)."""

    question: str
    now: str
    then: str


def troubles(user: User) -> list[Trouble]:
    """The person's articles with findings that nobody waved through, those with most of them first."""
    mine = Article.objects.visible_to(user).values("pk")
    found = Finding.objects.filter(article__in=mine, waved_at=None).select_related("other").order_by("kind", "pk")
    by_article: dict[int, list[Finding]] = {}
    for one in found[: MOST * 5]:
        by_article.setdefault(one.article_id, []).append(one)
    articles = Article.objects.filter(pk__in=by_article).for_list()
    rows = [Trouble(article, by_article[article.pk]) for article in articles]
    return sorted(rows, key=lambda one: -len(one.findings))[:MOST]


def of_article(article: Article) -> list[Finding]:
    """All findings about one article, those that count first."""
    return list(Finding.objects.filter(article=article).select_related("other", "waved_by").order_by("waved_at", "pk"))


def foreseen(article: Article) -> list[Shift]:
    """What publishing the drafts of this article would do to questions that are answered now."""
    ahead = [text for text in article.texts.select_related("published_revision") if text.is_ahead]
    moved = search.foreseen(article.pk, {text.pk: (text.title, text.body) for text in ahead})
    titles = _titles(moved)
    return [Shift(one.question, titles.get(one.now_id or 0, ""), titles.get(one.then_id or 0, "")) for one in moved]


def _titles(moved: Iterable[Moved]) -> dict[int, str]:
    ids = {pk for one in moved for pk in (one.now_id, one.then_id) if pk}
    texts = ArticleText.objects.filter(article__in=ids).order_by("-id")
    return dict(texts.values_list("article_id", "title"))
