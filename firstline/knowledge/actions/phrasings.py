"""Questions as people asked them: the biggest lever on finding the right article."""

from django.db import transaction

from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.evidence import secrets
from firstline.knowledge.actions.writing import touch
from firstline.knowledge.models import Article, Phrasing

MAX_LENGTH = 600


@transaction.atomic
def add_phrasing(
    article: Article, text: str, *, by: Actor, message_id: int | None = None, language: str = "en"
) -> Phrasing:
    """Attach a question to the article, masked; the same words or the same message count once."""
    words = " ".join(secrets.mask(text).text.split())[:MAX_LENGTH]
    known = Phrasing.objects.filter(article=article)
    found = known.filter(from_message=message_id).first() if message_id else None
    found = found or known.filter(text__iexact=words).first()
    if found:
        return found
    phrasing = Phrasing.objects.create(article=article, text=words, language=language, from_message=message_id)
    record(Kind.PHRASING_ADDED, by=by, subject_id=article.pk, phrasing=phrasing.pk)
    return phrasing


@transaction.atomic
def remove_phrasing(phrasing: Phrasing, *, by: Actor) -> None:
    """Take a question off its article."""
    article = phrasing.article
    phrasing.delete()
    touch(article)
    record(Kind.ARTICLE_CHANGED, by=by, subject_id=article.pk)
