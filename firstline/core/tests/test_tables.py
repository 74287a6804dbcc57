"""S-36: no cell of a table becomes a formula."""

import csv
from io import StringIO

import pytest

from firstline.core.tables import as_csv, safe_cell

PAYLOADS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tcmd",
    "\r=1",
    "|calc",
    " =1+1",
    "  +1",
    "\u00a0=1",
    "\u200b=1",
    "\u200b\u200d@A1",
    "\ufeff=1",
    "＝1+1",
    "＋1",
    "＠A1",
    "－1",
    "\n=1",
    '=HYPERLINK("http://x")',
    "=cmd|'/c calc'!A0",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_s36_what_begins_a_formula_is_only_text(payload: str) -> None:
    assert safe_cell(payload) == f"'{payload}"


def test_s36_ordinary_words_stay_and_everything_is_quoted() -> None:
    written = as_csv(["what", "number"], [["E404 on PUT", 3], ["=2", -1]])
    assert list(csv.reader(StringIO(written))) == [["what", "number"], ["E404 on PUT", "3"], ["'=2", "-1"]]
    assert written.startswith('"what","number"')
