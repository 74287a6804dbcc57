"""Scores of the cover on labelled rows, as `firstline eval cover` prints them."""

from collections.abc import Iterable, Mapping
from typing import Any

from firstline.covers.judging import THRESHOLD, judge
from firstline.evidence.evaluation import interval


def score_cover(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`auc` by ranks, None with one class only; `f1` and `recall` at the shipped threshold. Raises KeyError or
    ValueError for a row without `text` and a `label` of 0 or 1.
    """
    pairs = [(judge(str(row["text"])), int(row["label"])) for row in rows]
    covered = sum(one.is_covered for one, _label in pairs)
    right = sum(one.is_covered and label == 1 for one, label in pairs)
    labelled = sum(label == 1 for _one, label in pairs)
    return {
        "n": len(pairs),
        "auc": auc([(one.score, label) for one, label in pairs]),
        "f1": round(2 * right / (covered + labelled), 4) if covered + labelled else None,
        "recall": round(right / labelled, 4) if labelled else None,
        "covered_rate": round(covered / len(pairs), 4) if pairs else None,
        "threshold": THRESHOLD,
        "precision": round(right / covered, 4) if covered else None,
        "precision_interval": interval(right, covered),
        "recall_interval": interval(right, labelled),
        "care_rate": round(sum(one.needs_care for one, _label in pairs) / len(pairs), 4) if pairs else None,
    }


def auc(pairs: list[tuple[float, int]]) -> float | None:
    """The chance that a labelled row scores above an unlabelled one (H. B. Mann and D. R. Whitney, 1947)."""
    ranks = _ranks([score for score, _label in pairs])
    ones = sum(label == 1 for _score, label in pairs)
    zeros = len(pairs) - ones
    if not ones or not zeros:
        return None
    total = sum(rank for rank, (_score, label) in zip(ranks, pairs, strict=True) if label == 1)
    return round((total - ones * (ones + 1) / 2) / (ones * zeros), 4)


def _ranks(scores: list[float]) -> list[float]:
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        for position in range(start, end):
            ranks[order[position]] = (start + end + 1) / 2
        start = end
    return ranks
