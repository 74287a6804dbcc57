"""The few words around what was found, with the found words marked. Pure."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from firstline.search.rules.words import stem, words

BEFORE = 16
UNCUT = 32
LENGTH = 160
SEARCHED = 50_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `marked` when it is one of the words asked for."""

    text: str
    marked: bool


def snippet(text: str, asked: str) -> list[Piece]:
    """About 160 characters of `text` round the first of the words in `asked`, as pieces; from the beginning if none.

    Only the first 50,000 characters are looked through.
    """
    spans = _spans(text, asked)
    first = next(spans, None)
    start = 0 if first is None or first[0] < UNCUT else _word_start(text, first[0] - BEFORE)
    end = _word_end(text, start + LENGTH)
    pieces = [Piece("… ", False)] if start else []
    at = start
    span = first
    while span is not None and span[1] <= end:
        pieces += [Piece(text[at : span[0]], False), Piece(text[span[0] : span[1]], True)]
        at, span = span[1], next(spans, None)
    pieces.append(Piece(text[at:end] + (" …" if end < len(text) else ""), False))
    return [Piece(" ".join(f"|{piece.text}|".split())[1:-1], piece.marked) for piece in pieces if piece.text]


def _spans(text: str, asked: str) -> Iterator[tuple[int, int]]:
    """Where the words asked for stand, in order, whatever their ending."""
    wanted, pattern = _wanted(asked)
    if pattern is not None:
        for match in pattern.finditer(text, 0, SEARCHED):
            if stem(match.group().lower()) in wanted:
                yield match.span()


@functools.lru_cache(maxsize=64)
def _wanted(asked: str) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """The stems asked for, and a pattern for what may be one: a stem begins its word, but for a last i that was a y."""
    wanted = frozenset(word for word in words(asked) if word.isalnum())
    if not wanted:
        return wanted, None
    begin = "|".join(re.escape(word[:-1] if word.endswith("i") and len(word) > 3 else word) for word in wanted)
    return wanted, re.compile(rf"(?<![^\W_])(?:{begin})[^\W_]*", re.IGNORECASE)


def _word_start(text: str, at: int) -> int:
    blank = text.rfind(" ", max(0, at - 20), at)
    return blank + 1 if blank >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = text.rfind(" ", max(0, at - 20), at)
    return blank if blank > 0 else at
