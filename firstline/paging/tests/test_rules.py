"""Whose week it is: summer time moves no hand-over, and who stands in goes before."""

import itertools
from datetime import UTC, date, datetime, timedelta

from firstline.paging import rules
from firstline.paging.rules import Stand, Turns

LISBON = Turns("Europe/Lisbon", date(2026, 10, 19), 9 * 60, (1, 2, 3))


def test_weeks_go_round_about_and_are_handed_over_by_the_local_clock() -> None:
    before = datetime(2026, 10, 26, 8, 59, tzinfo=UTC)  # winter time has come: nine in Lisbon is nine in UTC
    assert rules.on_call(LISBON, [], before) == 1
    assert rules.on_call(LISBON, [], before + timedelta(minutes=1)) == 2
    assert rules.begin_of(LISBON, 0) == datetime(2026, 10, 19, 8, 0, tzinfo=UTC)
    assert rules.on_call(LISBON, [], datetime(2026, 10, 18, tzinfo=UTC)) == 3
    assert rules.on_call(Turns("UTC", date(2026, 10, 19), 0, ()), [], before) is None


def test_who_stands_in_goes_before_and_the_newest_counts() -> None:
    now = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
    stands = [Stand(3, now, now + timedelta(days=2)), Stand(2, now + timedelta(days=1), now + timedelta(days=3))]
    assert [rules.on_call(LISBON, stands, now + timedelta(days=day)) for day in range(4)] == [3, 2, 2, 1]
    found = rules.stretches(LISBON, stands, now, 2)
    assert [(one.person, one.is_instead) for one in found] == [(3, True), (2, True), (1, False), (2, False)]
    assert all(first.ends_at == second.begins_at for first, second in itertools.pairwise(found))
    assert found[-1].ends_at == rules.begin_of(LISBON, 2)


def test_the_ladder_begins_with_who_is_on_call() -> None:
    assert rules.after([1, 2, 3], 2) == [2, 3, 1]
    assert rules.after([1, 2], 9) == [9, 1, 2]
    assert rules.after([], None) == []
