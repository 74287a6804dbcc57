"""A text as counts of words and of letters within words: the same for training and for judging."""

import re
from collections import Counter
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


def word_counts(text: str) -> Counter[str]:
    """Words and pairs of neighbours, of a text made `plain`; prefix `w `."""
    words = _WORD.findall(text)
    pairs = (f"{one} {two}" for one, two in pairwise(words))
    return Counter([*(f"w {word}" for word in words), *(f"w {pair}" for pair in pairs)])


def letter_counts(text: str) -> Counter[str]:
    """Runs of two to four letters within words, their edges marked; prefix `c `."""
    found: Counter[str] = Counter()
    for word in text.split():
        padded = f" {word} "
        for size in range(_SHORTEST_RUN, _LONGEST_RUN + 1):
            found.update(f"c {padded[start : start + size]}" for start in range(max(1, len(padded) - size + 1)))
    return found
