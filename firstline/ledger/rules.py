"""Pure decisions of the ledger: what a gap is, how many left-out items a week's sample holds, what a sample proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from firstline.core.measures import wilson

SAMPLE_SHARE, SAMPLE_LEAST = 0.05, 20


@dataclass(frozen=True, slots=True)
class Gap:
    """What the ledger cannot account for, or could not until now.

    `missing` (or, below zero, too much) on a day; `late`; `not_taken`: the source has it and the desk had not; `lost`:
    it was taken and is gone; `unawaited`, `asleep`, `unreasoned`, `unanswered`: conversations without an end. `ids`
    names the first of them, in the source's own terms. With `healed` they have been taken in meanwhile.
    """

    kind: str
    count: int
    inbox: str = ""
    day: str = ""
    source: str = ""
    ids: tuple[str, ...] = ()
    healed: bool = False


def sample_size(population: int) -> int:
    """A random 5 %, at least 20, all when there are fewer."""
    return min(population, max(SAMPLE_LEAST, ceil(SAMPLE_SHARE * population)))


@dataclass(frozen=True, slots=True)
class Week:
    """A week whose sample was read to its end: how many were left out, how many read, how many of those wrongly."""

    population: int
    read: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Share:
    """The share wrongly left out, with its 95 % interval; of nothing it is None and the interval says nothing."""

    share: float | None
    low: float
    high: float
    read: int
    wrong: int
    population: int


def share_wrong(weeks: Sequence[Week]) -> Share:
    """Every week counts by what was left out in it, not by how much of it was read.

    The interval is Wilson's for the number of reads that an even sample would have needed for the same certainty
    (L. Kish, Survey Sampling, 1965): (ΣN)² / Σ(N²/n). A week of a thousand of which 50 were read then cannot be made to
    look surer by quiet weeks that were read whole.
    """
    counted = [week for week in weeks if week.read]
    population = sum(week.population for week in counted)
    read, wrong = sum(week.read for week in counted), sum(week.wrong for week in counted)
    if not counted:
        return Share(None, 0.0, 1.0, 0, 0, 0)
    share = sum(week.population * week.wrong / week.read for week in counted) / population
    effective = population**2 / sum(week.population**2 / week.read for week in counted)
    low, high = wilson(share * effective, effective)
    return Share(share, low, high, read, wrong, population)
