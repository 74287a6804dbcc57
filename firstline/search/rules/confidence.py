"""How probable it is that the first entry of a ranking answers the question, and how sure is sure enough. Pure numpy.

A logistic regression over ten figures of the ranking, shipped with coefficients from public question sets
(`training.py`) and refitted per desk from judged answers. The threshold for a target precision is fixed beforehand, on
questions the model was not fitted on, where the lower Wilson bound (Wilson 1927) of what would have been answered
reaches the target.
"""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstline.core.measures import wilson
from firstline.search.rules.ranking import Ranked
from firstline.search.rules.words import words

Numbers = NDArray[np.float64]
FEATURES = (
    "meaning",
    "title",
    "nearest",
    "lead_meaning",
    "lead_meaning_third",
    "lead_score",
    "words_agree",
    "coverage",
    "words_raw",
    "brevity",
)
FARTHEST_LEAD = 0.3
RIDGE = 5.0
STEPS = 30
LEAST_SPREAD = 1e-4  # a figure that never changes says nothing, and must not be divided by
SURE = 1.0  # one standard error: 84 % one-sided
TARGETS = tuple(round(0.5 + step / 100, 2) for step in range(50))
NEVER = 1.01
LEAST_ROWS = 100
FOLDS = 5


@dataclasses.dataclass(frozen=True)
class Confidence:
    """A fitted model: `mean` and `scale` of each feature, its weight, the bias, and a threshold per target precision.

    `rows` is how many judged answers it was fitted on. A threshold of 1.01 means: never sure enough.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    thresholds: dict[str, float]
    rows: int

    def probability(self, features: Sequence[float]) -> float:
        """The probability, 0 to 1, that the answer is right."""
        standard = (np.array(features) - self.mean) / self.scale
        return float(1 / (1 + np.exp(-np.clip(standard @ np.array(self.weights) + self.bias, -30, 30))))

    def threshold(self, target: float) -> float:
        """From which probability on answers reach the target precision. Targets between the steps count as the next.

        Raises ValueError for a target outside .5 to .99.
        """
        if not TARGETS[0] <= target <= TARGETS[-1]:
            raise ValueError(f"the target precision must lie between {TARGETS[0]} and {TARGETS[-1]}")
        step = next(one for one in TARGETS if one >= round(target, 4))
        return self.thresholds[f"{step:.2f}"]

    def to_json(self) -> str:
        """The model as indented JSON, keys sorted."""
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True) + "\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """One answer that was judged: its features, whether it was right, and a group that folds must not part."""

    features: tuple[float, ...]
    right: bool
    group: str


@dataclasses.dataclass(frozen=True, slots=True)
class Bin:
    """One column of the reliability diagram: answers of like confidence, their mean confidence and share right."""

    n: int
    confidence: float
    right: float


def features(question: str, ranked: Sequence[Ranked[Any]]) -> tuple[float, ...] | None:
    """The figures of a ranking, in the order of FEATURES; None when there is nothing, or there were no vectors."""
    if not ranked or not ranked[0].cosines:
        return None
    first = ranked[0]
    second = ranked[1] if len(ranked) > 1 else None
    third = ranked[2] if len(ranked) > 2 else second
    most = max(one.bm25 for one in ranked)
    return (
        first.meaning,
        first.cosines[0],
        first.cosine,
        min(first.meaning - second.meaning, FARTHEST_LEAD) if second else FARTHEST_LEAD,
        min(first.meaning - third.meaning, FARTHEST_LEAD) if third else FARTHEST_LEAD,
        first.score - second.score if second else FARTHEST_LEAD,
        first.bm25 / most if most > 0 else 0.0,
        first.coverage,
        float(np.log1p(first.bm25)),
        1 / (1 + len(words(question))),
    )


def load(stored: str | None = None) -> Confidence:
    """A model from its JSON; without one, the shipped model. Raises ValueError when it is none of this version."""
    if stored is None:
        stored = resources.files("firstline.search").joinpath("data/confidence.json").read_text(encoding="utf-8")
    try:
        model = Confidence(**json.loads(stored))
    except TypeError as error:
        raise ValueError(f"not a confidence model: {error}") from error
    if len(model.weights) != len(FEATURES):
        raise ValueError(f"a confidence model over {len(model.weights)} features, not {len(FEATURES)}")
    return model


def refit(rows: Sequence[Judged], *, repeats: int = 1) -> Confidence:
    """Fit anew. Thresholds come from predictions for groups left out of the fit.

    `repeats`: how often each question stands in `rows`, so that the bound does not count it as that many. Raises
    ValueError under 100 rows, or when all are right or all wrong.
    """
    right = np.array([row.right for row in rows], np.float64)
    if len(rows) < LEAST_ROWS * repeats or right.min() == right.max():
        raise ValueError(f"at least {LEAST_ROWS} judged answers are needed, right and wrong ones among them")
    left_out = cross_validated(rows)
    thresholds = {f"{target:.2f}": _threshold(left_out, right, target, repeats) for target in TARGETS}
    mean, scale, solution = _fit(_matrix(rows), right)
    return Confidence(
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(solution[:-1]),
        bias=round(float(solution[-1]), 5),
        thresholds=thresholds,
        rows=len(rows) // repeats,
    )


def cross_validated(rows: Sequence[Judged], folds: int = FOLDS) -> Numbers:
    """The probability of each row from a model that saw no row of its group's fold."""
    matrix, right = _matrix(rows), np.array([row.right for row in rows], np.float64)
    fold = np.array([fold_of(row.group, folds) for row in rows])
    found = np.full(len(rows), right.mean())
    for number in range(folds):
        here = fold == number
        if here.any() and (~here).any():
            mean, scale, solution = _fit(matrix[~here], right[~here])
            found[here] = 1 / (1 + np.exp(-_design(matrix[here], mean, scale) @ solution))
    return found


def fold_of(group: str, folds: int) -> int:
    """A stable fold for a group's name."""
    return hashlib.sha256(group.encode()).digest()[1] % folds


def wilson_lower(right: float, n: float, z: float = SURE) -> float:
    """The lower Wilson bound of a share, at one standard error unless told."""
    return wilson(right, n, z)[0]


def reliability(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The reliability diagram in bins of equal count, least confident first; empty for nothing."""
    order = np.argsort(np.array(probabilities), kind="stable")
    chance, truth = np.array(probabilities, np.float64), np.array(right, np.float64)
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [Bin(len(part), float(chance[part].mean()), float(truth[part].mean())) for part in parts]


def calibration_error(probabilities: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error: the mean gap between confidence and share right over ten bins of equal count."""
    found = reliability(probabilities, right)
    total = sum(one.n for one in found)
    return sum(one.n * abs(one.confidence - one.right) for one in found) / total if total else 0.0


def _threshold(probabilities: Numbers, right: Numbers, target: float, repeats: int) -> float:
    order = np.argsort(-probabilities, kind="stable")
    good = np.cumsum(right[order])
    enough = [
        place for place in range(len(order)) if wilson_lower(good[place] / repeats, (place + 1) / repeats) >= target
    ]
    return round(float(probabilities[order[enough[-1]]]), 4) if enough else NEVER


def _matrix(rows: Sequence[Judged]) -> Numbers:
    return np.array([row.features for row in rows], np.float64)


def _design(matrix: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    return np.hstack([(matrix - mean) / scale, np.ones((len(matrix), 1))])


def _fit(matrix: Numbers, right: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Ridge-penalised logistic regression by Newton's method: mean, scale, and weights with the bias last."""
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    scale = np.where(spread < LEAST_SPREAD, 1.0, spread)
    design = _design(matrix, mean, scale)
    solution = np.zeros(design.shape[1])
    ridge = np.diag([RIDGE] * (design.shape[1] - 1) + [1e-6])
    for _step in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ solution, -30, 30)))
        gradient = design.T @ (chance - right) + ridge @ solution
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        solution -= np.linalg.solve(curvature, gradient)
    return mean, scale, solution


def _rounded(values: Numbers) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
