"""Throwing a draft away."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.events.recording import Actor
from firstline.knowledge.models import Article


class StillNeeded(Exception):
    """The article has been published, so it is retired, never deleted; the message is a sentence for the author."""


@transaction.atomic
def discard(article: Article, *, by: Actor) -> None:
    """Delete a draft that readers have never seen. Raises StillNeeded for any other article."""
    article = Article.objects.select_for_update(of=["self"]).get(pk=article.pk)
    if article.published_at is not None:
        raise StillNeeded(_("Readers have seen this article. Retire it instead: its address and history stay."))
    article.delete()
