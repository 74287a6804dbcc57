"""Who is asked how it was, and what an answer may say. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

WAIT_HOURS = 24
"""Between the end of a conversation and the question, unless an inbox says otherwise (domain.md, section 6)."""
PAUSE = timedelta(days=30)
"""Nobody is asked twice within it, however often they write."""
OPEN_FOR = timedelta(days=30)
"""How long the links of a question work."""
MOST_HOURS = 14 * 24
LEAST_EFFORT, MOST_EFFORT = 1, 7
WORDS = 2000

_SPARED_FAMILIES = ("TS-", "LEG-", "SEC-")
_SPARED_CASES = frozenset({"AUTH-09", "AUTH-12"})
"""An account taken over; a maintainer who died."""


class Why(StrEnum):
    """Why somebody is not asked. `SPARED` does not say of what: bans, grief and safety look alike in every figure."""

    OFF = "off"
    OPEN_AGAIN = "open_again"
    NOT_ANSWERED = "not_answered"
    SPARED = "spared"
    PUBLIC = "public"
    UNPROVED = "unproved"
    MACHINE = "machine"
    LATELY = "lately"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a conversation that has ended.

    `answered`: it was resolved with an answer. `by_person`: somebody of the team wrote to the contact, or the contact
    said of an automatic answer that it helped. `case`: its case type, "" for none.
    """

    is_on: bool = True
    is_resolved: bool = True
    answered: bool = True
    sealed: bool = False
    covered: bool = False
    reported: bool = False
    sanctioned: bool = False
    cared_for: bool = False
    grieves: bool = False
    case: str = ""
    private: bool = True
    proved: bool = True
    by_person: bool = True
    asked_lately: bool = False
    wants_no_mail: bool = False


def why_not(facts: Facts) -> Why | None:
    """The first reason not to ask; None when nothing speaks against it.

    Never after bans, grief and safety cases: a question about satisfaction there is an insult.
    """
    reasons = (
        (not facts.is_on, Why.OFF),
        (not facts.is_resolved, Why.OPEN_AGAIN),
        (is_spared(facts), Why.SPARED),
        (not facts.answered, Why.NOT_ANSWERED),
        (not facts.private, Why.PUBLIC),
        (not facts.proved, Why.UNPROVED),
        (facts.wants_no_mail, Why.STOPPED),
        (not facts.by_person, Why.MACHINE),
        (facts.asked_lately, Why.LATELY),
    )
    return next((why for holds, why in reasons if holds), None)


def is_spared(facts: Facts) -> bool:
    """Whether something in it was too hard, or too unfriendly, to ask how it felt."""
    touched = facts.sealed or facts.covered or facts.reported or facts.sanctioned or facts.cared_for or facts.grieves
    return touched or facts.case.startswith(_SPARED_FAMILIES) or facts.case in _SPARED_CASES


GOOD_REASONS = ("solved", "quick", "clear", "kind")
BAD_REASONS = ("unsolved", "slow", "unclear", "unkind", "repeated")


def reasons_for(rating: str) -> tuple[str, ...]:
    """The reasons that somebody may tick beside a rating."""
    return GOOD_REASONS if rating == "good" else BAD_REASONS
