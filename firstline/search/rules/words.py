"""Text into search words: a tokeniser that keeps what developers paste, and a light English stemmer.

Pure: standard library only. A word is lower case. `E403`, `.npmrc`, `package-lock.json`, `@scope/name`, `node_modules`
and `1.2.3` each stay one word and also give their parts, so that `scope` finds `@scope/name` and the exact form
still weighs more. The same words feed BM25, the stored text vectors and the query, so that all three agree.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_STOP = (
    "a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my "
    "of on or our s so t that the their them then there these they this to was we were what when where which who why "
    "will with would you your am any been being"
)
STOP_WORDS = frozenset(_STOP.split())
MAX_WORD = 80

_CHUNK = re.compile(r"@?[\w.]+(?:[-/'’@+:][\w.]+)*")
_PART = re.compile(r"[^\W_]+")
_EDGES = "'’-_/:+"


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between blanks: its whole form when it is a compound or has a mark, and its plain parts in order.

    `start` and `end` are its place in the text; a part is lower case and unstemmed.
    """

    whole: str | None
    parts: tuple[str, ...]
    start: int
    end: int


def chunks(text: str) -> Iterator[Chunk]:
    """The chunks of a text in order; what has no letter or digit, or is longer than 80 characters, is left out."""
    for match in _CHUNK.finditer(text):
        whole = match.group().lower().rstrip(_EDGES + ".").lstrip(_EDGES)
        if not whole or len(whole) > MAX_WORD:
            continue
        parts = tuple(_PART.findall(whole))
        if parts:
            yield Chunk(None if parts == (whole,) else whole, parts, match.start(), match.end())


def words(text: str) -> list[str]:
    """The search words of a text, in order, stop words left out; a compound is followed by its stemmed parts."""
    found: list[str] = []
    for chunk in chunks(text):
        if chunk.whole:
            found.append(chunk.whole)
        found.extend(stem(part) for part in chunk.parts if not is_stop(part))
    return found


def is_stop(part: str) -> bool:
    """Whether a part says too little to be searched for: a stop word or a single letter."""
    return part in STOP_WORDS or (len(part) == 1 and not part.isdigit())


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of one lower-case English word: plurals, -ed, -ing, -ly and a few noun endings fall together.

    Lighter than Porter's (1980): it never touches words with digits or under four letters, and cuts an ending only
    where a vowel is left, so that error codes, package names and flags stay as they are.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _without_noun_ending(_without_verb_ending(_without_plural(word)))
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


_VOWEL = re.compile(r"[aeiouy]")
_NOUN_ENDINGS = (
    ("ization", "iz"),
    ("ational", "at"),
    ("ation", "at"),
    ("ition", "it"),
    ("ically", "ic"),
    ("fully", ""),
    ("ably", "abl"),  # codespell:ignore
    ("ment", ""),  # codespell:ignore
    ("ness", ""),
    ("ion", ""),
    ("ly", ""),
)


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    for ending in ("ingly", "edly", "ing", "ied", "ed"):
        base = word.removesuffix(ending)
        if base == word or len(base) < 3 or not _VOWEL.search(base):
            continue
        if ending == "ied":
            return base + "y"
        return base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
    return word


def _without_noun_ending(word: str) -> str:
    for ending, instead in _NOUN_ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= 4 and _VOWEL.search(base):
            return base + instead
    return word
