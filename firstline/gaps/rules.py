"""Pure decisions about gaps."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

PAUSE = timedelta(minutes=10)
LEAST = timedelta(minutes=1)


def time_spent(moments: Iterable[datetime]) -> timedelta:
    """Working time behind one agent's acts in one conversation: pauses over ten minutes are left out.

    Each stretch counts a minute at least: an act alone took some time too.
    """
    ordered = sorted(moments)
    total, begun = timedelta(), None
    for before, moment in zip([None, *ordered], ordered, strict=False):
        if before is None or moment - before > PAUSE:
            total += max(LEAST, before - begun) if before and begun else timedelta()
            begun = moment
    return total + (max(LEAST, ordered[-1] - begun) if begun else timedelta())


def weeks(moments: Iterable[datetime], now: datetime, number: int = 5) -> list[int]:
    """How many fell into each of the last weeks, the oldest first."""
    counts = [0] * number
    for moment in moments:
        age = (now - moment) // timedelta(weeks=1)
        if 0 <= age < number:
            counts[number - 1 - age] += 1
    return counts


def rising(counts: Sequence[int]) -> bool:
    """Whether the last two weeks brought more than twice what two weeks brought before, and three at least."""
    recent, before = sum(counts[-2:]), counts[:-2]
    return recent >= 3 and recent > 2 * (2 * sum(before) / max(1, len(before)))
