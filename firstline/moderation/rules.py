"""Pure decisions of moderation: the ladder, what a decision must say, near copies, near misses of a ban."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from firstline.contacts.rules import normal_address
from firstline.conversations.models.vocabulary import COVERED_FROM, SEVERITY, Reason

POLICY_VERSION: Final = "conduct-1"
STRIKE_DECAYS: Final = timedelta(days=180)
PROPOSED_BAN_ACTS: Final = timedelta(days=30)
APPEAL_WINDOW: Final = timedelta(days=180)
SKETCH_SIZE: Final = 64
NEAR_COPY: Final = 0.8
EVADES_FROM: Final = 0.8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder; `days` None where a measure has no end by time."""

    measure: str
    days: int | None


LADDER: Final[dict[int, tuple[Rung, ...]]] = {
    1: (Rung("warn", None), Rung("slow", 7), Rung("suspend", 7), Rung("suspend", 30)),
    2: (Rung("suspend", 7), Rung("suspend", 30), Rung("suspend", 365)),
    3: (Rung("suspend", 30), Rung("suspend", 365)),
}
SLOW_PER_DAY: Final = 3
_ORDER: Final = ("note", "warn", "slow", "mute", "restrict_channel", "suspend", "ban")


def rung(severity: int, strikes: int) -> Rung:
    """What the ladder proposes to somebody with so many strikes that count; severity 0 is never sanctioned."""
    steps = LADDER.get(severity)
    return steps[min(strikes, len(steps) - 1)] if steps else Rung("note", None)


def skips(chosen: str, days: int | None, proposed: Rung) -> bool:
    """Whether a decision is harder than its rung: that needs a written reason."""
    here, there = _ORDER.index(chosen), _ORDER.index(proposed.measure)
    return here > there or (here == there and proposed.days is not None and (days or 0) > proposed.days)


def is_one_bad_day(severity: int, conversations: int) -> bool:
    """A sanction needs two conversations or severity 2, else a justification (M-11)."""
    return severity < COVERED_FROM and conversations < 2


def is_sanctionable(reason: str) -> bool:
    """Frustration, being off topic and being in danger are never sanctioned."""
    return SEVERITY[reason] > 0


def detected_reason(found: Sequence[str]) -> str:
    """The gravest of the reasons that a detector gave; insults, when only its model spoke."""
    return max(found, key=lambda one: SEVERITY[one], default=Reason.INSULT.value)


def detected_severity(reason: str) -> int:
    """A detector's word is taken as severe enough to cover, never as less (W-01)."""
    return max(COVERED_FROM, SEVERITY[reason])


def hours_to_decide(severity: int) -> int:
    """How long a case may wait."""
    return {3: 2, 2: 12}.get(severity, 48)


# ---------- near copies ----------


def sketch(text: str) -> bytes:
    """64 minima of hashed word runs (Broder 1997): texts that share most runs share most minima. b"" without words."""
    words = [one.casefold() for one in _WORD.findall(text)]
    runs = {" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))} if words else set()
    if not runs:
        return b""
    hashed = b"".join(hashlib.shake_128(run.encode()).digest(SKETCH_SIZE * 2) for run in runs)
    minima: bytes = np.frombuffer(hashed, np.uint16).reshape(-1, SKETCH_SIZE).min(axis=0).tobytes()
    return minima


def alike(one: bytes, others: Sequence[bytes]) -> list[float]:
    """The share of minima that a sketch has in common with each other one, 0 to 1: how much their words overlap."""
    if not one or not others:
        return [0.0] * len(others)
    blank = bytes(SKETCH_SIZE * 2)
    many = np.frombuffer(b"".join(other or blank for other in others), np.uint16).reshape(len(others), SKETCH_SIZE)
    shares: list[float] = (many == np.frombuffer(one, np.uint16)).mean(axis=1).tolist()
    return [share if other else 0.0 for share, other in zip(shares, others, strict=True)]


# ---------- coming back after a ban ----------


def normalised(address: str) -> str:
    """An address or handle for matching only, never for sending (M-13)."""
    text = unicodedata.normalize("NFKC", address.strip())
    return normal_address(text) or text.casefold().removeprefix("@")


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign that somebody may be a person who is banned: what, how much it weighs, what it rests on."""

    kind: str
    weight: float
    detail: str = ""


WEIGHTS: Final = {
    "address": 1.0,
    "account": 1.0,
    "verified_address": 1.0,
    "text": 0.7,
    "links": 0.4,
    "packages": 0.3,
    "local_part": 0.3,
    "fresh": 0.15,
    "shared_domain": -0.3,
}
"""Of each sign. What a company shares (its mail domain) speaks against, not for (M-12)."""


def evasion_score(signals: Iterable[Signal]) -> float:
    """0 to 1; from EVADES_FROM on somebody looks at it, and nothing else happens by itself."""
    return max(0.0, min(1.0, sum(signal.weight for signal in signals)))


def shared(one: Collection[str], other: Collection[str]) -> list[str]:
    """What both name, sorted."""
    return sorted(set(one) & set(other))


# ---------- whom a text names ----------


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded, as names are looked for in them."""
    return frozenset(unicodedata.normalize("NFKC", one).casefold() for one in _WORD.findall(text))


def names(name: str, words: Collection[str]) -> bool:
    """Whether some words name a person: by first or last name, of three letters at least. A name that is also a word
    costs nothing but that somebody else reads it.
    """
    return any(len(one) >= 3 and one in words for one in words_of(name))
