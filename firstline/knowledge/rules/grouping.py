"""Groups questions that mean the same: average linkage over unit vectors, in numpy alone.

Average linkage of cosine distances needs only each group's mean vector: the mean distance of two groups' members is
one minus the dot product of the groups' means. It is reducible, so all pairs that are each other's nearest may be
merged at once, and a group whose nearest is too far is done for good (Müllner 2011, arXiv:1109.2378, section 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

FEW, MANY = (0.35, 0.45), (0.42, 0.58)
"""Mean cosine distance up to which questions are one gap, and up to which two gaps may be one: among few questions,
and among many, once what all have in common is taken off. How they were chosen: docs/reference/measured.md, FAQ."""

USUAL = 100
"""So many questions weigh as much as knowing nothing of what a desk's questions have in common."""

EXACT = 4096
"""Up to so many groups every pair is compared; above, only those that fall into one leaf of some tree."""

LEAF, TREES, SEED = 512, 6, 1204
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Scale:
    """What all questions have in common, and how near is near once it is taken off.

    `centre` is their mean vector, shrunk while they are few; without this every question to a bank looks alike.
    """

    centre: Vectors
    propose: float
    merge: float

    @classmethod
    def of(cls, vectors: Vectors) -> "Scale":
        """The scale of unit vectors of shape (n, d); of none, the one for few."""
        weight = len(vectors) / (len(vectors) + USUAL)
        mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
        propose, merge = (few + weight * (many - few) for few, many in zip(FEW, MANY, strict=True))
        return cls(np.asarray(weight * mean, dtype=np.float32), propose, merge)

    def apply(self, vectors: Vectors) -> Vectors:
        """Unit vectors without what all have in common; one that is nothing but that stays zero."""
        rest = vectors - self.centre
        lengths = np.linalg.norm(rest, axis=1, keepdims=True)
        return np.asarray(rest / np.maximum(lengths, 1e-6), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Group numbers from 0, one a question, at both levels; a proposed group lies within one merged group."""

    proposed: Labels
    merged: Labels


def group(vectors: Vectors, scale: Scale | None = None) -> Grouping:
    """Group unit vectors of shape (n, d). Above 4,096 the cost grows as n log n, and few pairs may be missed."""
    scale = scale or Scale.of(vectors)
    spread = scale.apply(vectors)
    proposed = _link(spread, np.arange(len(spread)), 1 - scale.propose)
    return Grouping(_numbered(proposed), _numbered(_link(spread, proposed, 1 - scale.merge)))


def nearest(spread: Vectors, means: Vectors, distance: float) -> int | None:
    """Which group a new question (already on the groups' scale) joins: the nearest mean within `distance`, or none."""
    if not len(means):
        return None
    likeness = means @ spread
    best = int(likeness.argmax())
    return best if likeness[best] >= 1 - distance else None


def means_of(vectors: Vectors, labels: Labels) -> Vectors:
    """The mean vector of each label 0 … k-1, not brought to length 1: its length says how alike the members are."""
    sums, counts = _sums(vectors, labels)
    return np.asarray(sums / counts[:, None], dtype=np.float32)


def _link(vectors: Vectors, start: Labels, likeness: float) -> Labels:
    """Merge groups whose members are alike by `likeness` or more on average, nearest pairs first."""
    labels = _numbered(start)
    if not len(labels):
        return labels
    sums, counts = _sums(vectors, labels)
    owner = np.arange(len(counts))  # group → the group that it was merged into
    open_groups = np.arange(len(counts))
    random = np.random.default_rng(SEED)
    while len(open_groups) > 1:
        means = np.asarray(sums[open_groups] / counts[open_groups, None], dtype=np.float32)
        other, alike = _nearest_of_each(means, random)
        near = alike >= likeness
        places = np.flatnonzero(near)
        pairs = places[(other[other[places]] == places) & (places < other[places])]
        if not len(pairs):
            break
        kept, gone = open_groups[pairs], open_groups[other[pairs]]
        sums[kept] += sums[gone]
        counts[kept] += counts[gone]
        owner[gone] = kept
        near[other[pairs]] = False
        open_groups = open_groups[near]
    return _roots(owner)[labels]


def _nearest_of_each(means: Vectors, random: np.random.Generator) -> tuple[Labels, Vectors]:
    """Each row's nearest other row and their dot product; rows without one point at themselves with -1."""
    size = len(means)
    other, alike = np.arange(size), np.full(size, -1, np.float32)
    leaves: Iterator[Labels] = iter([np.arange(size)])
    if size > EXACT:
        leaves = (leaf for _tree in range(TREES) for leaf in _leaves(means, random))
    for leaf in leaves:
        _look(means, leaf, other, alike)
    _make_mutual(other, alike)
    return other, alike


def _look(means: Vectors, leaf: Labels, other: Labels, alike: Vectors) -> None:
    """Update the nearest of every row of a leaf by the leaf's other rows."""
    inside = means[leaf]
    for start in range(0, len(leaf), BLOCK):
        rows = leaf[start : start + BLOCK]
        products = inside[start : start + BLOCK] @ inside.T
        products[np.arange(len(rows)), np.arange(start, start + len(rows))] = -2
        best = products.argmax(axis=1)
        value = products[np.arange(len(rows)), best]
        better = value > alike[rows]
        other[rows[better]], alike[rows[better]] = leaf[best[better]], value[better]


def _make_mutual(other: Labels, alike: Vectors) -> None:
    """Break ties so that the pair most alike of all points at each other: every round merges something."""
    if alike.max(initial=-1.0) <= -1:
        return
    first = int(alike.argmax())
    second = int(other[first])
    other[second], alike[second] = first, alike[first]


def _leaves(means: Vectors, random: np.random.Generator) -> Iterator[Labels]:
    """Halve the rows along the line between two random ones until at most LEAF are left: alike rows stay together."""
    waiting = [np.arange(len(means))]
    while waiting:
        rows = waiting.pop()
        if len(rows) <= LEAF:
            yield rows
            continue
        one, two = random.choice(len(rows), 2, replace=False)
        along = means[rows] @ (means[rows[one]] - means[rows[two]])
        order = np.argpartition(along, len(rows) // 2)
        waiting += [rows[order[: len(rows) // 2]], rows[order[len(rows) // 2 :]]]


def _sums(vectors: Vectors, labels: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum of each label's vectors and how many there are; labels are 0 … k-1."""
    counts = np.bincount(labels).astype(np.float64)
    sums = np.zeros((len(counts), vectors.shape[1]), np.float64)
    np.add.at(sums, labels, vectors)
    return sums, counts


def _roots(owner: Labels) -> Labels:
    """Follow every chain of owners to its end."""
    while True:
        further = owner[owner]
        if np.array_equal(further, owner):
            return owner
        owner = further


def _numbered(labels: Labels) -> Labels:
    """The same groups under the numbers 0 … k-1."""
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64).reshape(-1)
