"""Small figures that several slices need: the interval of a share, the distance of two sequences."""

from collections.abc import Sequence
from math import sqrt

SURE = 1.96
"""Standard deviations of a two-sided 95 % interval."""


def wilson(part: float, whole: float, z: float = SURE) -> tuple[float, float]:
    """The interval of the share `part / whole` (E. B. Wilson, 1927); (0, 1) of nothing."""
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    centre = share + z * z / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def levenshtein(one: Sequence[str], other: Sequence[str]) -> int:
    """Items to insert, delete or change, to make one sequence the other (V. I. Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for number, item in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, against in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (item != against))
    return row[-1]
