"""Files of labelled rows, and what is said when they do not fit."""

import gzip
from argparse import Namespace
from pathlib import Path

import pytest

from firstline.core.rows import read_rows, scored


def test_plain_and_packed_rows_are_read_in_order(tmp_path: Path) -> None:
    plain, packed = tmp_path / "one.jsonl", tmp_path / "two.jsonl.gz"
    plain.write_text('{"n": 1}\n\n{"n": 2}\n')
    packed.write_bytes(gzip.compress(b'{"n": 3}'))

    assert [row["n"] for row in read_rows([plain, packed])] == [1, 2, 3]


@pytest.mark.parametrize("line", ["{", "[1]", '"words"'])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f'{{"n": 1}}\n{line}\n')

    with pytest.raises(ValueError, match="line 2"):
        read_rows([file])


@pytest.mark.parametrize("text", ['{"text": "no label"}', "{"])
def test_rows_that_do_not_fit_are_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(text)

    assert scored(Namespace(file=str(file), json=True), lambda rows: {"n": len([row["label"] for row in rows])}) == 2
    said = capsys.readouterr()
    assert str(file) in said.err
    assert said.out == ""
