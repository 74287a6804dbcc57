"""A thousand articles and fifty thousand answered questions for the `suggest` row, made once for each bench desk."""

from collections.abc import Callable

import numpy as np
from django.db import connection

from firstline.conversations.models import Conversation, Resolution, Status
from firstline.core import clock
from firstline.knowledge.models import Article, ArticleStatus, ArticleText, Revision
from firstline.models_ai import embedder
from firstline.operations.bench.words import Words
from firstline.search.actions.articles import index_article
from firstline.search.models import Part, Passage, PassageVisibility
from firstline.search.queries import nearest
from firstline.search.rules import vectors

ARTICLES, QUESTIONS = 1000, 50_000
BATCH = 2000


def ensure(say: Callable[[str], None]) -> None:
    """Bring the desk to the numbers above, or to as many questions as it has resolved conversations."""
    missing = ARTICLES - Article.objects.filter(slug__startswith="bench-").count()
    if missing > 0:
        say(f"writing and indexing {missing} articles")
        _articles(missing)
    _questions(say)


def _articles(count: int) -> None:
    words, now = Words(31), clock.now()
    titles = list(words.texts(count, mean_words=8))
    bodies = list(words.texts(count, mean_words=180))
    first = Article.objects.filter(slug__startswith="bench-").count()
    articles = Article.objects.bulk_create(
        Article(slug=f"bench-{first + i}", status=ArticleStatus.PUBLISHED, published_at=now) for i in range(count)
    )
    texts = ArticleText.objects.bulk_create(
        ArticleText(article=article, title=title[:80], body=body)
        for article, title, body in zip(articles, titles, bodies, strict=True)
    )
    revisions = Revision.objects.bulk_create(
        Revision(text=text, number=1, title=text.title, body=text.body) for text in texts
    )
    for text, revision in zip(texts, revisions, strict=True):
        text.published_revision = revision
    ArticleText.objects.bulk_update(texts, ["published_revision"], batch_size=500)
    for article in articles:
        index_article(article.pk)


def _questions(say: Callable[[str], None]) -> None:
    """Questions with random unit vectors: what a search costs does not depend on what they say."""
    known = Passage.objects.filter(conversation__isnull=False)
    answered = Conversation.objects.filter(status=Status.RESOLVED, resolution=Resolution.ANSWERED)
    wanted = min(QUESTIONS, answered.count()) - known.count()
    if wanted <= 0:
        return
    say(f"indexing {wanted:,} answered questions")
    free = answered.exclude(pk__in=known.values("conversation"))
    rows = list(free.order_by("pk").values_list("pk", "inbox_id", "subject")[:wanted])
    random, model = np.random.default_rng(5), embedder.load().sha256
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        units = random.standard_normal((len(part), 384)).astype(np.float32)
        units /= np.linalg.norm(units, axis=1, keepdims=True)
        made = Passage.objects.bulk_create(
            Passage(
                conversation_id=conversation,
                part=Part.QUESTION,
                text=subject,
                visibility=PassageVisibility.INTERNAL,
                inbox_ids=[inbox],
                vector=vectors.to_bytes(unit),
                model=model,
            )
            for (conversation, inbox, subject), unit in zip(part, units, strict=True)
        )
        if nearest.has_column():
            literals = [vectors.to_literal(unit) for unit in units]
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE search_passage SET embedding = new.literal::halfvec"
                    " FROM unnest(%s::bigint[], %s::text[]) AS new (id, literal) WHERE search_passage.id = new.id",
                    [[passage.pk for passage in made], literals],
                )
