"""Measures retrieval over labelled questions: `firstline eval retrieval`. No database, no Django.

Also the door for other evaluations over the same kind of files (`entries_from`, `build`).
"""

import dataclasses
import math
import time
from collections.abc import Iterable, Sequence

from firstline.core.rows import Row
from firstline.models_ai import languages, multilingual
from firstline.models_ai.embedder import Embedder, ModelMissing
from firstline.search.rules.ranking import Entry, Ranked, Ranker, asked_only, mean_vectors

DEPTH = 10


@dataclasses.dataclass(frozen=True)
class Retrieval:
    """Figures over the questions that have a label: shares of 0 to 1, and CPU milliseconds a question."""

    n: int
    hit1: float
    hit3: float
    mrr10: float
    ndcg10: float
    cpu_ms_per_question: float
    entries: int
    engine: str


def entries_from(faq: Iterable[Row], past: Iterable[Row] = ()) -> list[Entry[str]]:
    """Entries of rows with `id`, `title`, `text`; each row of `past` (`text`, `label`) joins the entry it names."""
    questions: dict[str, list[str]] = {}
    for row in past:
        if row.get("label"):
            questions.setdefault(str(row["label"]), []).append(str(row["text"]))
    return [
        Entry(str(row["id"]), str(row["title"]), str(row.get("text") or ""), tuple(questions.get(str(row["id"]), ())))
        for row in faq
    ]


def build(entries: Sequence[Entry[str]], embedder: Embedder | None) -> Ranker[str]:
    """A ranker over the entries; without an embedder it ranks by words alone."""
    if embedder is None:
        return Ranker(entries, None)
    return Ranker(entries, mean_vectors([part for entry in entries for part in entry.parts()], embedder.encode))


class Index:
    """The entries as the desk ranks them: English by MiniLM and words, other languages by the multilingual vectors."""

    def __init__(self, entries: Sequence[Entry[str]], embedder: Embedder | None) -> None:
        self.entries = list(entries)
        self._embedder = embedder
        self._ranker = build(entries, embedder)
        self._others: Ranker[str] | None = None
        self.engine = embedder.name if embedder else "text only"

    def rank(self, question: str, limit: int = DEPTH) -> list[Ranked[str]]:
        """The best entries for a question, best first."""
        if self._embedder is None:
            return self._ranker.rank(question, None, limit)
        if languages.is_foreign(question) and (other := self._multilingual()) is not None:
            return other.rank("", multilingual.load().encode([question])[0], limit)
        return self._ranker.rank(question, self._embedder.encode([question])[0], limit)

    def warm_up(self, questions: Iterable[str]) -> None:
        """Load the models that these questions need, so that only answering is measured."""
        for question in questions:
            if self._embedder is not None and languages.is_foreign(question):
                self._multilingual()
                return

    def _multilingual(self) -> Ranker[str] | None:
        """A ranker over titles and past questions; None where the model is not installed."""
        if self._others is None:
            try:
                self._others = build([asked_only(entry) for entry in self.entries], multilingual.load())
            except ModelMissing:
                return None
        return self._others


def labels_of(row: Row) -> set[str]:
    """The ids that answer a question: any of `labels`, else `label`; empty when nothing does."""
    return {str(label) for label in (row.get("labels") or [row.get("label")]) if label}


def evaluate(index: Index, questions: Iterable[Row]) -> Retrieval:
    """Ask every labelled question, one at a time, as the desk would. Raises ValueError when none has a label."""
    asked = [(str(row["text"]), labels_of(row)) for row in questions]
    asked = [(text, labels) for text, labels in asked if labels]
    if not asked:
        raise ValueError("no question has a label")
    ranks: list[list[int]] = []
    index.warm_up(text for text, _labels in asked)
    started = time.process_time()
    for text, labels in asked:
        found = index.rank(text)
        ranks.append([place for place, ranked in enumerate(found, start=1) if ranked.id in labels])
    spent = time.process_time() - started
    n = len(asked)
    return Retrieval(
        n=n,
        hit1=_share(sum(1 for places in ranks if places[:1] == [1]), n),
        hit3=_share(sum(1 for places in ranks if places and places[0] <= 3), n),
        mrr10=_share(sum(1 / places[0] for places in ranks if places), n),
        ndcg10=_share(sum(_ndcg(places, len(labels)) for places, (_, labels) in zip(ranks, asked, strict=True)), n),
        cpu_ms_per_question=round(1000 * spent / n, 2),
        entries=len(index.entries),
        engine=index.engine,
    )


def _share(total: float, n: int) -> float:
    return round(total / n, 4)


def _ndcg(places: Sequence[int], relevant: int) -> float:
    """nDCG@10 with gain 1 for every right entry (Järvelin and Kekäläinen 2002)."""
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(relevant, DEPTH) + 1))
    return sum(1 / math.log2(place + 1) for place in places) / ideal


@dataclasses.dataclass(frozen=True)
class Languages:
    """How many texts were judged, and the share whose language was told rightly."""

    n: int
    accuracy: float


def evaluate_languages(rows: Iterable[Row]) -> Languages:
    """Tell the language of every row with a `lang` or else a `label`. Raises ModelMissing or ValueError."""
    judged = [(str(row["text"]), _language(str(row.get("lang") or row.get("label") or ""))) for row in rows]
    judged = [(text, code) for text, code in judged if code]
    if not judged:
        raise ValueError("no row names a language")
    right = sum(languages.detect(text).code == code for text, code in judged)
    return Languages(len(judged), _share(right, len(judged)))


def _language(code: str) -> str:
    """The bare ISO 639 code of a locale: `pt_BR` is `pt`; written Norwegian is `no`."""
    bare = code.replace("-", "_").split("_")[0].lower()
    return "no" if bare == "nb" else bare
