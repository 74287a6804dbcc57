"""A text for a network that takes short posts: counted as the network counts, cut where people pause."""

from __future__ import annotations

from collections.abc import Callable

import regex

from firstline.channels.base import ChannelError
from firstline.channels.port import Room

MOST_POSTS = 6
"""A longer answer belongs into a mail or an article."""
Measure = Callable[[str], int]
_PLACES = (
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n"),
    regex.compile(r"(?<=[.!?…:;。！？])\s+"),
    regex.compile(r"\s+"),
)
_CALL = regex.compile(r"(?<![\w/@])@(?=\w)")
INVISIBLE = "\u200b"
_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """How many signs a reader sees: a family of emoji is one (UAX 29)."""
    return len(_GRAPHEME.findall(text))


def room(text: str, limit: int, measure: Measure) -> Room:
    """What the text takes; `posts` is 0 when it is too long even for a thread."""
    parts = cut(text, limit, measure)
    return Room(measure(text), limit, len(parts) if len(parts) <= MOST_POSTS else 0)


def parts_of(text: str, limit: int, measure: Measure) -> list[str]:
    """The posts of an answer. Raises ChannelError with the count when there would be more than six."""
    parts = cut(text, limit, measure)
    if len(parts) > MOST_POSTS:
        said = f"This has {measure(text):,} characters; a post takes {limit:,}, a thread {MOST_POSTS} posts."
        raise ChannelError(said, permanent=True)
    return parts


def cut(text: str, limit: int, measure: Measure) -> list[str]:
    """The text as one post, else as posts that end in ` 1/3`: between paragraphs, lines, sentences or words."""
    text = text.strip()
    if measure(text) <= limit:
        return [text]
    for room_for_mark in (4, 6, 8):
        chunks = list(_chunks(text, limit - room_for_mark - 1, measure))
        if len(f"{len(chunks)}/{len(chunks)}") + 1 <= room_for_mark + 1:
            break
    return [f"{chunk} {number}/{len(chunks)}" for number, chunk in enumerate(chunks, 1)]


def _chunks(text: str, limit: int, measure: Measure) -> list[str]:
    found = []
    while measure(text) > limit:
        end = _end(text, limit, measure)
        found.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*found, text] if text else found


def _end(text: str, limit: int, measure: Measure) -> int:
    """Where the first post ends: at the last pause that fits, of the best kind that leaves it at least a third full."""
    reach = _reach(text, limit, measure)
    for place in _PLACES:
        ends = [found.start() for found in place.finditer(text, 0, min(len(text), reach + 1)) if found.start() <= reach]
        if ends and ends[-1] >= reach // 3:
            return int(ends[-1])
    return reach


def _reach(text: str, limit: int, measure: Measure) -> int:
    """The longest beginning that fits, without cutting a sign in two; found by halving."""
    ends = [0, *(found.end() for found in _GRAPHEME.finditer(text, 0, limit * 12))]
    low, high = 1, len(ends) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[: ends[middle]]) <= limit else (low, middle - 1)
    return int(ends[low])


def quiet_quotes(text: str) -> str:
    """Nobody is called by what is only quoted: a zero-width space parts each @ from its name in lines with `>`."""
    return "\n".join(
        _CALL.sub(f"@{INVISIBLE}", line) if line.lstrip().startswith(">") else line for line in text.split("\n")
    )


def same(first: str, second: str) -> bool:
    """Whether two texts say the same but for white space."""
    return first.split() == second.split()
