"""Whose week it is, and when a call is passed on. Pure."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PASSED_ON_AFTER = timedelta(minutes=4, seconds=50)
"""Five minutes at most until the next person rings, less what a busy worker takes to notice that it is time."""
MOST_CALLS = 36
"""Three hours. Then it stands on the page and rings nobody any more."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is in which week: `people` in their order, the first from `begins_on` at `minute` of the day."""

    zone: str
    begins_on: date
    minute: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody is on call in place of whoever's week it is."""

    person: int
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """One person is on call from here to there; `person` is None when nobody is."""

    person: int | None
    begins_at: datetime
    ends_at: datetime
    is_instead: bool = False


def on_call(turns: Turns, instead: Sequence[Stand], now: datetime) -> int | None:
    """Who is on call now; of several overrides the newest counts. None when the rota is empty."""
    for one in reversed(instead):
        if one.begins_at <= now < one.ends_at:
            return one.person
    return turns.people[week_of(turns, now) % len(turns.people)] if turns.people else None


def week_of(turns: Turns, now: datetime) -> int:
    """The number of the week since the first, by the rota's own clock: summer time moves no hand-over."""
    local = now.astimezone(ZoneInfo(turns.zone)).replace(tzinfo=None)
    return (local - _first(turns)) // WEEK


def begin_of(turns: Turns, week: int) -> datetime:
    """When a week begins, in UTC."""
    return (_first(turns) + week * WEEK).replace(tzinfo=ZoneInfo(turns.zone)).astimezone(UTC)


def _first(turns: Turns) -> datetime:
    return datetime.combine(turns.begins_on, time()) + timedelta(minutes=turns.minute)


def stretches(turns: Turns, instead: Sequence[Stand], now: datetime, weeks: int) -> list[Stretch]:
    """Who is on call from now on, in order, until the last of so many weeks ends."""
    first = week_of(turns, now)
    end = begin_of(turns, first + weeks)
    marks = {now, *(begin_of(turns, first + number) for number in range(1, weeks)), end}
    marks |= {moment for one in instead for moment in (one.begins_at, one.ends_at) if now < moment < end}
    return list(_joined(turns, instead, sorted(marks)))


def _joined(turns: Turns, instead: Sequence[Stand], marks: Sequence[datetime]) -> Iterator[Stretch]:
    """Neighbours that are the same person's are one."""
    kept: Stretch | None = None
    for begin, end in itertools.pairwise(marks):
        person = on_call(turns, instead, begin)
        is_instead = any(one.begins_at <= begin < one.ends_at for one in instead)
        if kept is not None and (kept.person, kept.is_instead) == (person, is_instead) and is_instead:
            kept = Stretch(person, kept.begins_at, end, is_instead)
            continue
        if kept is not None:
            yield kept
        kept = Stretch(person, begin, end, is_instead)
    if kept is not None:
        yield kept


def after(people: Sequence[int], first: int | None) -> list[int]:
    """Everybody in the order in which they are called: the first, then whoever follows them, round about."""
    if first is None or first not in people:
        return [*([] if first is None else [first]), *people]
    at = list(people).index(first)
    return [*people[at:], *people[:at]]
