"""Measures selective answering: `firstline eval answering`; and gathers the rows on which confidence is fitted.

No database, no Django.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from firstline.core.rows import Row
from firstline.models_ai import languages
from firstline.models_ai.embedder import Embedder, Vectors
from firstline.search import evaluation
from firstline.search.rules import confidence
from firstline.search.rules.confidence import Confidence, Judged
from firstline.search.rules.ranking import Entry

DROP_STEPS = 10
TAKEN_OUT = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 0, 4))
"""What is taken out of the index for each of the four times that a model for fitting asks its questions."""


@dataclasses.dataclass(frozen=True)
class Answering:
    """Of `n` questions `answered` by itself, `precision` of these rightly; `ece` is the calibration error."""

    n: int
    answered: int
    coverage: float
    precision: float
    ece: float
    threshold: float
    answerable: float


class Remembering:
    """An embedder that reads each text once: the same questions and entries are asked for again and again here."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name, self.sha256, self.dimensions = embedder.name, embedder.sha256, embedder.dimensions

    def encode(self, texts: list[str]) -> Vectors:
        """As the embedder's."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(fresh, self._embedder.encode(fresh), strict=True)
        return np.array([self._known[text] for text in texts], np.float32).reshape(len(texts), self.dimensions)


def residue(entry_id: str) -> int:
    """0 to 9, the same for an entry always: `--holdout 0.3` drops entries under 3."""
    return int(hashlib.sha256(entry_id.encode()).hexdigest(), 16) % DROP_STEPS


def kept(faq: Iterable[Row], holdout: float) -> list[Row]:
    """The entries that stay when a share is held out, so that their questions have no answer."""
    return [row for row in faq if residue(str(row["id"])) >= round(holdout * DROP_STEPS)]


def judge(entries: Sequence[Entry[str]], questions: Iterable[Row], embedder: Embedder) -> list[Judged | None]:
    """The first answer to each question and whether it is right; None where the machine would not answer at all:
    the question is in another language, or nothing was found.
    """
    index = evaluation.Index(entries, embedder)
    known = {entry.id for entry in entries}
    found: list[Judged | None] = []
    for row in questions:
        text, labels = str(row["text"]), evaluation.labels_of(row) & known
        ranked = [] if languages.is_foreign(text) else index.rank(text)
        figures = confidence.features(text, ranked)
        group = str(row.get("label") or text).split("#")[0]
        found.append(Judged(figures, ranked[0].id in labels, group) if figures else None)
    return found


def rotated(faq: Sequence[Row], questions: Sequence[Row], embedder: Embedder) -> list[Judged]:
    """Rows to fit a model on: every question asked four times, each time with three tenths of the entries taken out,
    so that the model sees what it is like when nothing answers.
    """
    embedder = embedder if isinstance(embedder, Remembering) else Remembering(embedder)
    found: list[Judged] = []
    for steps in TAKEN_OUT:
        left = evaluation.entries_from(row for row in faq if residue(str(row["id"])) not in steps)
        found += [row for row in judge(left, questions, embedder) if row is not None]
    return found


def evaluate(
    rows: Sequence[Judged | None], target: float, model: Confidence, *, folds: int = 0, fit_on: Sequence[Judged] = ()
) -> Answering:
    """Answer where the confidence reaches the model's threshold for `target`.

    With `folds` the model is refitted by entry on the other folds of `fit_on` (from `rotated`), threshold included.
    Raises ValueError without rows.
    """
    asked = [row for row in rows if row is not None]
    if not asked:
        raise ValueError("no question could be ranked")
    chances: list[float] = []
    decided: list[bool] = []
    models = {number: _without(fit_on, number, folds) for number in range(folds)} or {0: model}
    for row in asked:
        by = models[confidence.fold_of(row.group, folds) if folds else 0]
        chances.append(by.probability(row.features))
        decided.append(chances[-1] >= by.threshold(target))
    answered = sum(decided)
    right = sum(row.right for row, is_answered in zip(asked, decided, strict=True) if is_answered)
    thresholds = [one.threshold(target) for one in models.values()]
    return Answering(
        n=len(rows),
        answered=answered,
        coverage=round(answered / len(rows), 4),
        precision=round(right / answered, 4) if answered else 0.0,
        ece=round(confidence.calibration_error(chances, [row.right for row in asked]), 4),
        threshold=round(sum(thresholds) / len(thresholds), 4),
        answerable=round(sum(row.right for row in asked) / len(rows), 4),
    )


def _without(rows: Sequence[Judged], number: int, folds: int) -> Confidence:
    others = [row for row in rows if confidence.fold_of(row.group, folds) != number]
    return confidence.refit(others, repeats=len(TAKEN_OUT))
