"""What readers see: published, taken back, brought back; and what they say about it."""

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.knowledge.actions.writing import touch
from firstline.knowledge.models import Article, ArticleStatus, ArticleText, Revision, Unhelpful, UnhelpfulReason


class NothingToPublish(Exception):
    """The article has no words yet; the message is a sentence for the author."""


@transaction.atomic
def publish(article: Article, *, by: Actor) -> Article:
    """Show every text of the article to its readers as it stands now; each change becomes a revision.

    Raises NothingToPublish when a text lacks its title or body.
    """
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    texts = list(ArticleText.objects.select_related("published_revision").filter(article=article).order_by("id"))
    if not texts or any(not text.title.strip() or not text.body.strip() for text in texts):
        raise NothingToPublish(_("Give the article a title and a body first."))
    for text in texts:
        if text.is_ahead:
            _revise(text, by, texts[0])
    article.status = ArticleStatus.PUBLISHED
    article.published_at = article.published_at or clock.now()
    article.review_asked_at = article.review_asked_by = None
    touch(article, "status", "published_at", "review_asked_at", "review_asked_by")
    record(Kind.ARTICLE_PUBLISHED, by=by, subject_id=article.pk)
    return article


@transaction.atomic
def retire(article: Article, *, by: Actor) -> Article:
    """Take the article from its readers and out of suggestions; all words stay, and it can be published again."""
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if article.status == ArticleStatus.RETIRED:
        return article
    article.status = ArticleStatus.RETIRED
    touch(article, "status")
    record(Kind.ARTICLE_RETIRED, by=by, subject_id=article.pk)
    return article


@transaction.atomic
def restore(revision: Revision, *, by: Actor) -> ArticleText:
    """Copy a former version into the draft; readers see it once it is published again."""
    text = ArticleText.objects.select_for_update(of=["self"]).select_related("article").get(pk=revision.text_id)
    text.title, text.body = revision.title, revision.body
    text.save(update_fields=["title", "body"])
    touch(text.article)
    record(Kind.ARTICLE_DRAFTED, by=by, subject_id=text.article_id, revision=revision.number)
    return text


def record_vote(article: Article, *, helped: bool) -> None:
    """Count one reader's yes or no; who it was is not kept."""
    field = "helped" if helped else "did_not_help"
    Article.objects.filter(pk=article.pk).update(**{field: F(field) + 1})


def record_reason(article: Article, reason: str) -> None:
    """Count one reader's reason why it did not help; a word that is none counts nothing."""
    if reason in UnhelpfulReason.values:
        Unhelpful.objects.get_or_create(article=article, reason=reason)
        Unhelpful.objects.filter(article=article, reason=reason).update(count=F("count") + 1)


def _revise(text: ArticleText, by: Actor, original: ArticleText) -> None:
    """A new version of the text; a translation remembers which version of the original it says the same as."""
    last = Revision.objects.filter(text=text).aggregate(last=Max("number"))["last"] or 0
    text.published_revision = Revision.objects.create(
        text=text,
        number=last + 1,
        title=text.title,
        body=text.body,
        author_id=by.actor_id if by.actor_kind == "agent" else None,
    )
    text.made_from = None if text == original else original.published_revision
    text.save(update_fields=["published_revision", "made_from"])
