"""Pure decisions of the help centre."""

import pytest

from firstline.helpcenter import rules
from firstline.helpcenter.rules import Votes


def test_votes_survive_their_cookie_and_forget_the_oldest() -> None:
    votes = Votes({}).with_answer(7, helped=True).with_answer(12, helped=False)
    assert Votes.read(votes.written()).said == {7: True, 12: False}
    for number in range(100, 200):
        votes = votes.with_answer(number, helped=True)
    assert len(votes.said) == rules.VOTES_KEPT
    assert 7 not in votes.said
    assert 199 in votes.said
    assert len(votes.written()) < 1000


@pytest.mark.parametrize("cookie", ["", "y", "12", "12x", "-1y", "12y12", "²y", "a.b.c", "\x00y"])
def test_malformed_cookies_say_nothing_and_never_raise(cookie: str) -> None:
    assert set(Votes.read(cookie).said) <= {12}


def test_tail_begins_with_a_whole_line() -> None:
    assert rules.tail("short") == "short"
    assert rules.tail("one\ntwo\nthree", 8) == "three"
    assert rules.tail("x" * 50, 8) == "x" * 8


def test_a_share_needs_ten_answers() -> None:
    assert rules.helped_share(9, 0) == ""
    assert rules.helped_share(8, 2) == "8"
    assert rules.helped_share(0, 0) == ""
