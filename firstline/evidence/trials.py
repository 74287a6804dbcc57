"""Whether a pattern stays quick on texts made to slow it down. Run it in a child that may be killed: Python cannot stop
a regular expression from outside.
"""

import re
from collections.abc import Iterator
from itertools import islice

from firstline.evidence.catalogue import FLAGS
from firstline.evidence.literals import required_literals
from firstline.evidence.normalise import LONGEST_LINE

LENGTH = 16_000
MOST_UNITS = 24
MOST_LITERALS = 3
_UNITS = (" ", "a", "0", "-", "/", ".", "@", "\n", "a ", "a/", "a.", "x\n")
_LETTER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?![A-Za-z0-9])")
_WORD = re.compile(r"[A-Za-z0-9_]{2,}")


def endure(source: str, samples: tuple[str, ...] = ()) -> int:
    """Search the pattern in texts that repeat what it may be looking for; returns how many. Raises re.error.

    A linear pattern takes a few milliseconds over all of them; one that tries every way to part a run of characters
    does not come back, which is for the caller's time limit to notice.
    """
    pattern = re.compile(source, FLAGS)
    literals = required_literals(source) or ("",)
    count = 0
    for unit in islice(_units(source, samples), MOST_UNITS):
        for literal in tuple(dict.fromkeys(literals))[:MOST_LITERALS]:
            for text in (f"{literal}{_long(unit)}\0", f"{_long(unit)}{literal}\0", f"{_long(unit)}\0{literal}"):
                pattern.search(text)
                count += 1
    return count


def _units(source: str, samples: tuple[str, ...]) -> Iterator[str]:
    said = re.sub(r"\\.", " ", source)
    words = ["".join(dict.fromkeys(_LETTER.findall(said)))[:4], *_WORD.findall(said)]
    lines = [line for sample in samples for line in sample.split("\n")[:3] if line.strip()]
    yield from dict.fromkeys((*_UNITS, *filter(None, words[:7]), *lines[:6]))


def _long(unit: str) -> str:
    """The unit again and again, in lines as long as a diagnosis ever reads."""
    line = (unit * (LONGEST_LINE // len(unit) + 1))[:LONGEST_LINE]
    return "\n".join([line] * (LENGTH // LONGEST_LINE))
