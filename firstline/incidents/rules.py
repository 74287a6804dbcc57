"""Pure decisions about incidents: which phase follows which, when people should hear more, and how probes become
stretches of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

FIRST_WORD = timedelta(minutes=15)
"""From noticing to the first public word (domain.md section 6)."""
SOON = timedelta(minutes=5)
"""How long before an update is due its writer is reminded."""
TAKE_BACK = timedelta(seconds=30)
"""How long a text to many can be taken back before the first of them is queued."""
GAP = timedelta(seconds=30)
"""How long a probe's result holds when no other follows: three probes that did not come."""
PERIOD = timedelta(days=30)
"""The period over which a promise is reckoned."""
HISTORY_DAYS = 90
NEXT_PHASES = {
    "investigating": ("investigating", "identified", "monitoring", "resolved"),
    "identified": ("identified", "investigating", "monitoring", "resolved"),
    "monitoring": ("monitoring", "investigating", "identified", "resolved"),
    "resolved": ("investigating",),
    "postmortem": (),
}
"""What an update may say of an incident in each phase; the first is what a form proposes."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at a component."""

    at: datetime
    state: str


@dataclass(slots=True)
class Stretch:
    """Probes in a row with one result, and the time that they stand for."""

    state: str
    began_at: datetime
    last_at: datetime
    until: datetime
    probes: int = 1


def stretches(before: Stretch | None, probes: Iterable[Probe]) -> list[Stretch]:
    """Fold probes, in the order of their times, into stretches; the first one returned is `before`, grown, if given.

    A probe's result holds until the next probe, but never longer than GAP: what nobody looked at is neither up nor
    down. A probe that is not later than the last one is left out.
    """
    found = [before] if before is not None else []
    for probe in probes:
        last = found[-1] if found else None
        if last is not None and probe.at <= last.last_at:
            continue
        if last is not None:
            last.until = max(last.began_at, min(probe.at, last.last_at + GAP))
        if last is not None and last.state == probe.state and probe.at - last.last_at <= GAP:
            last.last_at, last.until, last.probes = probe.at, probe.at, last.probes + 1
        else:
            found.append(Stretch(probe.state, probe.at, probe.at, probe.at))
    return found


def allowed(target: Decimal, period: timedelta = PERIOD) -> timedelta:
    """How long a component may be down within a period to keep its promise: 25.92 s of 30 days for 99.999 %."""
    return timedelta(seconds=float(Decimal(period.total_seconds()) * (100 - target) / 100))


def say_seconds(length: timedelta) -> str:
    """A length in the two largest units, as people say it: `14 s`, `3 min 20 s`, `2 h 5 min`, `1 d 4 h`."""
    seconds = round(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    units = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    at = next(number for number, (_name, size) in enumerate(units) if seconds >= size)
    (name, size), (small, part) = units[at], units[at + 1]
    rest = seconds % size // part
    return f"{seconds // size} {name}" + (f" {rest} {small}" if rest else "")


def next_update(now: datetime, minutes: int) -> datetime:
    """When people are promised to hear more, on the full minute."""
    return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def shared_marks(marks: Sequence[frozenset[str]]) -> str:
    """The mark that most of some messages have, the longest of equals; "" without any."""
    counts: dict[str, int] = {}
    for one in marks:
        for mark in one:
            counts[mark] = counts.get(mark, 0) + 1
    return max(counts, key=lambda mark: (counts[mark], len(mark), mark), default="")
