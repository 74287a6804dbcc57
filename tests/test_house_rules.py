"""House rules that a grep can hold."""

import re

from tests.shared import ROOT

SAFE = {
    "firstline/core/templatetags/desk.py": "clean_html sanitises; panel() shows the pages of other views",
    "firstline/conversations/templatetags/conversation.py": "a constant line break",
    "firstline/answers/views.py": "splits what core.markdown has sanitised to put a number in",
    "firstline/knowledge/rendering.py": "adds fixed heading ids to what core.markdown has sanitised",
    "firstline/search/views.py": "joins escaped pieces with a fixed mark",
}
SOURCES = [
    path
    for path in (ROOT / "firstline").rglob("*")
    if path.suffix in {".py", ".html"} and not {"tests", "demo"} & set(path.parts)
]


def offenders(pattern: str) -> set[str]:
    found = re.compile(pattern)
    return {str(path.relative_to(ROOT)) for path in SOURCES if found.search(path.read_text())}


def test_s14_nothing_is_marked_safe_outside_the_named_places() -> None:
    assert offenders(r"mark_safe\(|\bSafeString\(|\|\s*safe\b|autoescape off") == set(SAFE)


def test_s14_no_inline_style_handler_or_script_in_a_template() -> None:
    assert offenders(r"<[^>]*\sstyle=|<[^>]*\son[a-z]+=\"|hx-on|javascript:") == set()
    assert offenders(r"<script(?![^>]*\bnonce=)[^>]*>") == set()


def test_s25_every_form_names_its_fields() -> None:
    assert offenders(r"""fields\s*=\s*["']__all__["']""") == set()


def test_s04_reply_tokens_are_made_and_read_in_one_place_each() -> None:
    assert offenders(r"tokens\.make\([\"']reply[\"']") == {"firstline/conversations/actions/delivering.py"}
    assert offenders(r"tokens\.read\([\"']reply[\"']") == {"firstline/intake/actions/processing.py"}


def test_no_view_fetches_an_object_past_visible_to() -> None:
    views = {name for name in offenders(r"\b[A-Z]\w+\.objects\.get\(") if "/views" in name or name.endswith("views.py")}
    assert views == set()
