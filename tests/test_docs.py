"""What the documentation lists is what there is."""

import re
from pathlib import Path

import pytest

from firstline.config import reactions
from firstline.events.kinds import Kind
from tests.shared import ROOT

REFERENCE = ROOT / "docs" / "reference"
CODE = [
    path
    for folder in ("firstline", "scripts")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".sh", ".html", ".js", ".mjs"} and "node_modules" not in path.parts
]


def words(file: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, file.read_text()))


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    used = {name.removesuffix("_FILE") for path in CODE for name in words(path, r"\bFIRSTLINE_[A-Z_]+[A-Z]\b")}
    assert used == words(REFERENCE / "settings.md", r"`(FIRSTLINE_[A-Z_]+)`")


def test_every_event_kind_is_documented_with_what_follows() -> None:
    listed = dict(re.findall(r"^\| `([a-z._]+)` \| [^|]+ \| ([^|]*) \|$", (REFERENCE / "events.md").read_text(), re.M))
    assert set(listed) == set(Kind.values)
    for kind, names in listed.items():
        following = [reaction.task for reaction in reactions.REACTIONS.get(Kind(kind), [])]
        assert re.findall(r"`([^`]+)`", names) == following


def test_every_dependency_has_its_reason() -> None:
    declared = set(re.findall(r'^  "([a-z][a-z0-9-]+)[\[=<>"]', (ROOT / "pyproject.toml").read_text(), re.M))
    listed = words(REFERENCE / "dependencies.md", r"`([a-z][a-z0-9-]+)`")
    assert len(declared) > 20
    assert declared <= listed


@pytest.mark.parametrize("document", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), target
