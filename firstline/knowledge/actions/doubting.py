"""Stale and true again: what readers are warned of, and what nobody is answered with meanwhile."""

from django.db import transaction

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.knowledge.actions.writing import touch
from firstline.knowledge.models import Article, ArticleStatus


@transaction.atomic
def set_stale(article: Article, *, by: Actor) -> bool:
    """Warn the readers of a published article and answer nothing with it from now on; whether that is news."""
    return _move(article, ArticleStatus.PUBLISHED, ArticleStatus.STALE, Kind.ARTICLE_STALED, by)


@transaction.atomic
def set_true(article: Article, *, by: Actor) -> bool:
    """A stale article is trusted again; whether that is news."""
    return _move(article, ArticleStatus.STALE, ArticleStatus.PUBLISHED, Kind.ARTICLE_TRUSTED, by)


@transaction.atomic
def ask_review(article: Article, *, by: Actor) -> None:
    """An author who may not publish says that the draft is ready; asked again, it stays with the first time."""
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if article.review_asked_at is None:
        article.review_asked_at, article.review_asked_by_id = clock.now(), by.actor_id
        article.save(update_fields=["review_asked_at", "review_asked_by"])
        record(Kind.ARTICLE_REVIEW_ASKED, by=by, subject_id=article.pk)


@transaction.atomic
def send_back(article: Article, *, by: Actor) -> None:
    """The draft is not ready yet: it leaves the list of those to be reviewed."""
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if article.review_asked_at is not None:
        article.review_asked_at = article.review_asked_by = None
        article.save(update_fields=["review_asked_at", "review_asked_by"])
        record(Kind.ARTICLE_CHANGED, by=by, subject_id=article.pk)


def _move(article: Article, before: ArticleStatus, after: ArticleStatus, kind: Kind, by: Actor) -> bool:
    found = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if found.status != before:
        return False
    found.status = after
    touch(found, "status")
    article.status = after
    record(kind, by=by, subject_id=article.pk)
    return True
