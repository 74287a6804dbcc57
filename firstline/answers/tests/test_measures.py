"""How right, how sure: pure figures."""

import pytest

from firstline.answers import measures
from firstline.answers.measures import Point


def test_answers_are_allowed_only_with_precision_and_its_lower_bound() -> None:
    few = [Point(0.9, True)] * 20
    assert measures.allowed(measures.curve(few)) is None
    many = [Point(0.9, True)] * 120 + [Point(0.6, False)] * 30 + [Point(None, False)] * 50
    step = measures.allowed(measures.curve(many))
    assert step is not None
    assert (step.threshold, step.answered, step.coverage) == (0.9, 120, 0.6)
    assert step.low >= 0.95


def test_a_step_takes_all_questions_of_one_sureness_together() -> None:
    steps = measures.curve([Point(0.8, True), Point(0.8, False), Point(0.5, True)])
    assert [(step.threshold, step.answered, step.right) for step in steps] == [(0.8, 2, 1), (0.5, 3, 2)]


@pytest.mark.parametrize("case", ["", "AUTH-01", "BIL-03", "TS-04", "SEC-01", "LEG-05", "ORG-02", "PKG-02", "NET-01"])
def test_accounts_safety_law_and_money_are_for_people(case: str) -> None:
    assert not measures.may_answer(case)


def test_how_to_install_may_be_answered() -> None:
    assert measures.may_answer("INS-01")


def test_the_distance_is_the_share_of_words_changed() -> None:
    assert measures.distance("a b c d", "a b c d") == 0
    assert measures.distance("a b c d", "a x c d") == 0.25
    assert measures.distance("", "a b") == 1
    assert measures.distance("", "") == 0


def test_the_same_steps_are_told_by_shared_commands() -> None:
    proposed = "Run this:\n\n```sh\nnpm login\nnpm publish --access public\n```\n"
    assert measures.same_steps(proposed, "Please `npm login`, then `npm publish --access public`.")
    assert not measures.same_steps(proposed, "Please `npm login` only.")
    assert not measures.same_steps(proposed, "Write to billing.")


def test_two_noes_of_ten_break_the_circuit() -> None:
    assert not measures.breaks([True] * 9 + [False])
    assert measures.breaks([False] + [True] * 8 + [False])
    assert not measures.breaks([True] * 10 + [False, False])


def test_reliability_and_its_error() -> None:
    points = [Point(0.95, True)] * 9 + [Point(0.95, False)] + [Point(None, False)]
    (one,) = measures.reliability(points)
    assert (one.n, one.right) == (10, 9)
    assert measures.calibration_error(points) == pytest.approx(0.05)
    assert measures.calibration_error([]) is None
