"""Pure decisions about requests: what a mail's first line means, and what of an answer a contact may read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from firstline.evidence.secrets import DOTS
from firstline.wording.audience import leaks

ENOUGH_PAST = 200
"""Answered requests from which on past cases have a say: with fewer, chance would choose."""
WORKING_TIME = {
    "question": timedelta(hours=8),
    "reproduce": timedelta(hours=12),
    "fix": timedelta(hours=24),
    "data_change": timedelta(hours=8),
}
"""Within how much of the engineer's own working time an answer is wanted, unless its asker says otherwise."""
GIVEN_UP_AFTER = timedelta(hours=8)
"""Working time after the nudge in which nothing came: then it is its owner's turn again."""
SHOWN_LENGTH = 1500
LEFT_OUT = {"secret", "address", "number", "name"}
"""What only the engineer's words hold and a contact need not read. Account facts and quotes are theirs already."""
_INNER = re.compile(
    r"(?i)\b(?:our|internal(?:ly)?|in-house) "
    r"(?:customer|database|db|admin|dashboard|grafana|runbook|slack|vault|pager)\b"
    r"|\b(?:do ?n.t|not) (?:tell|share|for the (?:customer|contact))\b|\bbetween us\b|\bfor your eyes\b"
)
_WHO_DID = re.compile(
    r"^\W*([A-ZÀ-Ý][a-zà-ÿ]{2,}) (?:had|has|hit|saw|sees|reported|told|asked|wrote|said|says|uses|used|runs|pays)\b"
)
_PLAIN_WORDS = "that this there they these those what which who she everybody nobody somebody one node npm"
_NOBODY = frozenset(_PLAIN_WORDS.split())
"""Words that may begin a sentence like a name does, and are none."""
_SENTENCE = re.compile(r"(?<=[.!?])[ \t]+(?=[A-ZÀ-Ý`\"“(])")

Verb = Literal["answer", "refuse", "pass"]


@dataclass(frozen=True, slots=True)
class Said:
    """What an engineer's mail wants: answer with `words`, refuse because of them, or pass it on to `to`."""

    verb: Verb
    words: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Safe:
    """What of an answer a contact may read, and the kinds of what was left out."""

    text: str
    left_out: tuple[str, ...]


def read_mail(text: str) -> Said:
    """A mail's words; a first line `/refuse` or `/pass somebody@…` says what else they are.

    >>> read_mail("/pass mira@orbit.example\\nShe wrote it.")
    Said(verb='pass', words='She wrote it.', to='mira@orbit.example')
    """
    first, _newline, rest = text.strip().partition("\n")
    verb, _space, argument = first.strip().partition(" ")
    match verb.lower():
        case "/refuse":
            return Said("refuse", f"{argument}\n{rest}".strip())
        case "/pass":
            return Said("pass", rest.strip(), argument.strip().strip("<>").lower())
    return Said("answer", text.strip())


def safe(answer: str, known: Sequence[str], names: Sequence[str] = ()) -> Safe:
    """What of an engineer's answer may go to a contact: no sentence with a secret, an address, a number or a name that
    the contact has not said or read (`known`), none that speaks of the inside, and none of our people's `names`.
    """
    held: dict[str, None] = {}
    kept = [_kept(line, known, names, held) for line in answer.strip().splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in kept if line is not None)).strip()
    return Safe(text, tuple(held))


def _kept(line: str, known: Sequence[str], names: Sequence[str], held: dict[str, None]) -> str | None:
    """A line without its sentences that hold something; None when nothing is left of it."""
    if not line.strip():
        return line
    pieces = [piece for piece in _SENTENCE.split(line) if not _holds(piece, known, names, held)]
    return " ".join(pieces) if pieces else None


def _holds(piece: str, known: Sequence[str], names: Sequence[str], held: dict[str, None]) -> bool:
    kinds = {leak.kind for leak in leaks(piece, [piece], known, most=None)} & LEFT_OUT
    if DOTS in piece:
        kinds.add("secret")
    who = _WHO_DID.match(piece)
    if who and who[1].lower() not in _NOBODY and not any(who[1].lower() in text.lower() for text in known):
        kinds.add("name")
    if _INNER.search(piece):
        kinds.add("inside")
    if any(re.search(rf"\b{re.escape(name)}\b", piece) for name in names if len(name) > 1):
        kinds.add("name")
    held.update(dict.fromkeys(sorted(kinds)))
    return bool(kinds)


def shortened(text: str, length: int = SHOWN_LENGTH) -> str:
    """The beginning of a text, at most so many characters, cut between words."""
    text = text.strip()
    return text if len(text) <= length else f"{text[:length].rsplit(None, 1)[0]} …"
