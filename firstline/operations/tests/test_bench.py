"""The bench's own arithmetic; the figures themselves are never asserted (targets.md)."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firstline.operations.bench import meter, report
from firstline.operations.bench.lexing import Lexer
from firstline.operations.bench.words import Words
from firstline.search.rules import lexemes


def test_the_quick_lexer_makes_what_search_makes() -> None:
    lexer = Lexer()
    for text in Words(3).texts(50, mean_words=40):
        assert lexer.tsvector(text[:30].strip(), text) == lexemes.tsvector(text[:30].strip(), text)


def test_texts_are_the_same_every_time_and_common_words_are_common() -> None:
    first, second = (list(Words(5).texts(200, mean_words=50)) for _ in range(2))

    assert first == second
    assert sum("the" in text.split() for text in first) > 150
    assert 30 < sum(len(text.split()) for text in first) / len(first) < 70


def test_the_page_keeps_the_chapters_that_other_commands_measured(tmp_path: Path) -> None:
    page = tmp_path / "measured.md"
    page.write_text("# Measured\n\nold table\n\n## Evidence\n\nkept\n")
    report.write_page(page, [], conversations=3, now=datetime(2026, 11, 24, tzinfo=UTC))
    assert page.read_text().endswith("\n## Evidence\n\nkept\n")
    assert "old table" not in page.read_text()


def test_cpu_of_a_process_is_seen() -> None:
    before = meter.cpu_seconds(os.getpid())
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass

    assert 0.03 <= meter.cpu_seconds(os.getpid()) - before < 1
    assert meter.cpu_seconds(2**22 + 1) == 0.0


def test_memory_of_a_process_is_seen() -> None:
    assert 5e6 < meter.pss_bytes([os.getpid()]) < 5e9
    assert os.getpid() in meter.descendants(os.getppid())


def test_percentiles() -> None:
    assert report.percentile([5, 1, 3], 0.5) == 3
    assert report.percentile(range(100), 0.95) == 95
    with pytest.raises(ValueError, match="No values"):
        report.percentile([], 0.5)


def test_a_row_is_json_and_a_table_line() -> None:
    row = report.Row(name="inbox", n=100, target="≤ 30 ms", ok=True, cpu_ms=12.345, load_avg=0.5)

    assert '"cpu_ms": 12.345' in row.as_json()
    assert " ".join(report.table([row]).splitlines()[1].split()) == "inbox 100 12.3 — — — — — ≤ 30 ms yes"
