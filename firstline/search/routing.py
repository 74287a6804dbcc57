"""Sorts texts by what they are about: learned from labelled ones, with abstention; `firstline eval routing`.

The mean of two logistic regressions, one over words and their pieces (TF-IDF), one over MiniLM's vectors: each alone is
worse on most sets. scikit-learn is imported only by who trains. No database, no Django.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstline.core.rows import Row
from firstline.models_ai.embedder import Embedder
from firstline.search.rules.confidence import NEVER, wilson_lower

OUT_OF_SCOPE = "oos"
WORDS_C = 20.0
VECTORS_C = 30.0
STEPS = 200
FOLDS = 5
MANY = 1000
"""From so many texts on, one fold alone fixes the threshold: the others would cost minutes and move it little."""

Numbers = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Routing:
    """`accuracy` and `macro_f1` of all `n` texts, each with its best label; `abstained` is the share below the
    threshold, `precision` the share right of the rest. With texts labelled `oos`: the accuracy of the others, and how
    well low confidence tells the two apart (area under the curve).
    """

    n: int
    accuracy: float
    macro_f1: float
    abstained: float
    precision: float
    threshold: float
    labels: int
    in_scope_accuracy: float | None = None
    oos_auc: float | None = None


class Router:
    """A trained router. Training costs 0.1 s for 100 texts and 12 labels, half a minute for 5,000 and 77."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str], embedder: Embedder) -> None:
        """Raises ValueError with fewer than two labels."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_union

        if len(set(labels)) < 2:
            raise ValueError("at least two labels are needed to tell apart")
        self._embedder = embedder
        self._words: Any = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True),
        )
        truth = np.array(labels)
        self._by_words: Any = LogisticRegression(C=WORDS_C, max_iter=STEPS)
        self._by_words.fit(self._words.fit_transform(list(texts)), truth)
        self._by_vectors: Any = LogisticRegression(C=VECTORS_C, max_iter=STEPS, class_weight="balanced")
        self._by_vectors.fit(embedder.encode(list(texts)), truth)
        self.labels: list[str] = [str(label) for label in self._by_words.classes_]

    def probabilities(self, texts: Sequence[str]) -> Numbers:
        """Shape (texts, labels), rows sum to 1, in the order of `labels`."""
        words = self._by_words.predict_proba(self._words.transform(list(texts)))
        vectors = self._by_vectors.predict_proba(self._embedder.encode(list(texts)))
        return np.asarray((words + vectors) / 2, np.float64)


def threshold(texts: Sequence[str], labels: Sequence[str], embedder: Embedder, target: float) -> float:
    """From which probability on a label is right in `target` of the cases, by texts that the router did not see.

    1.01, so never, when no probability reaches it. Out-of-scope texts count as wrong whatever is said of them.
    """
    fold = np.array([hashlib.sha256(text.encode()).digest()[0] % FOLDS for text in texts])
    chances: list[float] = []
    rights: list[bool] = []
    for number in range(1 if len(texts) >= MANY else FOLDS):
        seen = [i for i in range(len(texts)) if fold[i] != number]
        unseen = [i for i in range(len(texts)) if fold[i] == number]
        if not unseen or len({labels[i] for i in seen}) < 2:
            continue
        router = Router([texts[i] for i in seen], [labels[i] for i in seen], embedder)
        best, sure = _best(router, router.probabilities([texts[i] for i in unseen]))
        chances += sure.tolist()
        rights += [one == labels[i] for one, i in zip(best, unseen, strict=True)]
    order = sorted(range(len(chances)), key=lambda place: -chances[place])
    good = np.cumsum([rights[place] for place in order])
    enough = [place for place in range(len(order)) if wilson_lower(float(good[place]), place + 1) >= target]
    return chances[order[enough[-1]]] if enough else NEVER


def evaluate(train: Iterable[Row], test: Iterable[Row], embedder: Embedder, target: float = 0.95) -> Routing:
    """Train on `train`, measure on `test` (`text`, `label`). Raises ValueError without labelled rows."""
    texts, labels = _labelled(train)
    asked, truth = _labelled(test)
    limit = threshold(texts, labels, embedder, target)
    router = Router(texts, labels, embedder)
    return _report(router, router.probabilities(asked), truth, limit)


def cross_validate(rows: Iterable[Row], embedder: Embedder, folds: int, target: float = 0.95) -> Routing:
    """Train on the other folds for each of `folds`; the threshold too. The figures are the means over the folds."""
    rows = list(rows)
    fold = [hashlib.sha256(str(row["text"]).encode()).digest()[1] % folds for row in rows]
    found = [
        evaluate(
            [row for row, one in zip(rows, fold, strict=True) if one != number],
            [row for row, one in zip(rows, fold, strict=True) if one == number],
            embedder,
            target,
        )
        for number in range(folds)
    ]

    def mean(name: str) -> Any:
        values = [getattr(one, name) for one in found if getattr(one, name) is not None]
        return round(float(np.mean(values)), 4) if values else None

    means = {field.name: mean(field.name) for field in dataclasses.fields(Routing)}
    return Routing(**means | {"n": sum(one.n for one in found), "labels": max(one.labels for one in found)})


def _labelled(rows: Iterable[Row]) -> tuple[list[str], list[str]]:
    kept = [(str(row["text"]), str(row["label"])) for row in rows if row.get("label")]
    if not kept:
        raise ValueError("no row has a label")
    return [text for text, _label in kept], [label for _text, label in kept]


def _best(router: Router, chances: Numbers) -> tuple[list[str], Numbers]:
    """The best label of each text and the probability of the best one that is in scope."""
    outside = [place for place, label in enumerate(router.labels) if label == OUT_OF_SCOPE]
    inside = np.delete(chances, outside, axis=1).max(axis=1)
    return [router.labels[place] for place in chances.argmax(axis=1)], inside


def _report(router: Router, chances: Numbers, truth: list[str], limit: float) -> Routing:
    from sklearn.metrics import f1_score, roc_auc_score

    best, sure = _best(router, chances)
    right = np.array([one == label for one, label in zip(best, truth, strict=True)])
    outside = np.array([label == OUT_OF_SCOPE for label in truth])
    answered = (sure >= limit) & np.array([one != OUT_OF_SCOPE for one in best])
    mixed = bool(outside.any() and not outside.all())
    return Routing(
        n=len(truth),
        accuracy=round(float(right.mean()), 4),
        macro_f1=round(float(f1_score(truth, best, average="macro", zero_division=0.0)), 4),
        abstained=round(1 - float(answered.mean()), 4),
        precision=round(float(right[answered].mean()), 4) if answered.any() else 0.0,
        threshold=round(limit, 4),
        labels=len(router.labels),
        in_scope_accuracy=round(float(right[~outside].mean()), 4) if mixed else None,
        oos_auc=round(float(roc_auc_score(outside, -sure)), 4) if mixed else None,
    )
