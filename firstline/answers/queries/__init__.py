"""Everything that is read. How, in the files below."""

from firstline.answers.queries.catalogue import Listed, known, known_at, listed
from firstline.answers.queries.outcomes import (
    Standing,
    Topic,
    beside,
    by_article,
    by_engine,
    judgements,
    newest_replay,
    points,
    topics,
    unanswered,
    waiting_for_us,
)
from firstline.answers.queries.panels import Likeness, Panel, Similar, likeness, newest_heard, panel, published_articles

__all__ = [
    "Likeness",
    "Listed",
    "Panel",
    "Similar",
    "Standing",
    "Topic",
    "beside",
    "by_article",
    "by_engine",
    "judgements",
    "known",
    "known_at",
    "likeness",
    "listed",
    "newest_heard",
    "newest_replay",
    "panel",
    "points",
    "published_articles",
    "topics",
    "unanswered",
    "waiting_for_us",
]
