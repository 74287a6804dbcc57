"""Search words in PostgreSQL's own notation: tsvector and tsquery literals made here, not by a server's dictionary.

The server's text search configurations differ between engines and know nothing of `@scope/name`; ours is the same
everywhere, and the same as BM25's. Pure.
"""

from collections.abc import Iterable

from firstline.search.rules.words import chunks, is_stop, stem

MAX_PARTS = 5000
MAX_PLACES = 40
MAX_POSITION = 16_383


def tsvector(subject: str, text: str, marks: Iterable[str] = ()) -> str:
    """A tsvector literal: words of the subject weigh A, of the text D; `marks` stand as they are, without a place.

    Takes 5,000 words, 40 places each.
    """
    places: dict[str, list[str]] = {}
    position = 1
    for weight, part in (("A", subject), ("", text)):
        for chunk in chunks(part):
            if position > MAX_PARTS:
                break
            if chunk.whole:
                _place(places, chunk.whole, position, weight)
            for offset, word in enumerate(chunk.parts):
                if not is_stop(word):
                    _place(places, stem(word), position + offset, weight)
            position += len(chunk.parts)
        position += 10  # no phrase reaches from the subject into the text
    found = [f"{quoted(word)}:{','.join(where)}" for word, where in places.items()]
    return " ".join([*found, *(quoted(mark) for mark in marks)])


def _place(places: dict[str, list[str]], word: str, position: int, weight: str) -> None:
    where = places.setdefault(word, [])
    if len(where) < MAX_PLACES:
        where.append(f"{min(position, MAX_POSITION)}{weight}")


def quoted(word: str) -> str:
    """A word as a quoted lexeme, safe in tsvector and tsquery literals."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def all_of(parts: Iterable[str]) -> str:
    """A tsquery that asks for every part; "" when there is none."""
    return " & ".join(parts)


def word_query(text: str, *, prefix: bool = False) -> str:
    """A tsquery for one bare word of the query: a compound matches whole or as a phrase; "" when nothing can be asked.

    `prefix`: the word is still being typed, so from three letters on it also matches what begins with it.
    """
    asked = []
    for chunk in chunks(text):
        phrase = _phrase(chunk.parts)
        ways = [quoted(chunk.whole)] if chunk.whole else []
        ways += [phrase] if phrase else []
        if prefix and len(chunk.parts[-1]) >= 3:
            ways.append(f"{quoted(chunk.whole or chunk.parts[0])}:*")
        if ways:
            asked.append(f"({' | '.join(dict.fromkeys(ways))})" if len(ways) > 1 else ways[0])
    return all_of(asked)


def phrase_query(text: str) -> str:
    """A tsquery for a quoted phrase: the words in this order, stop words standing for any; "" when none is left."""
    return _phrase([part for chunk in chunks(text) for part in chunk.parts])


def _phrase(parts: Iterable[str]) -> str:
    query, gap = "", 0
    for part in parts:
        gap += 1
        if is_stop(part):
            continue
        query = f"{query} <{gap}> {quoted(stem(part))}" if query else quoted(stem(part))
        gap = 0
    return f"({query})" if " <" in query else query
