"""What a reply leaves out or should not say, found before it is sent: instant, explained, always overridable.

The checks and their levels are those of the desk's plan (domain notes, section 7). No model: rules on words, so that
each finding can name the words it was made from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from firstline.wording import advice, answered, danger, manners, naming, placeholders, promises, steps

Level = Literal["block", "warn", "hint"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows of the case: the contact's name, their packages, and what they were advised already."""

    name: str = ""
    packages: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: which check, how serious, and the words it is about."""

    check: str
    level: Level
    words: str


_Check = Callable[[str, str, Known], Sequence[str]]

_CHECKS: tuple[tuple[str, Level, _Check], ...] = (
    ("placeholder", "block", lambda incoming, draft, known: placeholders.left(draft)),
    ("private_data", "block", lambda incoming, draft, known: danger.private(incoming, draft)),
    ("wrong_name", "warn", lambda incoming, draft, known: naming.wrong(incoming, draft, known.name, known.packages)),
    ("same_advice", "warn", lambda incoming, draft, known: advice.repeated(draft, known.told)),
    ("question_untouched", "warn", lambda incoming, draft, known: answered.untouched(incoming, draft)),
    ("no_next_step", "warn", lambda incoming, draft, known: steps.missing(incoming, draft)),
    ("blame", "warn", lambda incoming, draft, known: manners.blame(draft)),
    ("promise", "warn", lambda incoming, draft, known: promises.unfounded(draft)),
    ("risky_command", "warn", lambda incoming, draft, known: danger.risky(draft)),
    ("belittling", "hint", lambda incoming, draft, known: manners.belittling(draft)),
    ("no_acknowledgement", "hint", lambda incoming, draft, known: manners.unacknowledged(incoming, draft)),
    ("length", "hint", lambda incoming, draft, known: manners.length(incoming, draft)),
)

MOST_HINTS = 1
"""More than one hint a reply is nagging: the first one is shown."""


def check(incoming: str, draft: str, known: Known | None = None) -> list[Finding]:
    """Everything to look at in a draft that answers `incoming`, blocks first; at most one hint."""
    facts = known or Known()
    if not draft.strip():
        return []
    found = [
        Finding(name, level, words) for name, level, looks in _CHECKS for words in looks(incoming, draft, facts)[:1]
    ]
    hints = [one for one in found if one.level == "hint"][:MOST_HINTS]
    return [one for one in found if one.level != "hint"] + hints
