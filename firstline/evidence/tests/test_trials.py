"""Patterns on texts made to slow them down."""

import re

import pytest

from firstline.core.killable import Killable, TimedOut
from firstline.evidence import catalogue, trials

ENDURE = "firstline.evidence.trials.endure"


@pytest.mark.corpus
def test_every_shipped_pattern_endures() -> None:
    child = Killable(ENDURE)
    for one in catalogue.load().signatures:
        for pattern in (*one.any, *one.all, *one.none):
            assert child.call(ENDURE, pattern.source, one.samples, seconds=20.0) > 0, pattern.source
    child.stop()


@pytest.mark.parametrize("pattern", [r"(?:a|a)*quota", r"\s*\s*\s*quota", r"(?:x\w|\wy)+quota"])
def test_one_that_tries_every_way_does_not_come_back(pattern: str) -> None:
    child = Killable(ENDURE)
    child.call(ENDURE, "quota", seconds=20.0)  # the child is up: only the pattern is timed
    with pytest.raises(TimedOut):
        child.call(ENDURE, pattern, seconds=1.0)
    child.stop()


def test_what_is_no_pattern_says_so() -> None:
    with pytest.raises(re.error):
        trials.endure("(open")
