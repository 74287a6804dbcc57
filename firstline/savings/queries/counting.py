"""Which article each question of the past is about, as the articles stand today. Reads only.

The same rule holds for all questions, whenever they were asked, so that before and after can be compared. Past
questions that are attached to an article say nothing here: they were attached because somebody asked them, and would
count the time before it for more than it was.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from firstline.answers.models import Diagnosis
from firstline.conversations.models import Status
from firstline.knowledge.models import SHOWN, Article
from firstline.search.models import Part, Passage
from firstline.search.rules import vectors
from firstline.search.rules.vectors import Floats

NEAR = 0.55
"""Least cosine of a question and an article's title or section (models-and-data.md 8: the level of merging)."""
AT_ONCE = 2000
NOTHING = 0
"""Stands for the article of questions that no article is about."""
Moments = dict[int, list[datetime]]
Asked = tuple[int, datetime, bytes | None, str]


def moments(since: datetime) -> Moments:
    """When each article's question was asked since then, by article id; `NOTHING` holds all other questions.

    Counted are the questions of resolved conversations: those that search keeps.
    """
    named, signatures = _by_signature(), _signatures(since)
    nearest = Nearest()
    found: Moments = defaultdict(list)
    for rows in _questions(since):
        articles = nearest.of([(vector, model) for _pk, _at, vector, model in rows])
        for (conversation, at, _vector, _model), article in zip(rows, articles, strict=True):
            found[named.get(signatures.get(conversation, ""), article)].append(at)
    return dict(found)


def near_to(asked_for: Floats, model: str, since: datetime) -> int:
    """How many questions since then are nearer to one of these vectors (n, d) than to any article there is."""
    nearest, count = Nearest(), 0
    for rows in _questions(since):
        stored = [vector for _pk, _at, vector, of in rows if vector is not None and of == model]
        if stored:
            matrix = vectors.from_bytes(stored)
            own = (matrix @ asked_for.T).max(axis=1)
            count += int(((own >= NEAR) & (own > nearest.cosines(matrix, model))).sum())
    return count


class Nearest:
    """The articles' titles and sections as vectors, once for many questions."""

    def __init__(self) -> None:
        rows = list(
            Passage.objects.filter(article__status__in=SHOWN, vector__isnull=False, part__in=(Part.TITLE, Part.BODY))
            .order_by("article_id", "id")
            .values_list("article_id", "vector", "model")
        )
        self._of: dict[str, tuple[NDArray[np.int64], Floats]] = {}
        for model in {model for _article, _vector, model in rows}:
            mine = [(article or NOTHING, bytes(vector or b"")) for article, vector, of in rows if of == model]
            owners = np.array([article for article, _vector in mine], np.int64)
            self._of[model] = owners, vectors.from_bytes([vector for _article, vector in mine])

    def of(self, questions: list[tuple[bytes | None, str]]) -> list[int]:
        """The article of each (vector, model); `NOTHING` where none comes near."""
        articles = [NOTHING] * len(questions)
        for model, (owners, passages) in self._of.items():
            places = [place for place, (vector, of) in enumerate(questions) if vector is not None and of == model]
            if not places:
                continue
            cosines = vectors.from_bytes([questions[place][0] or b"" for place in places]) @ passages.T
            best = cosines.argmax(axis=1)
            for row, place in enumerate(places):
                if cosines[row, best[row]] >= NEAR:
                    articles[place] = int(owners[best[row]])
        return articles

    def cosines(self, questions: Floats, model: str) -> Floats:
        """The best cosine of each question (n, d) with any article; -1 where there is none."""
        if model not in self._of:
            return np.full(len(questions), -1, np.float32)
        return np.asarray((questions @ self._of[model][1].T).max(axis=1), np.float32)


def _questions(since: datetime) -> Iterator[list[Asked]]:
    """(conversation id, when it began, vector, model) of everything asked since then, some thousand at a time."""
    last = 0
    while True:
        rows = list(
            Passage.objects.filter(pk__gt=last, conversation__created_at__gte=since)
            .exclude(conversation__status=Status.SPAM)
            .order_by("pk")
            .values_list("pk", "conversation_id", "conversation__created_at", "vector", "model")[:AT_ONCE]
        )
        if not rows:
            return
        last = rows[-1][0]
        yield [
            (conversation or 0, at, bytes(vector) if vector is not None else None, model)
            for _pk, conversation, at, vector, model in rows
            if at is not None
        ]


def _by_signature() -> dict[str, int]:
    """The oldest published article that names each failure."""
    found: dict[str, int] = {}
    for article, signatures in Article.objects.filter(status__in=SHOWN).order_by("pk").values_list("pk", "signatures"):
        for signature in signatures:
            found.setdefault(signature, article)
    return found


def _signatures(since: datetime) -> dict[int, str]:
    """The first failure recognised in each conversation since then."""
    known = Diagnosis.objects.filter(conversation__created_at__gte=since).exclude(signature="").order_by("-message_id")
    return dict(known.values_list("conversation_id", "signature"))
