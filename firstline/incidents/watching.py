"""Distinct people per fingerprint against the usual for this hour: the fifth person is enough when that is unusual.

For every fingerprint the watcher knows how often people bring it up, and for every hour of the week how busy the desk
is. An alert needs five people in the window and a count that chance would hardly ever reach (Poisson tail); copies of
one text, and people who write again, count once. While an incident is open, what fits it joins it and raises no second
alert.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log
from typing import Any, Self, TypedDict

from firstline.incidents.fingerprints import fingerprints, same_words

FIFTH = 5
WINDOWS = (timedelta(minutes=20), timedelta(minutes=60), timedelta(minutes=180))
CHANCE = (1e-6, 1e-6, 1e-7)
MOST_COPIES = 0.4
MEMORY_DAYS = 42.0
OPEN_FOR = timedelta(hours=2)
LEARNING = timedelta(hours=24)
STILL = 2.0
_LEAST_RATE = 0.02
_HOURS = 168
_QUIET = 0.15
_SPREAD = 1.3
_WEEKS = 14.0
_BURST = 2.5
_MOST_MARKS = 20_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message: when, who (one person over all channels), what it says is broken, and a mark of its wording."""

    at: datetime
    person: str
    marks: frozenset[str]
    words: str = ""
    id: str = ""

    @classmethod
    def of(cls, at: datetime, person: str, text: str, id: str = "") -> Self:
        """Read from the text."""
        return cls(at, person, fingerprints(text), same_words(text), id)


@dataclass(slots=True)
class Alert:
    """What seems to be broken, since when it was noticed, and whose messages belong to it.

    `size` counts all of its messages; `arrivals` holds those seen since the watcher was last called up. `key` is the
    caller's name for it.
    """

    at: datetime
    fingerprint: str
    arrivals: list[Arrival] = field(default_factory=list)
    last: datetime | None = None
    marks: Counter[str] = field(default_factory=Counter)
    size: int = 0
    key: int = 0

    @property
    def people(self) -> int:
        """How many distinct people wrote about it."""
        return len({one.person for one in self.arrivals})


class Memory(TypedDict):
    """All that a watcher knows, but for the last three hours, in the shape in which it is kept."""

    since: str | None
    decayed: str | None
    busy: list[float]
    seen: dict[str, float]
    open: list[dict[str, Any]]


class Watcher:
    """Feed it every message in the order of arrival; `see` returns an alert when one is due."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[Arrival]] = defaultdict(deque)
        self._seen: dict[str, float] = defaultdict(float)
        self._busy = [1.0] * _HOURS
        self._since: datetime | None = None
        self._decayed: datetime | None = None
        self.open: list[Alert] = []

    @classmethod
    def remembering(cls, memory: Memory, recent: Iterable[Arrival]) -> Self:
        """The watcher that `memory` was taken of; `recent` are the arrivals of the last three hours, in order."""
        found = cls()
        found._since, found._decayed = _moment(memory["since"]), _moment(memory["decayed"])
        found._busy, found._seen = list(memory["busy"]), defaultdict(float, memory["seen"])
        for one in memory["open"]:
            marks = Counter({str(mark): int(count) for mark, count in one["marks"].items()})
            at = datetime.fromisoformat(one["at"])
            found.open.append(Alert(at, one["fingerprint"], [], _moment(one["last"]), marks, one["size"], one["key"]))
        for arrival in recent:
            for mark in arrival.marks:
                found._remember(mark, arrival)
        return found

    @property
    def memory(self) -> Memory:
        """What has to be kept, so that another process can go on."""
        return {
            "since": self._since.isoformat() if self._since else None,
            "decayed": self._decayed.isoformat() if self._decayed else None,
            "busy": self._busy,
            "seen": dict(self._seen),
            "open": [
                {
                    "key": one.key,
                    "at": one.at.isoformat(),
                    "last": (one.last or one.at).isoformat(),
                    "fingerprint": one.fingerprint,
                    "marks": dict(one.marks),
                    "size": one.size,
                }
                for one in self.open
            ],
        }

    def see(self, arrival: Arrival) -> Alert | None:
        """Take in one message; an `Alert` when it is the one that makes an incident likely."""
        alert, is_new = self.take(arrival)
        return alert if is_new else None

    def take(self, arrival: Arrival) -> tuple[Alert | None, bool]:
        """Take in one message; the alert to which it belongs, if any, and whether that is new."""
        self._since = self._since or arrival.at
        self._forget(arrival.at)
        self.open = [one for one in self.open if arrival.at - (one.last or one.at) <= OPEN_FOR]
        for mark in arrival.marks:
            self._remember(mark, arrival)
        joined = self._join(arrival)
        alert = None if joined or arrival.at - self._since < LEARNING else self._alert(arrival)
        self._learn(arrival)
        return joined or alert, alert is not None

    def _join(self, arrival: Arrival) -> Alert | None:
        for alert in self.open:
            shared = sum(alert.marks[mark] for mark in arrival.marks) / max(1, alert.size)
            if alert.fingerprint in arrival.marks or (arrival.marks and shared >= 1.5):
                alert.arrivals.append(arrival)
                alert.size += 1
                alert.marks.update(arrival.marks)
                if self._excess(alert.fingerprint, arrival.at) > STILL:
                    alert.last = max(alert.last or arrival.at, arrival.at)
                return alert
        return None

    def _alert(self, arrival: Arrival) -> Alert | None:
        found: list[tuple[float, str, list[Arrival]]] = []
        for mark in arrival.marks:
            recent = self._recent[mark]
            if len(recent) >= FIFTH:
                found += self._unusual(mark, recent, arrival.at)
        if not found:
            return None
        _chance, mark, group = min(found, key=lambda one: (one[0], one[1]))
        alert = Alert(arrival.at, mark, group, arrival.at, size=len(group))
        for one in group:
            alert.marks.update(one.marks)
        self.open.append(alert)
        return alert

    def _unusual(self, mark: str, recent: Iterable[Arrival], now: datetime) -> list[tuple[float, str, list[Arrival]]]:
        found = []
        for window, limit in zip(WINDOWS, CHANCE, strict=True):
            group = [one for one in recent if now - one.at <= window]
            people = {one.person for one in group}
            if len(people) < FIFTH or self._are_copies(group):
                continue
            chance = tail(len(people), self._expected(mark, now, window))
            if chance < limit:
                found.append((chance, mark, group))
        return found

    def _are_copies(self, group: list[Arrival]) -> bool:
        """One text spread by many is a campaign, not trouble that each met alone."""
        counts = Counter(one.words for one in group)
        most = counts.most_common(1)[0]
        return len(most[0]) > 20 and most[1] / len(group) > MOST_COPIES and most[1] >= FIFTH

    def _remember(self, mark: str, arrival: Arrival) -> None:
        recent = self._recent[mark]
        recent.append(arrival)
        while arrival.at - recent[0].at > WINDOWS[-1]:
            recent.popleft()

    def _excess(self, mark: str, now: datetime) -> float:
        """How many times the usual number of people brought this up within the last hour."""
        people = {one.person for one in self._recent[mark] if now - one.at <= WINDOWS[1]}
        return len(people) / self._expected(mark, now, WINDOWS[1])

    def _expected(self, mark: str, now: datetime, window: timedelta) -> float:
        """How many people usually bring this up in such a window at this hour."""
        hours = window.total_seconds() / 3600
        passed = (now - (self._since or now)).total_seconds() / 86_400
        known = MEMORY_DAYS * (1 - exp(-passed / MEMORY_DAYS))
        rate = (self._seen[mark] + 1.0) / (max(1.0, known) * 24)
        return max(_LEAST_RATE, rate * max(_QUIET, self._busyness(now, passed)) * _SPREAD) * hours

    def _busyness(self, now: datetime, days: float) -> float:
        """This hour against the average: of the week once it was seen twice, of the day before."""
        hour = _hour(now)
        around = (hour - 1, hour, hour + 1)
        if days >= _WEEKS:
            near = sum(self._busy[one % _HOURS] for one in around) / len(around)
            return near / (sum(self._busy) / _HOURS)
        daily = [sum(self._busy[one % 24 :: 24]) for one in range(24)]
        return sum(daily[one % 24] for one in around) / len(around) / (sum(daily) / 24)

    def _learn(self, arrival: Arrival) -> None:
        """What is usual; of a burst only as much as would be usual, or one outage would hide the next."""
        self._busy[_hour(arrival.at)] += 1
        for mark in arrival.marks:
            excess = self._excess(mark, arrival.at) if len(self._recent[mark]) >= FIFTH else 1.0
            self._seen[mark] += min(1.0, _BURST / max(_BURST, excess))

    def _forget(self, now: datetime) -> None:
        """Once a day everything known weighs a little less, so that the usual can change."""
        self._decayed = self._decayed or now
        passed = (now - self._decayed).total_seconds() / 86_400
        if passed < 1:
            return
        self._decayed = now
        weight = exp(-passed / MEMORY_DAYS)
        self._busy = [1.0 + (one - 1.0) * weight for one in self._busy]
        most = sorted(self._seen.items(), key=lambda one: -one[1])[:_MOST_MARKS]
        self._seen = defaultdict(float, {mark: count * weight for mark, count in most if count > 0.05})
        for mark in [mark for mark, recent in self._recent.items() if not recent or now - recent[-1].at > WINDOWS[-1]]:
            del self._recent[mark]


def tail(count: int, expected: float) -> float:
    """The chance of `count` or more when `expected` are usual (S. D. Poisson, 1837)."""
    if expected <= 0:
        return 0.0
    term = exp(count * log(expected) - expected - sum(log(i) for i in range(1, count + 1)))
    total, i = 0.0, count
    while term > 1e-18 and i < count + 400:
        total += term
        i += 1
        term *= expected / i
    return min(1.0, total)


def _hour(at: datetime) -> int:
    return at.weekday() * 24 + at.hour


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
