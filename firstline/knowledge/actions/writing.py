"""Drafts: what readers do not see yet."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.evidence import secrets
from firstline.knowledge.models import Article, ArticleText, Category, SlugRedirect, Visibility
from firstline.knowledge.rules import naming


class SlugTaken(Exception):
    """Another article has, or had, that address; the message is a sentence for the author."""


class StaleDraft(Exception):
    """Somebody else has saved since the author opened the draft; the message is a sentence for the author."""


@transaction.atomic
def draft_article(
    *,
    by: Actor,
    title: str,
    body: str,
    category: Category | None = None,
    language: str = "en",
    signatures: Sequence[str] = (),
    from_conversation: int | None = None,
) -> Article:
    """A new article that only the team sees. Credentials in the words are masked before they are stored (P-10)."""
    title = _masked(title)[:200]
    slug = naming.slug_of(title)
    article = Article.objects.create(
        slug=naming.free_slug(slug, taken_slugs(slug)),
        category=category,
        signatures=list(signatures),
        owner=by if isinstance(by, User) else None,
        from_conversation=from_conversation,
    )
    ArticleText.objects.create(article=article, language=language, title=title, body=_masked(body))
    record(Kind.ARTICLE_DRAFTED, by=by, subject_id=article.pk)
    return article


@transaction.atomic
def save_draft(
    article: Article, *, by: Actor, title: str, body: str, language: str = "en", seen: datetime | None = None
) -> ArticleText:
    """Keep the author's words, unseen by readers; the address follows the title until the first publication.

    `seen` is the article's `updated_at` when the author opened it. Raises StaleDraft when it has changed since.
    """
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if seen is not None and article.updated_at != seen:
        raise StaleDraft(_("Somebody saved this article while you were writing. Copy your words, then load it again."))
    text, _created = ArticleText.objects.update_or_create(
        article=article, language=language, defaults={"title": _masked(title)[:200], "body": _masked(body)}
    )
    if article.published_at is None and language == first_language(article):
        wanted = naming.slug_of(text.title)
        article.slug = naming.free_slug(wanted, taken_slugs(wanted, but=article))
    touch(article, "slug")
    text.article = article
    return text


@transaction.atomic
def save_details(
    article: Article,
    *,
    by: Actor,
    category: Category | None,
    visibility: Visibility,
    signatures: Sequence[str],
    slug: str,
    product: str = "",
    versions: str = "",
    next_review: date | None = None,
) -> None:
    """Where the article stands, who may read it, which errors it answers, its address, for which versions of what it
    holds, when to look at it again. Holds at once, published or not.

    A published article's former address keeps leading to it. Raises SlugTaken.
    """
    article.category = category
    article.visibility = visibility
    article.signatures = list(dict.fromkeys(signatures))
    article.product, article.versions, article.next_review = product.strip(), versions.strip(), next_review
    if slug != article.slug:
        _move(article, slug)
    touch(article, "category", "visibility", "signatures", "slug", "product", "versions", "next_review")
    record(Kind.ARTICLE_CHANGED, by=by, subject_id=article.pk)


def create_category(name: str, *, description: str = "", icon: str = "book-open") -> Category:
    """The shelf of that name, made at the end of the others when it is new. Names count as the same in any case."""
    found = Category.objects.filter(name__iexact=name.strip()).first()
    if found:
        return found
    last = Category.objects.aggregate(last=Max("position"))["last"]
    slug = naming.free_slug(naming.slug_of(name)[:70], set(Category.objects.values_list("slug", flat=True)))
    return Category.objects.create(
        name=name.strip()[:80], slug=slug, description=description, icon=icon, position=0 if last is None else last + 1
    )


def touch(article: Article, *fields: str) -> None:
    """Save `fields` and the time of the change."""
    article.updated_at = clock.now()
    article.save(update_fields=[*fields, "updated_at"])


def taken_slugs(wanted: str, but: Article | None = None) -> set[str]:
    """Addresses beginning like `wanted` that other articles have or had."""
    articles = Article.objects.filter(slug__startswith=wanted)
    redirects = SlugRedirect.objects.filter(slug__startswith=wanted)
    if but is not None:
        articles, redirects = articles.exclude(pk=but.pk), redirects.exclude(article=but)
    return {*articles.values_list("slug", flat=True), *redirects.values_list("slug", flat=True)}


def first_language(article: Article) -> str:
    """The language in which the article was first written; its address follows that title."""
    return article.texts.order_by("id").values_list("language", flat=True).first() or "en"


def _move(article: Article, slug: str) -> None:
    if slug in naming.RESERVED_SLUGS or slug in taken_slugs(slug, but=article):
        raise SlugTaken(_("Another article has, or had, that address."))
    SlugRedirect.objects.filter(slug=slug, article=article).delete()
    if article.published_at is not None:
        SlugRedirect.objects.create(slug=article.slug, article=article)
    article.slug = slug


def _masked(text: str) -> str:
    return secrets.mask(text.replace("\r\n", "\n")).text
