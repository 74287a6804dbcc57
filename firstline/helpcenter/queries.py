"""What readers see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.utils import translation

from firstline.core import html, markdown
from firstline.evidence import catalogue, secrets
from firstline.evidence.diagnose import Diagnosis, diagnose
from firstline.helpcenter import rules
from firstline.inboxes.models import Inbox
from firstline.knowledge import rendering
from firstline.knowledge.models import SHOWN, Article, ArticleText, Category, Revision, SlugRedirect, Visibility
from firstline.search import queries as search

CACHE_SECONDS = 24 * 3600
SURE = 0.4
READERS_CAN_MEND = {"user", "package_author", "network_admin"}
"""Owners of a failure whose steps are written for the reader; for the others the catalogue speaks to agents."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article as a search result: address, title, and the passage that matched."""

    article_id: int
    slug: str
    title: str
    excerpt: str
    category: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What we make of a paste. `text` is masked; `diagnosis` is None when the failure is unknown."""

    text: str
    masked: int
    diagnosis: Diagnosis | None
    fix: list[str]
    articles: list[Found]


def has_form() -> bool:
    """Whether people can ask by a form (`ask:front`)."""
    return Inbox.objects.filter(channel="web", is_active=True).exists()


def shelves() -> list[Category]:
    """Categories with at least one public article, each with `count`."""
    public = Q(articles__status__in=SHOWN, articles__visibility=Visibility.PUBLIC)
    return list(Category.objects.annotate(count=Count("articles", filter=public)).filter(count__gt=0))


def helpful(language: str, limit: int = 6) -> list[ArticleText]:
    """The public articles that helped most people, else the newest; in the reader's language if possible."""
    order = ("-article__helped", "-article__published_at", "article_id")
    return _one_each(ArticleText.objects.public().order_by(*order)[: limit * 4], language)[:limit]


def on_shelf(category: Category, language: str) -> list[ArticleText]:
    """The public articles of a shelf by title."""
    texts = _one_each(ArticleText.objects.public().filter(article__category=category), language)
    return sorted(texts, key=lambda text: title_of(text).casefold())


def count() -> int:
    """How many articles anybody may read."""
    return Article.objects.public().count()


def article(slug: str, language: str) -> tuple[ArticleText, list[str]] | None:
    """The published text nearest to `language`, and the languages there are; None when there is no such article."""
    texts = list(ArticleText.objects.public().filter(article__slug=slug).order_by("id"))
    if not texts:
        return None
    return _nearest(texts, language), [text.language for text in texts]


def moved_to(slug: str) -> str | None:
    """Where a former address leads now; None when it never was one, or the article is not public."""
    redirect = SlugRedirect.objects.select_related("article").filter(slug=slug).first()
    return redirect.article.slug if redirect and redirect.article.is_public else None


def rendered(text: ArticleText) -> rendering.Page:
    """The published words as HTML, kept for a day under their revision."""
    revision = text.published_revision
    if revision is None:
        raise ValueError("Only published texts are shown.")
    with translation.override(text.language):  # "Warning", "Copy" stand among its words
        page = cache.get_or_set(f"help-page:{revision.pk}", lambda: rendering.page(revision.body), CACHE_SECONDS)
        return page if isinstance(page, rendering.Page) else rendering.page(revision.body)


def find(words: str, language: str, limit: int = 10) -> list[Found]:
    """Public articles for a reader's words, best first; credentials in them are masked before anything else."""
    return _found(search.search_articles(secrets.mask(words).text, audience="public", limit=limit), language)


def read(paste: str, language: str) -> Reading:
    """What a pasted error says and which articles answer it. Nothing is stored."""
    masked = secrets.mask(paste)
    diagnosis = diagnose(masked.text, catalogue.load())
    known = diagnosis if diagnosis.is_known and diagnosis.confidence >= SURE else None
    question = "\n".join(diagnosis.excerpt) or rules.tail(masked.text)
    hits = search.search_articles(question, audience="public", limit=3)
    if known:
        named = search.retrieve(question, audience="public", signature=known.signature, limit=3)
        hits = [hit for hit in named if hit.has_signature] or hits[:1]
    return Reading(
        text=masked.text,
        masked=len(masked.secrets),
        diagnosis=known,
        fix=[rendering.page(step).html for step in known.fix] if known and known.whose in READERS_CAN_MEND else [],
        articles=_found(hits, language),
    )


def answering(question: str, language: str, limit: int = 3) -> list[Found]:
    """The articles that may answer a question before it is sent; none that may not be true any more."""
    masked = secrets.mask(question[-rules.QUERY_LENGTH :]).text
    found = _found(search.search_articles(masked, audience="public", limit=2 * limit), language)
    citable = {one.pk for one in Article.objects.filter(pk__in=[one.article_id for one in found]) if one.is_citable}
    return [one for one in found if one.article_id in citable][:limit]


def while_typing(words: str, language: str) -> list[Found]:
    """What words that are not finished may mean, by words alone: asked at every pause of the hand."""
    masked = secrets.mask(words).text
    hits = search.search_articles(masked, audience="public", limit=6, use_vectors=False, typing=True)
    return _found(hits, language)


def changes(limit: int = 30) -> list[Revision]:
    """The newest publications that readers see, each with its `text` and article."""
    return list(
        Revision.objects.filter(text__in=ArticleText.objects.public(), pk=F("text__published_revision_id"))
        .select_related("text__article")
        .order_by("-created_at", "-pk")[:limit]
    )


def everything() -> list[ArticleText]:
    """Every public text, the texts of one article together."""
    return list(ArticleText.objects.public().order_by("article_id", "id"))


def beginning(body: str, length: int = 200) -> str:
    """An article's first words as plain text, cut at a word."""
    said = " ".join(html.to_text(markdown.render(body[:2000])).split())
    return said if len(said) <= length else said[:length].rsplit(" ", 1)[0] + " …"


def title_of(text: ArticleText) -> str:
    """The published title."""
    return text.published_revision.title if text.published_revision else text.title


def _found(hits: list[search.Hit], language: str) -> list[Found]:
    texts: dict[int, list[ArticleText]] = {}
    for text in ArticleText.objects.public().filter(article_id__in=[hit.article_id for hit in hits]).order_by("id"):
        texts.setdefault(text.article_id, []).append(text)
    return [
        Found(
            article_id=one.article_id,
            slug=one.article.slug,
            title=title_of(one),
            excerpt="" if hit.passage == hit.title else hit.passage,
            category=one.article.category.name if one.article.category else "",
        )
        for hit in hits
        if hit.article_id in texts
        for one in [_nearest(texts[hit.article_id], language)]
    ]


def _one_each(texts: Iterable[ArticleText], language: str) -> list[ArticleText]:
    grouped: dict[int, list[ArticleText]] = {}
    for text in texts:
        grouped.setdefault(text.article_id, []).append(text)
    return [_nearest(group, language) for group in grouped.values()]


def _nearest(texts: list[ArticleText], language: str) -> ArticleText:
    """The text in that language, else in its base language, else in English, else the first."""
    for wanted in (language, language.split("-")[0], "en"):
        for text in texts:
            if text.language == wanted:
                return text
    return texts[0]
