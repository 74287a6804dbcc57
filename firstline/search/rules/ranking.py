"""Hybrid ranking of a few thousand entries in the process: vectors for the meaning, BM25 for codes and names.

Pure: numpy and the standard library, no Django, no model. The score of an entry for a question is

    max(0.3 × cosine to its title + 0.7 × best cosine to its body, best cosine to a past question)
    + weight × BM25(title + full) / the best BM25 of this question

where the weight is 0.2 for a question that quotes something (a code, a name, a flag) and 0.03 for plain words: words
decide between `E403` and `E404`, and mislead between two ways of asking the same. The mean over title and body finds
more paraphrases than the better of the two. Reciprocal rank fusion is never used, since it forgets by how much one
cosine beats the next; a logistic regression and boosted trees over eleven features of the best 20 were no better than
this sum when cross-validated by entry (docs/reference/measured.md). Without vectors the score is BM25 divided by the
most that the question's words could reach: the same order as BM25, and 1 would mean "every word, many times over".
"""

import collections
import dataclasses
import functools
import re
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from firstline.search.rules.passages import windows
from firstline.search.rules.words import words

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 0.3
QUOTING_WEIGHT = 0.2
PLAIN_WEIGHT = 0.03
COMPLETIONS = 3
NOTHING = -1.0  # the cosine of a part that is not there
QUOTED = re.compile(r"""\b[A-Z][A-Z0-9_]+\b|\b\d{3}\b|[@/`"]|(?<!\w)'|--\w|\w\.\w""")

Floats = NDArray[np.float32]
Id = TypeVar("Id", bound=Hashable)


Part = tuple[str, tuple[str, ...]]
"""What a part is, and the texts whose mean vector stands for it."""


def body_said(title: str, window: str, whole: str) -> tuple[str, ...]:
    """The texts that stand for a stretch of an entry's body: with the title in front, and as part of its section."""
    return (f"{title}. {window}", whole)


def mean_vectors(parts: Sequence[Part], encode: Callable[[list[str]], Floats]) -> Floats:
    """One unit vector a part, shape (parts, d): the mean over its texts."""
    texts = [text for _kind, said in parts for text in said]
    starts = np.cumsum([0, *(len(said) for _kind, said in parts)])[:-1]
    total = np.add.reduceat(encode(texts), starts, axis=0) if parts else encode([])
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12), np.float32)


@dataclasses.dataclass(frozen=True)
class Entry(Generic[Id]):
    """One thing to be found: an article, or a question with its answer. `questions` are past askers' own words.

    A long text may give its `sections`; without them it is cut into overlapping windows. Each gets a vector.
    """

    id: Id
    title: str
    text: str
    questions: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def parts(self) -> list[Part]:
        """What gets a vector each: the title, every section (or window of the text), then every past question."""
        if self.sections:
            bodies = [(section, section) for section in self.sections if section.strip()]
        else:
            bodies = [(window, self.text) for window in windows(self.text)]
        return [
            ("title", (self.title,)),
            *(("body", body_said(self.title, window, whole)) for window, whole in bodies),
            *(("question", (question,)) for question in self.questions),
        ]

    @functools.cached_property
    def title_words(self) -> list[str]:
        """The search words of the title; worked out once, because entries outlive the rankers made of them."""
        return words(self.title)

    @functools.cached_property
    def all_words(self) -> list[str]:
        """The search words of title, text and questions."""
        return words("\n".join([self.title, self.text, *self.questions]))


def asked_only(entry: Entry[Id]) -> Entry[Id]:
    """An entry without its text: what the multilingual model is given, whose titles alone rank best."""
    return Entry(entry.id, entry.title, "", entry.questions)


@dataclasses.dataclass(frozen=True)
class Ranked(Generic[Id]):
    """An entry's standing for one question; `cosine` is 0 and `cosines` is empty when there were no vectors.

    `bm25` is the raw sum over title and full text, `coverage` the share (0 to 1) of the question's word information
    that the entry has, `cosines` that of each of `Entry.parts()`, in their order, `cosine` the highest of them and
    `meaning` their weighted mean, by which entries are ordered.
    """

    id: Id
    score: float
    cosine: float
    bm25: float
    coverage: float
    cosines: tuple[float, ...] = ()
    meaning: float = 0.0

    @property
    def best(self) -> int | None:
        """The index of the closest part among `Entry.parts()`; None without vectors."""
        return max(range(len(self.cosines)), key=self.cosines.__getitem__) if self.cosines else None


class BM25:
    """Okapi BM25 (Robertson and Zaragoza 2009) over tokenised documents, scores kept per posting."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        """`documents`: the words of each document, in the order in which scores come back."""
        self.size = len(documents)
        lengths = np.array([len(document) for document in documents], dtype=np.float32)
        mean = float(lengths.mean()) if self.size and lengths.any() else 1.0
        postings: dict[str, tuple[list[int], list[int]]] = {}
        for number, document in enumerate(documents):
            for word, count in collections.Counter(document).items():
                where, counts = postings.setdefault(word, ([], []))
                where.append(number)
                counts.append(count)
        self._postings: dict[str, tuple[NDArray[np.int32], Floats]] = {}
        for word, (where, counts) in postings.items():
            rows = np.array(where, dtype=np.int32)
            often = np.array(counts, dtype=np.float32)
            damped = often * (K1 + 1) / (often + K1 * (1 - B + B * lengths[rows] / mean))
            self._postings[word] = (rows, (self._idf(len(where)) * damped).astype(np.float32))

    def scores(self, question: Sequence[str]) -> Floats:
        """The score of every document for the question's words, shape (documents,)."""
        total = np.zeros(self.size, np.float32)
        for word in question:
            if word in self._postings:
                rows, weights = self._postings[word]
                total[rows] += weights
        return total

    def completed(self, question: Sequence[str]) -> list[str]:
        """The question with its last word replaced by the commonest words it begins, unless it is one itself."""
        *before, last = question or [""]
        if len(last) < 3 or last in self._postings:
            return list(question)
        begun = [word for word in self._postings if word.startswith(last)]
        return [*before, *sorted(begun, key=lambda word: -len(self._postings[word][0]))[:COMPLETIONS]]

    def ceiling(self, question: Sequence[str]) -> float:
        """What a document would score that had every word of the question endlessly often."""
        return sum(self._idf(len(self._postings[word][0]) if word in self._postings else 0) for word in question) * (
            K1 + 1
        )

    def coverage(self, question: Sequence[str]) -> Floats:
        """For every document, the share of the question's inverse document frequency that its words make up."""
        total = np.zeros(self.size, np.float32)
        whole = 0.0
        for word in set(question):
            rows = self._postings[word][0] if word in self._postings else None
            weight = self._idf(0 if rows is None else len(rows))
            whole += weight
            if rows is not None:
                total[rows] += weight
        return total / np.float32(whole) if whole else total

    def _idf(self, documents_with_word: int) -> float:
        return float(np.log1p((self.size - documents_with_word + 0.5) / (documents_with_word + 0.5)))


class Ranker(Generic[Id]):
    """An immutable index over entries; build a new one when entries change (0.2 s for 1,000 known ones)."""

    def __init__(self, entries: Sequence[Entry[Id]], vectors: Floats | None) -> None:
        """`vectors`: one unit row for each part of each entry, in the order of `Entry.parts()`; None ranks by words.

        Raises ValueError when the number of rows is not the number of parts.
        """
        self.entries = list(entries)
        parts = [entry.parts() for entry in self.entries]
        self._starts = np.cumsum([0, *(len(of_entry) for of_entry in parts)], dtype=np.int64)
        self._kinds = np.array([kind for of_entry in parts for kind, _said in of_entry])
        if vectors is not None and len(vectors) != self._starts[-1]:
            raise ValueError(f"{len(vectors)} vectors for {self._starts[-1]} parts")
        self.vectors = vectors
        self._title = BM25([entry.title_words for entry in self.entries])
        self._full = BM25([entry.all_words for entry in self.entries])

    def rank(
        self,
        question: str,
        vector: Floats | None,
        limit: int = 10,
        *,
        also: Sequence[Id] = (),
        typing: bool = False,
        unless: int | None = None,
    ) -> list[Ranked[Id]]:
        """The best `limit` entries for a question, best first; equal scores keep the entries' order.

        `vector` is the question's unit vector, shape (d,); None (or a ranker without vectors) ranks by words alone,
        and then entries that share no word with the question are left out. `also` names entries that are given in any
        case, after the best. `typing`: the last word may be unfinished. `unless`: the row of a part that is left out.
        """
        if not self.entries:
            return []
        asked = self._full.completed(words(question)) if typing else words(question)
        bm25 = self._title.scores(asked) + self._full.scores(asked)
        coverage = self._full.coverage(asked)
        if vector is None or self.vectors is None:
            most = max(self._title.ceiling(asked) + self._full.ceiling(asked), 1e-9)
            chosen = [i for i in _top(bm25, limit) if bm25[i] > 0]
            chosen += self._others(also, chosen)
            return [self._ranked(i, bm25[i] / most, 0.0, bm25[i], coverage[i], ()) for i in chosen]
        similar = self.vectors @ vector
        if unless is not None:
            similar[unless] = NOTHING
        meaning = self._meaning(similar)
        weight = QUOTING_WEIGHT if QUOTED.search(question) else PLAIN_WEIGHT
        score = meaning + weight * (bm25 / bm25.max() if bm25.max() > 0 else bm25)
        chosen = _top(score, limit)
        chosen += self._others(also, chosen)
        return [self._ranked(i, score[i], meaning[i], bm25[i], coverage[i], self._parts(similar, i)) for i in chosen]

    def _meaning(self, similar: Floats) -> Floats:
        """How near each entry is: title and body weighed, or a past question, whichever is nearer."""
        starts = self._starts[:-1]
        title = similar[starts]
        body = np.maximum.reduceat(np.where(self._kinds == "body", similar, NOTHING), starts)
        asked = np.maximum.reduceat(np.where(self._kinds == "question", similar, NOTHING), starts)
        mixed = np.where(body > NOTHING, TITLE_WEIGHT * title + (1 - TITLE_WEIGHT) * body, title)
        return np.asarray(np.maximum(mixed, asked), np.float32)

    def _others(self, also: Sequence[Id], chosen: list[int]) -> list[int]:
        wanted = set(also)
        return [i for i, entry in enumerate(self.entries) if entry.id in wanted and i not in chosen] if wanted else []

    def _parts(self, similar: Floats, i: int) -> Sequence[float]:
        return [float(value) for value in similar[self._starts[i] : self._starts[i + 1]]]

    def _ranked(
        self, i: int, score: float, meaning: float, bm25: float, coverage: float, cosines: Sequence[float]
    ) -> Ranked[Id]:
        nearest = max(cosines, default=0.0)
        return Ranked(
            self.entries[i].id,
            float(score),
            nearest,
            float(bm25),
            float(coverage),
            tuple(cosines),
            float(meaning),
        )


def _top(score: Floats, limit: int) -> list[int]:
    """Indices of the `limit` highest scores, highest first, ties in order."""
    if len(score) > 4 * limit:
        near = np.flatnonzero(score >= np.partition(score, -limit)[-limit])
        return [int(i) for i in near[np.argsort(-score[near], kind="stable")][:limit]]
    return [int(i) for i in np.argsort(-score, kind="stable")[:limit]]
