"""Measures the grouping of questions against their labels: `firstline eval gaps`. No database, no Django."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstline.knowledge.rules import grouping
from firstline.models_ai.embedder import Embedder

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Gaps:
    """Questions, groups of two and more, and questions left alone (of the merge level), with how right they are.

    `ari` (Hubert and Arabie 1985) and `v_measure` (Rosenberg and Hirschberg 2007) judge the merge level, a question
    left alone counting as a group of its own; `pair_precision` is the share of pairs of the propose level that
    belong together. `seconds` is wall time, embedding included.
    """

    n: int
    groups: int
    noise: int
    ari: float
    v_measure: float
    pair_precision: float
    seconds: float


def evaluate(texts: Sequence[str], labels: Sequence[str], embedder: Embedder) -> Gaps:
    """Group the texts and compare with the labels. Raises ValueError for no text at all."""
    if not texts:
        raise ValueError("there is no question in it")
    started = time.perf_counter()
    found = grouping.group(embedder.encode(list(texts)))
    seconds = time.perf_counter() - started
    truth = np.unique(np.array(labels), return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(found.merged)
    merged, proposed = _table(truth, found.merged), _table(truth, found.proposed)
    return Gaps(
        n=len(texts),
        groups=int((sizes > 1).sum()),
        noise=int((sizes == 1).sum()),
        ari=round(adjusted_rand(merged), 4),
        v_measure=round(v_measure(merged), 4),
        pair_precision=round(_ratio(_pairs(proposed), _pairs(proposed.sum(axis=0))), 4),
        seconds=round(seconds, 2),
    )


def adjusted_rand(table: Labels) -> float:
    """The adjusted Rand index of a contingency table (truth by found): 1 the same, about 0 by chance."""
    together, truth, found = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected = _ratio(truth * found, _pairs(np.array([table.sum()])))
    return _ratio(together - expected, (truth + found) / 2 - expected)


def v_measure(table: Labels) -> float:
    """The harmonic mean of homogeneity and completeness of a contingency table, 0 to 1."""
    shares = table / table.sum()
    truth, found = shares.sum(axis=1), shares.sum(axis=0)
    shared = _entropy(truth) + _entropy(found) - _entropy(shares)
    return _ratio(2 * shared, _entropy(truth) + _entropy(found))


def _table(truth: Labels, found: Labels) -> Labels:
    table = np.zeros((int(truth.max()) + 1, int(found.max()) + 1), np.int64)
    np.add.at(table, (truth, found), 1)
    return table


def _pairs(counts: Labels) -> float:
    return float((counts * (counts - 1) // 2).sum())


def _entropy(shares: NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())


def _ratio(part: float, whole: float) -> float:
    """A share; 1 of nothing: where there was nothing to tell apart, nothing was told wrongly."""
    return part / whole if whole else 1.0
