"""The checks against our own labelled rows (all sentences are ours; measured again on rows that others hold)."""

import json
from pathlib import Path
from typing import Any

import pytest

from firstline.core.commands import Commands
from firstline.wording import commands, evaluation

DATA = Path(__file__).parent / "data"
MOST_MILLISECONDS = 50


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file."""
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def test_planted_faults_are_found_and_good_replies_left_alone() -> None:
    score = evaluation.score_drafts(rows("drafts.jsonl"))

    assert score["n"] == 120
    assert score["recall"] >= 0.95, score["misses"]
    assert score["false_warnings"] <= 0.05, score["false"]
    assert score["hints_per_reply"] <= 1


def test_praise_is_told_from_complaint_and_sarcasm() -> None:
    score = evaluation.score_thanks(rows("thanks.jsonl"))

    assert score["n"] == 100
    assert score["precision"] >= 0.95
    assert score["recall"] >= 0.9


def test_praise_is_told_from_bitter_words_that_look_like_it() -> None:
    score = evaluation.score_thanks(rows("thanks_hard.jsonl"))

    assert score["n"] == 219
    assert score["precision"] >= 0.95, score["wrong"]
    assert score["recall"] >= 0.85


def test_what_is_private_stays_out_of_public_drafts() -> None:
    score = evaluation.score_audience(rows("audience.jsonl"))

    assert score["n"] == 260
    assert score["stopped"] >= 0.95
    assert score["false_alarms"] <= 0.02, score["false"]


def run(words: list[str]) -> int:
    """Run one of the slice's commands, as the command line does."""
    registry = Commands()
    commands.add(registry)
    found = registry.find(words)
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


@pytest.mark.parametrize("name", ["drafts", "thanks", "audience"])
def test_the_commands_print_one_object(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", name, str(DATA / f"{name}.jsonl"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] >= 100


def test_a_line_that_does_not_fit_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "no label"}\n')

    assert run(["eval", "thanks", str(broken)]) == 2
    assert "label" in capsys.readouterr().err
