"""What every field holds, and how long it is kept (P-01). A field or table without its line here fails a test.

Ids, links between rows, moments, numbers, switches and words of a fixed list are of the class that `plain` names,
technical where it is left out; every other field is named. A test compares the map with the models; `make docs`
writes docs/reference/data-map.md from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CLASSES: Final = {
    "identity": "who somebody of us is",
    "contact": "who somebody outside is, and how they are reached",
    "content": "what people wrote or sent, and what was made of it",
    "secret": "keys, tokens and what is sealed",
    "technical": "what the desk needs to work",
    "wellbeing": "what somebody of us has seen, or wishes to be spared; theirs alone",
    "audit": "who did what, for good",
}
RULES: Final = {
    "account": "as long as the person works here; the row stays, switched off, because the audit names it",
    "audit": "for good; personal values lie apart and are erased with the person",
    "conversation": "24 months after the conversation ended, or until the person is erased",
    "desk": "as long as the desk's people leave it there",
    "evidence": "24 months after the case ended, or the end of a legal hold",
    "exposure": "180 days",
    "ledger": "for good: counts and ids, without words of anybody",
    "mark": "its own end, at most 180 days after the sanction's",
    "model": "until the next night's lesson replaces it",
    "outbox": "90 days",
    "person": "until the person is erased",
    "quarter": "for good: counters of all together",
    "raw": "90 days; 30 kept aside; 7 with a secret",
    "sealed": "7 days",
    "short": "its own end, within days",
}
"""What the words of the map mean; the nightly job of `actions/retaining.py` and erasure carry them out."""

HEAD: Final = """\
# What is kept, and how long

Each field of each table by its class, and each table by its rule (P-01). Ids, moments, numbers, switches and words of a
fixed list are technical where nothing else is said. Written by `make docs`; a test compares it with the models.

## Classes
"""
_FILE: Final = Path(__file__).with_name("data_map.txt")


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: the rule of retention, the class of each named field, and the class of all others."""

    rule: str
    classes: Mapping[str, str]
    plain: str = "technical"


def read() -> dict[str, Kept]:
    """The map, by "app.Model". Raises ValueError for a line that is not whole."""
    found = {}
    for line in _FILE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, kept = _row(line)
            found[name] = kept
    return found


def _row(line: str) -> tuple[str, Kept]:
    name, rule, *groups = (cell.strip() for cell in line.split("|"))
    classes: dict[str, str] = {}
    plain = "technical"
    for group in groups:
        kind, _colon, fields = group.partition(":")
        if kind not in CLASSES or rule not in RULES:
            raise ValueError(f"{line!r} needs a class and a rule that there are.")
        if fields.strip() == "plain":
            plain = kind
        else:
            classes |= dict.fromkeys(fields.split(), kind)
    return name, Kept(rule, classes, plain)


def page() -> str:
    """docs/reference/data-map.md."""
    kept = read()
    parts = [HEAD]
    parts += [f"- **{name}**: {words}" for name, words in CLASSES.items()]
    parts += ["\n## Rules\n", *(f"- **{name}**: {words}" for name, words in RULES.items())]
    parts += ["\n## Tables\n\n| table | kept | fields |\n|---|---|---|"]
    for name, one in sorted(kept.items()):
        named = [f"{kind}: {', '.join(f for f, c in one.classes.items() if c == kind)}" for kind in CLASSES]
        named = [words for words in named if not words.endswith(": ")]
        named += [f"all others: {one.plain}"] if one.plain != "technical" else []
        parts.append(f"| `{name}` | {one.rule} | {'; '.join(named) or '—'} |")
    return "\n".join(parts) + "\n"
