"""Excerpts of public issues, each with its address: error lines as people pasted them, labelled by hand.

`part` says how a row was used: `look` rows were read while the signatures were written; `second` to `fifth` were
gathered and labelled later, measured once unseen (docs/reference/measured.md) and only then read as well.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from firstline.evidence import catalogue
from firstline.evidence.evaluation import score_diagnosis

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "real_pastes.jsonl").read_text("utf-8").splitlines()
]
CATALOGUE = catalogue.load()


@pytest.mark.parametrize("part", sorted({row["part"] for row in ROWS}))
def test_real_pastes_are_diagnosed_right_or_not_at_all(part: str) -> None:
    score = score_diagnosis([row for row in ROWS if row["part"] == part], CATALOGUE)
    assert score.precision1 is not None
    assert score.precision1 >= 0.9
    assert score.wrong_confident <= 0.03


def test_every_excerpt_is_short_has_its_address_and_a_label_that_exists() -> None:
    known = {one.id for one in CATALOGUE.signatures} | {one.case for one in CATALOGUE.signatures} | {"none"}
    cases = {case for one in CATALOGUE.signatures for case in dict(one.cases).values()}
    for row in ROWS:
        assert row["source"].startswith(("https://github.com/", "github:")), row["source"]
        assert len(row["text"]) <= 1200, row["source"]
        assert row["label"] in known | cases, row["label"]
