"""Calibrated confidence: fitting, thresholds fixed beforehand, and what a desk learns from its own outcomes."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.search.actions import learning
from firstline.search.models import Learned
from firstline.search.queries import articles
from firstline.search.rules import confidence
from firstline.search.rules.confidence import FEATURES, Judged
from firstline.search.rules.ranking import Ranked


def judged(count: int = 400, seed: int = 7) -> list[Judged]:
    """Answers whose first figure says how probable they are to be right."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        sure = float(random.uniform())
        rows.append(
            Judged(
                (sure, *[0.0] * (len(FEATURES) - 1)),
                bool(random.uniform() < 1 / (1 + np.exp(4 - 10 * sure))),
                str(number),
            )
        )
    return rows


def test_a_fitted_model_is_calibrated_and_keeps_its_target_on_new_answers() -> None:
    model = confidence.refit(judged(2000))
    fresh = judged(2000, seed=8)
    chances = [model.probability(row.features) for row in fresh]
    assert confidence.calibration_error(chances, [row.right for row in fresh]) < 0.05
    answered = [row.right for row, chance in zip(fresh, chances, strict=True) if chance >= model.threshold(0.9)]
    assert len(answered) > 200
    assert sum(answered) / len(answered) >= 0.88


def test_a_target_out_of_reach_is_never_sure_enough() -> None:
    rows = [Judged(row.features, number % 2 == 0, row.group) for number, row in enumerate(judged())]
    assert confidence.refit(rows).threshold(0.95) > 1


@pytest.mark.parametrize("target", [0.2, 0.995, 1.0])
def test_a_target_that_makes_no_sense_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="target precision"):
        confidence.load().threshold(target)


def test_too_few_answers_or_only_right_ones_fit_nothing() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        confidence.refit(judged(99))
    with pytest.raises(ValueError, match="right and wrong"):
        confidence.refit([Judged(row.features, True, row.group) for row in judged(200)])


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_wilson_bound_lies_below_the_share(right: int, wrong: int) -> None:
    bound = confidence.wilson_lower(right, right + wrong)
    assert 0 <= bound <= (right / (right + wrong) if right + wrong else 0) + 1e-9


def test_the_reliability_diagram_counts_every_answer_once() -> None:
    bins = confidence.reliability([0.1, 0.2, 0.8, 0.9], [False, False, True, True], bins=2)
    assert [(one.n, one.right) for one in bins] == [(2, 0.0), (2, 1.0)]
    assert [round(one.confidence, 2) for one in bins] == [0.15, 0.85]
    assert confidence.reliability([], []) == []


def test_without_vectors_there_is_no_confidence() -> None:
    assert confidence.features("x", [Ranked("a", 1.0, 0.0, 3.0, 1.0)]) is None
    assert confidence.features("x", []) is None


def test_the_shipped_model_survives_being_stored() -> None:
    model = confidence.load()
    assert confidence.load(model.to_json()).weights == pytest.approx(model.weights)
    with pytest.raises(ValueError, match="not a confidence model"):
        confidence.load(json.dumps({"weights": []}))


@pytest.mark.django_db
def test_a_desk_learns_from_its_own_outcomes() -> None:
    before = articles.confidence_model()
    learned = learning.refit_confidence(judged())
    assert articles.confidence_model().rows == learned.rows == 400
    assert articles.confidence_model().weights != before.weights


@pytest.mark.django_db
def test_what_cannot_be_fitted_leaves_the_model_in_use() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        learning.refit_confidence(judged(20))
    assert not Learned.objects.exists()
    assert articles.confidence_model().rows == confidence.load().rows
