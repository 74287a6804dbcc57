"""Working time: when a promise that counts in it is due, and how much of it lies between two moments.

Local times that do not exist or exist twice are read as RFC 5545 section 3.3.5 says: by the offset before the change.
"""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_CLOSURE = 400
"""Days in a row without an open hour after which a calendar counts as closed for good."""
AT_RISK = timedelta(hours=1)
"""A due time is at risk when no more than this is left (ux.md)."""

Span = tuple[int, int]
"""Minutes of the local day, from and to; 0 to 1440."""


class NeverOpen(ValueError):
    """The calendar has no open hour for 400 days."""


class NotHours(ValueError):
    """Words that are no hours, or no length of time; the message is what was written."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work: a zone and, from Monday to Sunday, the day's spans in order."""

    zone: str
    week: tuple[tuple[Span, ...], ...]


ALWAYS = Hours("UTC", (((0, 1440),),) * 7)


def add(hours: Hours, start: datetime, length: timedelta) -> datetime:
    """The moment at which `length` of working time since `start` is over, in UTC. Raises NeverOpen."""
    left = length
    for opens, closes in _spans_from(hours, start):
        begin = max(opens, start)
        if begin + left <= closes:
            return begin + left
        left -= closes - begin
    raise NeverOpen(hours.zone)


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; none when `end` is not after `start`."""
    total = timedelta()
    for opens, closes in _spans_from(hours, start, until=end):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def is_open(hours: Hours, moment: datetime) -> bool:
    """Whether people work at that moment."""
    return any(opens <= moment < closes for opens, closes in _spans_from(hours, moment, until=moment))


def paused(
    hours: Hours, pauses: Sequence[tuple[datetime, datetime | None]], start: datetime, now: datetime
) -> timedelta:
    """The working time of the pauses since `start`; one that has no end yet lasts until now."""
    return sum(
        (between(hours, max(begin, start), end or now) for begin, end in pauses if end is None or end > start),
        timedelta(),
    )


def read_spans(words: str) -> tuple[Span, ...]:
    """`09:00–12:30, 13:30–17` as spans; nothing for a free day. Raises NotHours."""
    spans = []
    for part in filter(None, (one.strip() for one in words.split(","))):
        found = re.fullmatch(r"(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?", part)
        if not found:
            raise NotHours(part)
        begin, end = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (1, 3))
        if not begin < end <= 1440 or int(found[2] or 0) > 59 or int(found[4] or 0) > 59:
            raise NotHours(part)
        spans.append((begin, end))
    spans.sort()
    if any(first[1] > second[0] for first, second in itertools.pairwise(spans)):
        raise NotHours(words)
    return tuple(spans)


def say_spans(spans: Sequence[Span]) -> str:
    """The reverse of `read_spans`."""
    return ", ".join(f"{begin // 60:02}:{begin % 60:02}–{end // 60:02}:{end % 60:02}" for begin, end in spans)


def read_minutes(words: str) -> int | None:
    """`45 min`, `4 h`, `1.5 h`, `4 h 30`, or a bare number of hours, as minutes; None for nothing. Raises NotHours."""
    text = words.strip().lower().replace(",", ".")
    if not text:
        return None
    found = re.fullmatch(r"(?:(\d+(?:\.\d+)?)\s*(?:h|hours?)?)?\s*(?:(\d+)\s*(?:m|min|minutes?)?)?", text)
    minutes_only = re.fullmatch(r"(\d+)\s*(?:m|min|minutes?)", text)
    if minutes_only:
        total = int(minutes_only[1])
    elif found and found[1] and (not found[2] or "h" in text):
        total = round(float(found[1]) * 60) + int(found[2] or 0)
    else:
        raise NotHours(words)
    if not 0 < total <= 365 * 24 * 60:
        raise NotHours(words)
    return total


def say_minutes(minutes: int | None) -> str:
    """The reverse of `read_minutes`."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _spans_from(hours: Hours, start: datetime, until: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Open spans in UTC, from the day of `start` on: until 400 days bring none, or to the day of `until`."""
    first = start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)  # a zone's change may reach over midnight
    last = until.astimezone(ZoneInfo(hours.zone)).date() if until else first + timedelta(days=LONGEST_CLOSURE)
    reached = datetime.min.replace(tzinfo=UTC)
    day = first
    while day <= last:
        for opens, closes in _spans_of(hours, day):
            if closes > max(opens, reached, start - timedelta(microseconds=1)):
                yield max(opens, reached), closes
                reached = closes
                last = last if until else day + timedelta(days=LONGEST_CLOSURE)
        day += timedelta(days=1)


@functools.lru_cache(maxsize=4096)
def _spans_of(hours: Hours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((_moment(hours, day, begin), _moment(hours, day, end)) for begin, end in hours.week[day.weekday()])


def _moment(hours: Hours, day: date, minute: int) -> datetime:
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=ZoneInfo(hours.zone)).astimezone(UTC)
