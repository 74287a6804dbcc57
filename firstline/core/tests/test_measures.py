"""The figures that several slices share."""

import pytest

from firstline.core.measures import levenshtein, wilson


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(388, 405)
    assert low == pytest.approx(0.9338, abs=0.001)
    assert high == pytest.approx(0.9737, abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0)


def test_a_wider_interval_holds_a_narrower_one() -> None:
    assert wilson(8, 10)[0] < wilson(8, 10, 1.0)[0] < 0.8 < wilson(8, 10, 1.0)[1] < wilson(8, 10)[1]


@pytest.mark.parametrize(
    ("one", "other", "steps"), [("", "", 0), ("kitten", "sitting", 3), ("left-pad", "left-pud", 1), ("abc", "", 3)]
)
def test_letters_to_change(one: str, other: str, steps: int) -> None:
    assert levenshtein(one, other) == levenshtein(other, one) == steps


def test_words_are_changed_as_letters_are() -> None:
    assert levenshtein(["run", "npm", "login"], ["run", "npm", "ci", "now"]) == 2
