"""A text as counts of words and of letters within words: the same for training and for judging."""

import re
from functools import lru_cache
from itertools import pairwise

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_LINK = re.compile(r"https?://\S+")
_HANDLE = re.compile(r"@\w[\w-]*")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\b\w[\w']*\b|[!?]{1,3}")
_LONGEST = 4_000
_SHORTEST_RUN, _LONGEST_RUN = 2, 4


def plain(text: str) -> str:
    """Lower case, without code, quotes, links, handles and figures: what is left is how somebody speaks."""
    text = _LINK.sub(" url ", _QUOTED.sub(" ", _CODE.sub(" code ", text)))
    return _NUMBER.sub("0", _HANDLE.sub("@user", text)).lower()[:_LONGEST]


def words(text: str) -> list[str]:
    """Words and pairs of neighbours, of a text made `plain`; prefix `w `."""
    found = _WORD.findall(text)
    return [*(f"w {word}" for word in found), *(f"w {one} {two}" for one, two in pairwise(found))]


def letters(text: str) -> list[str]:
    """Runs of two to four letters within words, their edges marked; prefix `c `."""
    return [run for word in text.split() for run in _runs(word)]


@lru_cache(maxsize=16_384)
def _runs(word: str) -> tuple[str, ...]:
    """The runs of one word: people use the same few thousand over and over."""
    padded = f" {word} "
    sizes = range(_SHORTEST_RUN, _LONGEST_RUN + 1)
    return tuple(f"c {padded[at : at + size]}" for size in sizes for at in range(max(1, len(padded) - size + 1)))
