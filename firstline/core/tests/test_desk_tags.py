"""The tags that every page is drawn with, and the icons they may ask for."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from firstline.core.templatetags import desk
from tests.shared import ROOT

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@dataclass
class Agent:
    """Whatever has initials and says that it is an agent."""

    initials: str
    actor_kind: str = "agent"


def drawn(source: str, **context: object) -> str:
    return Template("{% load desk %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=2, minutes=50), "2 h"),
        (timedelta(days=5), "5 d"),
        (timedelta(days=40), "2 Feb"),
        (timedelta(days=400), "Feb 2025"),
    ],
)
def test_how_long_ago(back: timedelta, words: str) -> None:
    assert desk.ago(NOW - back, NOW) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=1), "13:00"),
        (timedelta(hours=21), "tomorrow, 09:00"),
        (timedelta(days=4), "Wed 18 Mar, 12:00"),
    ],
)
def test_when_it_will_be(ahead: timedelta, words: str) -> None:
    assert desk.ahead(NOW + ahead, NOW) == words


def test_shape_says_who() -> None:
    assert 'data-kind="agent"' in drawn("{% avatar who %}", who=Agent("Ad"))
    assert 'data-kind="machine"' in drawn("{% avatar who %}", who=None)
    assert "data-kind" not in drawn("{% avatar who %}", who="Casey Rivers")
    assert ">CR</span>" in drawn("{% avatar who %}", who="Casey Rivers")


def test_confidence_shows_bar_floor_and_number() -> None:
    bar = drawn("{% confidence 0.9 0.85 %}")
    assert 'width="36.0"' in bar
    assert "M34.0 0v6" in bar
    assert "90%" in bar
    assert "floor" not in drawn("{% confidence 0.9 %}")


def test_names_are_escaped() -> None:
    assert "<b>" not in drawn("{% avatar who %}", who=Agent("<b>"))
    assert "<script" not in drawn("{{ html|clean_html }}", html="<p>a</p><script>alert(1)</script>")


def test_pictures_come_in_by_content_id_only() -> None:
    html = '<img src="cid:one" alt="1"><img src="cid:two" alt="2"><img src="https://tracker.example/x.gif" alt="3">'
    shown = drawn("{{ html|clean_html:pictures }}", html=html, pictures={"one": "data:image/png;base64,AAAA"})
    assert 'src="data:image/png;base64,AAAA"' in shown
    assert 'src="data:,"' in shown
    assert "tracker" not in shown


@pytest.mark.parametrize(("size", "words"), [(812, "812 B"), (34_000, "34 kB"), (2_140_000, "2.1 MB")])
def test_file_sizes(size: int, words: str) -> None:
    assert desk.filesize(size) == words


def test_languages_by_name() -> None:
    assert [desk.language_words(code) for code in ("de", "pt", "tlh")] == ["German", "Portuguese", "tlh"]


def test_counters_stop() -> None:
    assert [desk.capped(count) for count in (7, 999, 1000)] == ["7", "999", "999+"]


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts/sprite.py", "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    sprite = (ROOT / "firstline/core/static/core/vendor/icons.svg").read_text()
    for name in (ROOT / "scripts/icons.txt").read_text().split():
        assert f'id="i-{name}"' in sprite


def test_vendored_files_are_the_recorded_ones() -> None:
    recorded = (ROOT / "scripts/vendor.sha256").read_text().splitlines()
    files = {name: digest for digest, name in (line.split("  ", 1) for line in recorded)}
    present = {str(path.relative_to(ROOT)) for path in (ROOT / "firstline/core/static/core/vendor").iterdir()}
    assert present == set(files)
    for name, digest in files.items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name
