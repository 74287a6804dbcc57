"""The query grammar of the search field: words, "phrases", -not, and operators such as `status:open from:casey`.

Pure. Parsing never fails: what is not understood is either searched for as a word, or reported in `problems`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from firstline.search.rules.lexemes import all_of, phrase_query, word_query

KEYS = ("status", "assignee", "from", "tag", "inbox", "has", "before", "after", "is")
STATUS_WORDS = {
    "open": "open",
    "waiting": "waiting_on_contact",
    "contact": "waiting_on_contact",
    "waiting_on_contact": "waiting_on_contact",
    "engineering": "waiting_on_engineering",
    "waiting_on_engineering": "waiting_on_engineering",
    "tell": "tell_contact",
    "tell_contact": "tell_contact",
    "resolved": "resolved",
    "spam": "spam",
}
HAS = ("attachment", "note", "log", "secret")
IS = ("new", "unassigned", "mine", "snoozed", "unresolved", "resolved", "merged", "unverified", "urgent")
MAX_LENGTH = 400
MAX_TERMS = 20

_TOKEN = re.compile(r'(?P<minus>-)?(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S+))', re.IGNORECASE)
_NUMBER = re.compile(r"\s*#(\d{1,18})\s*")


@dataclass(frozen=True, slots=True)
class Filter:
    """One operator, its value in lower case and checked; `negated` turns it round."""

    key: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """An operator whose value cannot be used; `choices` are the values that can, empty where any word would do."""

    key: str
    value: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search. `tsquery` is "" when no words are asked for; `number` is the conversation that `#1204` names."""

    text: str
    tsquery: str = ""
    words: str = ""
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()
    number: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.tsquery or self.filters or self.number)


@dataclass(slots=True)
class _Parts:
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parse(text: str, *, typing: bool = False) -> Query:
    """Parse what somebody typed; the first 400 characters and 20 terms count.

    `typing`: the last word may be unfinished, so it also matches as a prefix (three letters or more).
    """
    text = text[:MAX_LENGTH].strip()
    number = _NUMBER.fullmatch(text)
    if number:
        return Query(text, number=int(number[1]))
    parts = _Parts()
    tokens = list(_tokens(text))
    for place, token in enumerate(tokens):
        unfinished = typing and place == len(tokens) - 1 and text.endswith(token.group())
        _take(token, parts, prefix=unfinished)
    asked = all_of(parts.wanted)
    if parts.unwanted:
        asked = all_of([*([asked] if asked else []), *(f"!({one})" for one in parts.unwanted)])
    return Query(text, asked, " ".join(parts.words), tuple(parts.filters), tuple(parts.problems))


def _tokens(text: str) -> Iterator[re.Match[str]]:
    for count, match in enumerate(_TOKEN.finditer(text)):
        if count >= MAX_TERMS:
            return
        yield match


def _take(token: re.Match[str], parts: _Parts, *, prefix: bool) -> None:
    key = (token["key"] or "").lower()
    value = token["quoted"] if token["quoted"] is not None else token["bare"]
    negated = token["minus"] is not None
    if key in KEYS:
        _take_filter(key, value.strip().strip('"').lower(), negated, parts)
        return
    whole = f"{token['key']}:{value}" if key else value
    asked = phrase_query(whole) if token["quoted"] is not None else word_query(whole, prefix=prefix)
    if not asked:
        return
    (parts.unwanted if negated else parts.wanted).append(asked)
    if not negated:
        parts.words.append(whole)


def _take_filter(key: str, value: str, negated: bool, parts: _Parts) -> None:
    if not value:
        return  # still being typed
    if key == "status":
        if value in STATUS_WORDS:
            parts.filters.append(Filter(key, STATUS_WORDS[value], negated))
        else:
            parts.problems.append(Problem(key, value, ("open", "tell", "waiting", "engineering", "resolved", "spam")))
    elif key in ("has", "is"):
        choices = HAS if key == "has" else IS
        if value in choices:
            parts.filters.append(Filter(key, value, negated))
        else:
            parts.problems.append(Problem(key, value, choices))
    elif key in ("before", "after"):
        if _date(value):
            parts.filters.append(Filter(key, value, negated))
        else:
            parts.problems.append(Problem(key, value, ("2026-03-31",)))
    else:
        parts.filters.append(Filter(key, value, negated))


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
