"""Pure decisions of the ask form."""

import re
from collections.abc import Mapping
from datetime import timedelta

QUICKEST, OPEN_FOR = timedelta(seconds=2), timedelta(hours=12)
"""Nobody fills the form faster; a page that was open for longer gets a new stamp."""
CONFIRM_WITHIN, LOOK_WITHIN, LOOK_FOR = timedelta(hours=24), timedelta(minutes=15), timedelta(hours=1)
MOST_AN_ADDRESS, ADDRESS_WINDOW = 5, timedelta(hours=1)
LETTERS_A_DOMAIN, DOMAIN_WINDOW = 3, timedelta(minutes=1)
LETTER_PAUSE, BREAKER, FEWEST_USUAL = timedelta(hours=24), 5, 12
"""One letter an address in 24 hours (S-11); the breaker opens at five times the usual hour, twelve at least."""
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?")


def origins(text: str) -> list[str]:
    """The web origins in a setting, each once; what is none is left out."""
    words = (word.rstrip("/").lower() for word in text.replace(",", " ").split())
    return list(dict.fromkeys(word for word in words if _ORIGIN.fullmatch(word)))


def stamp_problem(age: timedelta) -> str:
    """`early` or `late` for a stamp of that age, "" for a good one."""
    if age < QUICKEST:
        return "early"
    return "late" if age > OPEN_FOR else ""


def state(outcome: str, status: str, is_answered: bool) -> str:
    """How far a question is, in one word: `read`, `kept`, `waiting`, `answered`, `done`."""
    if outcome == "pending":
        return "read"
    if not status:
        return "kept"
    if status in ("resolved", "spam"):
        return "done"
    return "answered" if is_answered and status == "waiting_on_contact" else "waiting"


def by_field(problems: Mapping[str, str]) -> dict[str, str]:
    """Problems of the JSON by the form's names: `fields.package` is `f_package`."""
    return {name.replace("fields.", "f_"): words for name, words in problems.items()}
