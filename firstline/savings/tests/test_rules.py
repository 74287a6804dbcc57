"""The interval of what an article saved, and who may go without one. Pure."""

import json

import pytest

from firstline.config.cli import main
from firstline.savings import rules
from firstline.savings.rules import Arm, Counts

STEADY = [Counts(40, 40), Counts(30, 33), Counts(25, 22), Counts(60, 61), Counts(15, 14), Counts(20, 21), Counts(9, 9)]
STEADY += [Counts(50, 47), Counts(12, 12)]


def test_a_cause_that_halves_while_others_stay_saved_about_half_of_itself() -> None:
    saved = rules.before_and_after(Counts(80, 40), STEADY)
    assert saved is not None
    assert 0.4 < saved.share < 0.6
    assert saved.is_proved
    assert saved.fewest < saved.questions < saved.most
    assert saved.expected == pytest.approx(80, rel=0.1)


def test_a_cause_that_halves_as_all_others_do_saved_nothing() -> None:
    halved = [Counts(2 * one.before, one.after) for one in STEADY]
    saved = rules.before_and_after(Counts(80, 40), halved)
    assert saved is not None
    assert saved.low < 0 < saved.high
    assert abs(saved.share) < 0.15


def test_causes_that_change_wildly_make_the_interval_wide() -> None:
    wild = [Counts(40, 10), Counts(10, 40), *STEADY, Counts(20, 60), Counts(60, 20)]
    calm, unsure = rules.before_and_after(Counts(80, 40), STEADY), rules.before_and_after(Counts(80, 40), wild)
    assert calm is not None
    assert unsure is not None
    assert unsure.high - unsure.low > 2 * (calm.high - calm.low)


@pytest.mark.parametrize(
    ("own", "untouched"), [(Counts(9, 0), STEADY), (Counts(80, 40), STEADY[:7]), (Counts(80, 40), [])]
)
def test_too_few_counts_say_nothing(own: Counts, untouched: list[Counts]) -> None:
    assert rules.before_and_after(own, untouched) is None


def test_nobody_asking_any_more_is_a_number_too() -> None:
    saved = rules.before_and_after(Counts(40, 0), STEADY)
    assert saved is not None
    assert 0.8 < saved.share <= 1
    assert saved.high <= 1


def test_a_hold_out_is_the_difference_of_two_shares() -> None:
    saved = rules.held_out(Arm(900, 270), Arm(100, 60))
    assert saved is not None
    assert saved.share == pytest.approx(0.3)
    assert 0.19 < saved.low < 0.21
    assert 0.38 < saved.high < 0.4
    assert rules.held_out(Arm(900, 270), Arm(0, 0)) is None


@pytest.mark.parametrize(("shelf", "cases", "allowed"), [
    ("installing", ["INS-01"], True),
    ("installing", [], False),
    ("signing-in", ["INS-01"], False),
    ("installing", ["INS-01", "AUTH-03"], False),
    ("network", ["NET-01"], False),
    ("security", ["SEC-01"], False),
    ("publishing", ["PKG-02"], False),
])  # fmt: skip
def test_nobody_goes_without_help_with_what_matters(shelf: str, cases: list[str], allowed: bool) -> None:
    assert rules.may_be_held_out(shelf, cases) is allowed


def test_one_session_in_ten_is_held_and_always_the_same() -> None:
    held = [rules.is_held(f"session {number}", 7) for number in range(5000)]
    assert held == [rules.is_held(f"session {number}", 7) for number in range(5000)]
    assert 0.08 < sum(held) / len(held) < 0.12


def test_the_interval_holds_the_truth_on_nine_to_nine_and_a_half_of_ten_desks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["eval", "deflection", "--desks", "200", "--seed", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["desks"] == 200
    assert found["said"] >= 180
    assert 0.90 <= found["coverage"] <= 0.98
    assert 0.90 <= found["holdout_coverage"] <= 0.98
    assert found["falsely_proved"] <= 0.05 * found["without_effect"]


def test_it_says_when_asked_for_no_desks_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "deflection", "--desks", "0"]) == 2
    assert "Simulate 1 to" in capsys.readouterr().err
