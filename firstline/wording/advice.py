"""Whether a draft gives advice that this person was given before."""

import re
from collections.abc import Sequence
from itertools import pairwise

from firstline.wording.words import sentences, stems

_ALREADY = re.compile(
    r"\b(?:you(?:'ve| have)? (?:already|tried|cleared|reset|reinstalled|mentioned|said|did)|already (?:tried"
    r"|done|did|cleared|reset)|no need to|don't need to|needn't|"
    r"instead of|rather than|didn't help|did not help|hasn't helped|won't help|will not help|doesn't help"
    r"|not going to ask|won't ask|will not ask|i know|we know|skip|as you tried|besides|apart from"
    r"|we asked you|was told|were told|sorry (?:that|for) )",
    re.IGNORECASE,
)
_ENOUGH = 0.6


def repeated(draft: str, told: Sequence[str]) -> list[str]:
    """Sentences of the draft that say what `told` says, unless they say so of something already tried."""
    parts = [one for one in sentences(draft) if not _ALREADY.search(one)]
    windows = [*parts, *(f"{one} {two}" for one, two in pairwise(parts))]
    known = [stems(one) for step in told for one in (sentences(step) or [step])]
    found = []
    for window in windows:
        meaning = stems(window)
        if any(
            len(step) >= 2 and len(step & meaning) / len(step) >= _ENOUGH and len(step & meaning) >= 2 for step in known
        ):
            found.append(window)
    return found
