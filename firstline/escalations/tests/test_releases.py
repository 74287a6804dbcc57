"""Forty histories of the shapes that issues really take, one letter or none for everybody."""

import json
from pathlib import Path
from typing import Any

import pytest

from firstline.escalations.evaluation import score_release
from firstline.escalations.releases import letters, says_it_works

HISTORIES = [json.loads(line) for line in (Path(__file__).parent / "data" / "histories.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["id"])
def test_everybody_is_told_what_is_true_once(history: dict[str, Any]) -> None:
    sent = letters(history["waiting"], history["events"])

    assert {letter.person: letter.kind for letter in sent} == {
        person: label for person, label in history["label"].items() if label != "none"
    }
    assert len(sent) == len({letter.person for letter in sent})


def test_the_score_of_all_histories() -> None:
    score = score_release(HISTORIES)

    assert (score["n"], score["missed"], score["told_twice"], score["false_fixed"]) == (40, 0, 0, 0)
    assert score["told"] == sum(label != "none" for one in HISTORIES for label in one["label"].values())


def test_a_letter_names_the_version_that_holds_the_fix() -> None:
    published = next(one for one in HISTORIES if one["id"] == "completed-published")

    assert {letter.version for letter in letters(published["waiting"], published["events"])} == {"1.2.0"}


@pytest.mark.parametrize(
    "text", ["Works now, thanks!", "It's fixed for me", "all fine again", "no longer happens here"]
)
def test_who_is_content_is_heard(text: str) -> None:
    assert says_it_works(text)


@pytest.mark.parametrize(
    "text", ["still broken", "It doesn't work", "when will it be fixed?", "not fixed", "Any news?"]
)
def test_who_is_not_content_is_heard(text: str) -> None:
    assert not says_it_works(text)
