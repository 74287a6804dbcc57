"""Fixed lists of our own sentences, and the corpora; no row of theirs is shown."""

import gzip
import json
from pathlib import Path

import pytest

from firstline.core.commands import Commands
from firstline.covers import commands
from firstline.covers.evaluation import auc, score_cover
from firstline.covers.judging import judge

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[4] / "shared" / "data"


def lines(name: str) -> list[str]:
    """The sentences of one list."""
    return (DATA / f"{name}.txt").read_text().splitlines()


def covered(name: str) -> list[str]:
    """Those of a list that are covered."""
    return [line for line in lines(name) if judge(line).is_covered]


def test_d04_developer_jargon_stays_uncovered() -> None:
    assert len(lines("jargon")) >= 150
    assert len(covered("jargon")) <= 0.02 * len(lines("jargon")), covered("jargon")


def test_d04_frustration_is_not_abuse() -> None:
    assert len(lines("frustration")) >= 60
    assert len(covered("frustration")) <= 0.05 * len(lines("frustration")), covered("frustration")


def test_d05_insults_and_threats_are_covered() -> None:
    assert len(lines("abuse")) >= 60
    assert len(covered("abuse")) >= 0.8 * len(lines("abuse"))


def test_d05_people_in_danger_are_seen() -> None:
    found = [line for line in lines("care") if judge(line).needs_care]

    assert len(lines("care")) >= 40
    assert len(found) >= 0.95 * len(lines("care"))


def test_care_is_no_cover() -> None:
    judgement = judge("I want to end my life")

    assert judgement.needs_care
    assert not judgement.is_covered


def test_d03_a_judgement_says_why_and_by_which_version() -> None:
    judgement = judge("You are a complete idiot.")

    assert judgement.reasons == ("insult",)
    assert judgement.version
    assert judgement.threshold > 0


def test_the_area_counts_ties_as_half() -> None:
    assert auc([(0.1, 0), (0.2, 1), (0.2, 0), (0.9, 1)]) == 0.875
    assert auc([(0.1, 0)]) is None


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "most"), [("raman2020", 0.06), ("incivility", 0.06), ("toxicr", 0.03)])
def test_little_of_the_corpora_is_covered_and_most_of_that_rightly(name: str, most: float) -> None:
    with gzip.open(SHARED / name / "items.jsonl.gz", "rt", encoding="utf-8") as rows:
        score = score_cover(json.loads(line) for line in rows)

    assert score["covered_rate"] <= most
    assert score["precision"] >= 0.55


def test_the_command_prints_a_judgement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = Commands()
    commands.add(registry)
    text = tmp_path / "text"
    text.write_text("Go to hell, all of you")
    found = registry.find(["cover", str(text), "--json"])
    assert found is not None

    assert found[0].run(found[0].parser().parse_args(found[1])) == 0
    assert json.loads(capsys.readouterr().out)["is_covered"] is True
