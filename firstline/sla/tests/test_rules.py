"""Working time over changes of the clock, against counting minutes one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstline.sla import rules
from firstline.sla.rules import ALWAYS, Hours, NeverOpen, NotHours

OFFICE = Hours("Europe/Lisbon", (((540, 1020),),) * 5 + ((), ()))
ZONES = ["UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
MINUTE = timedelta(minutes=1)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three spans a day on half hours, some to midnight."""
    points = sorted(draw(st.sets(st.integers(0, 48), min_size=0, max_size=6)))
    pairs = list(zip(points[::2], points[1::2], strict=False))
    return tuple((begin * 30, end * 30) for begin, end in pairs)


calendars = st.builds(Hours, st.sampled_from(ZONES), st.tuples(*(spans() for _ in range(7))).filter(any).map(tuple))
# The weeks in which Europe, America and Lord Howe change their clocks, and one in which nobody does.
moments = st.builds(
    lambda day, minute: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute),
    st.sampled_from([6, 7, 27, 28, 29, 34, 35, 216, 217, 237, 238, 244, 245, 100]),
    st.integers(0, 1440),
)
lengths = st.integers(0, 3000).map(lambda minutes: timedelta(minutes=minutes))


def counted(hours: Hours, start: datetime, minutes: int) -> int:
    """Open minutes of the next `minutes`, by asking each."""
    return sum(rules.is_open(hours, start + at * MINUTE) for at in range(minutes))


@given(hours=calendars, start=moments, length=lengths)
@settings(max_examples=300, deadline=None)
def test_what_was_added_lies_between(hours: Hours, start: datetime, length: timedelta) -> None:
    end = rules.add(hours, start, length)
    assert rules.between(hours, start, end) == length
    assert end >= start


@given(hours=calendars, start=moments, minutes=st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_between_counts_every_open_minute(hours: Hours, start: datetime, minutes: int) -> None:
    assert rules.between(hours, start, start + minutes * MINUTE) == counted(hours, start, minutes) * MINUTE


@given(hours=calendars, start=moments, first=lengths, second=lengths)
@settings(max_examples=200, deadline=None)
def test_lengths_add_up_and_later_starts_are_never_due_earlier(
    hours: Hours, start: datetime, first: timedelta, second: timedelta
) -> None:
    whole = rules.add(hours, start, first + second)
    assert rules.add(hours, rules.add(hours, start, first), second) == whole
    assert rules.add(hours, start + second, first) >= rules.add(hours, start, first)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T16:00+00:00", 2, "2026-11-23T10:00+00:00"),  # Friday afternoon into Monday
        ("2026-11-21T03:00+00:00", 1, "2026-11-23T10:00+00:00"),  # a weekend counts nothing
        ("2026-03-27T16:00+00:00", 2, "2026-03-30T09:00+00:00"),  # the clock goes forward on Sunday
        ("2026-10-23T15:00+00:00", 2, "2026-10-26T10:00+00:00"),  # and back
    ],
)
def test_office_hours_of_lisbon(start: str, hours: int, due: str) -> None:
    found = rules.add(OFFICE, datetime.fromisoformat(start), timedelta(hours=hours))
    assert found == datetime.fromisoformat(due)


def test_the_night_of_the_change_has_the_hours_it_has() -> None:
    night = Hours("Europe/Berlin", ((), (), (), (), (), (), ((0, 360),)))
    spring, autumn = (
        datetime(2026, month, day, tzinfo=ZoneInfo("Europe/Berlin")) for month, day in ((3, 29), (10, 25))
    )
    assert rules.between(night, spring, spring + timedelta(days=1)) == timedelta(hours=5)
    assert rules.between(night, autumn, autumn + timedelta(days=1)) == timedelta(hours=7)


def test_a_calendar_without_hours_is_never_open() -> None:
    with pytest.raises(NeverOpen):
        rules.add(Hours("UTC", ((),) * 7), datetime(2026, 1, 1, tzinfo=UTC), MINUTE)
    assert rules.between(ALWAYS, datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)) == timedelta()


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        ("", ()),
        ("09:00–17:00", ((540, 1020),)),
        ("13:30-17, 9-12:30", ((540, 750), (810, 1020))),
        ("0-24", ((0, 1440),)),
    ],
)
def test_hours_are_read_and_said(words: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert rules.read_spans(words) == spans
    assert rules.read_spans(rules.say_spans(spans)) == spans


@pytest.mark.parametrize("words", ["nine to five", "17:00–09:00", "9-12, 11-13", "9-25", "09:75-10:00", "9"])
def test_what_is_no_hours_is_refused(words: str) -> None:
    with pytest.raises(NotHours):
        rules.read_spans(words)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("", None),
        ("45 min", 45),
        ("45m", 45),
        ("4 h", 240),
        ("4", 240),
        ("1.5 h", 90),
        ("1,5h", 90),
        ("4 h 30", 270),
        ("1h 5min", 65),
    ],
)
def test_lengths_are_read_and_said(words: str, minutes: int | None) -> None:
    assert rules.read_minutes(words) == minutes
    assert rules.read_minutes(rules.say_minutes(minutes)) == minutes


@pytest.mark.parametrize("words", ["soon", "0", "-1 h", "4 h 30 s", "99999 h", "1 30"])
def test_what_is_no_length_is_refused(words: str) -> None:
    with pytest.raises(NotHours):
        rules.read_minutes(words)
