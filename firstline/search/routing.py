"""Learns to sort texts by what they are about, with abstention; `firstline eval routing`, and the desk's own sorting.

scikit-learn is imported only by who trains. No database, no Django.
"""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstline.core.rows import Row
from firstline.models_ai.embedder import Embedder, Vectors
from firstline.search.rules.confidence import wilson_lower
from firstline.search.rules.sorting import NEVER, TARGETS, Numbers, Sorter, Vocabulary, piece_grams, word_grams

OUT_OF_SCOPE = "oos"
WORDS_C = 20.0
VECTORS_C = 30.0
STEPS = 200
MOST_GRAMS = 40_000
FOLDS = 5
MANY = 1000
"""From so many texts on, one fold alone fixes the threshold: the others would cost minutes and move it little."""


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


def train(texts: Sequence[str], labels: Sequence[str], vectors: Vectors, *, model: str = "") -> Sorter:
    """Fit a sorter that never speaks up (`with_thresholds` gives it its say). Raises ValueError under two labels.

    0.1 s for 100 texts and 12 labels, half a minute for 5,000 and 77.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    if len(set(labels)) < 2:
        raise ValueError("at least two labels are needed to tell apart")
    vectorizers: list[Any] = [
        TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, max_features=MOST_GRAMS)
        for analyzer in (word_grams, piece_grams)
    ]
    grams = make_union(*vectorizers).fit_transform(list(texts))
    by_grams: Any = LogisticRegression(C=WORDS_C, max_iter=STEPS).fit(grams, list(labels))
    by_vectors: Any = LogisticRegression(C=VECTORS_C, max_iter=STEPS, class_weight="balanced")
    by_vectors.fit(vectors, list(labels))
    gram_weights, gram_bias = _weights(by_grams)
    vector_weights, vector_bias = _weights(by_vectors)
    return Sorter(
        labels=tuple(str(label) for label in by_grams.classes_),
        words=_vocabulary(vectorizers[0]),
        pieces=_vocabulary(vectorizers[1]),
        gram_weights=gram_weights.astype(np.float32),
        gram_bias=gram_bias,
        vector_weights=vector_weights.astype(np.float32),
        vector_bias=vector_bias,
        thresholds={f"{target:.2f}": NEVER for target in TARGETS},
        rows=len(texts),
        model=model,
    )


def _weights(fitted: Any) -> tuple[Numbers, Numbers]:
    """One row a label; of two labels scikit-learn keeps only what speaks for the second."""
    if len(fitted.classes_) > 2:
        return fitted.coef_, fitted.intercept_
    half, bias = fitted.coef_ / 2, fitted.intercept_ / 2
    return np.concatenate([-half, half]), np.concatenate([-bias, bias])


def _vocabulary(vectorizer: Any) -> Vocabulary:
    ordered = sorted(vectorizer.vocabulary_.items(), key=lambda pair: int(pair[1]))
    return Vocabulary({gram: place for place, (gram, _column) in enumerate(ordered)}, vectorizer.idf_.astype("f4"))


@dataclasses.dataclass(frozen=True)
class Trial:
    """What sorters that had not seen a text said of it: the best label's probability, and whether it was right."""

    chance: float
    is_right: bool


def tried(texts: Sequence[str], labels: Sequence[str], vectors: Vectors, *, silent: str = "") -> list[Trial]:
    """Try sorters on texts they were not trained on; what they say of `silent` or out-of-scope counts for nothing."""
    fold = folds_of(texts, labels, FOLDS)
    found = []
    for number in range(1 if len(texts) >= MANY else FOLDS):
        seen: list[int] = np.flatnonzero(fold != number).tolist()
        unseen: list[int] = np.flatnonzero(fold == number).tolist()
        if not unseen or len({labels[i] for i in seen}) < 2:
            continue
        sorter = train([texts[i] for i in seen], [labels[i] for i in seen], vectors[seen])
        best, sure = best_of(sorter, sorter.probabilities([texts[i] for i in unseen], vectors[unseen]))
        found += [
            Trial(float(chance), said == labels[i])
            for i, said, chance in zip(unseen, best, sure, strict=True)
            if said != silent
        ]
    return found


def threshold_of(trials: Sequence[Trial], target: float) -> float:
    """From which probability on a label is right in `target` of the cases, by Wilson's lower bound; 1.01 for never.

    Out-of-scope texts count as wrong whatever is said of them.
    """
    order = sorted(trials, key=lambda one: -one.chance)
    good = np.cumsum([one.is_right for one in order])
    enough = [place for place in range(len(order)) if wilson_lower(float(good[place]), place + 1) >= target]
    return order[enough[-1]].chance if enough else NEVER


def with_thresholds(sorter: Sorter, trials: Sequence[Trial]) -> Sorter:
    """The sorter with the thresholds that the trials prove."""
    found = {f"{target:.2f}": round(threshold_of(trials, target), 4) for target in TARGETS}
    return dataclasses.replace(sorter, thresholds=found)


def learn(texts: list[str], labels: list[str], vectors: bytes, model: str, silent: str = "") -> bytes:
    """Train a sorter with its thresholds; plain values, for a killable child. `vectors`: float32, one row a text."""
    rows: Vectors = np.frombuffer(vectors, np.float32).reshape(len(texts), -1)
    sorter = train(texts, labels, rows, model=model)
    return with_thresholds(sorter, tried(texts, labels, rows, silent=silent)).to_bytes()


def folds_of(texts: Sequence[str], labels: Sequence[str], folds: int) -> NDArray[np.int64]:
    """A stable fold for each text, every label spread evenly over the folds."""
    places: dict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for place, (text, label) in enumerate(zip(texts, labels, strict=True)):
        places[label].append((hashlib.sha256(text.encode()).digest(), place))
    found, dealt = np.zeros(len(texts), np.int64), 0
    for label in sorted(places):
        for _digest, place in sorted(places[label]):
            found[place], dealt = dealt % folds, dealt + 1
    return found


def evaluate(train_on: Iterable[Row], test: Iterable[Row], embedder: Embedder, target: float = 0.95) -> Routing:
    """Train on some rows, measure on `test` (`text`, `label`). Raises ValueError without labelled rows."""
    texts, labels = _labelled(train_on)
    asked, truth = _labelled(test)
    vectors = embedder.encode(texts)
    limit = threshold_of(tried(texts, labels, vectors), target)
    sorter = train(texts, labels, vectors)
    return _report(sorter, sorter.probabilities(asked, embedder.encode(asked)), truth, limit)


def cross_validate(rows: Iterable[Row], embedder: Embedder, folds: int, target: float = 0.95) -> Routing:
    """Train on the other folds for each of `folds`; the threshold too. The figures are the means over the folds."""
    rows = [row for row in rows if row.get("label")]
    fold = folds_of([str(row["text"]) for row in rows], [str(row["label"]) for row in rows], folds)
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


def best_of(sorter: Sorter, chances: Numbers) -> tuple[list[str], Numbers]:
    """The best label of each text and the probability of the best one that is in scope."""
    outside = [place for place, label in enumerate(sorter.labels) if label == OUT_OF_SCOPE]
    inside = np.delete(chances, outside, axis=1).max(axis=1)
    return [sorter.labels[place] for place in chances.argmax(axis=1)], inside


def _report(sorter: Sorter, chances: Numbers, truth: list[str], limit: float) -> Routing:
    from sklearn.metrics import f1_score, roc_auc_score

    best, sure = best_of(sorter, chances)
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
        labels=len(sorter.labels),
        in_scope_accuracy=round(float(right[~outside].mean()), 4) if mixed else None,
        oos_auc=round(float(roc_auc_score(outside, -sure)), 4) if mixed else None,
    )
