"""What changed between two versions of a text."""

import difflib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison: kept, taken out or put in."""

    kind: Literal["same", "out", "in", "gap"]
    text: str


def compare(old: str, new: str, *, around: int = 2) -> list[DiffLine]:
    """What changed from `old` to `new`, line by line, with `around` unchanged lines about each change."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[DiffLine] = []
    for number, group in enumerate(difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(around)):
        if number:
            lines.append(DiffLine("gap", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [DiffLine("same", line) for line in before[i1:i2]]
            else:
                lines += [DiffLine("out", line) for line in before[i1:i2]]
                lines += [DiffLine("in", line) for line in after[j1:j2]]
    return lines
