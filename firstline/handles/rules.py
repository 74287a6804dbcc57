"""Pure decisions: how much speaks for two contacts being one person, and whether two questions are one."""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from firstline.contacts.rules import normal_address
from firstline.wording.words import STOP_WORDS, stem, words

SUGGESTED, SURE = 0.5, 0.9
"""From which score two contacts are suggested as one person, and from which their conversations are linked."""
SAME_QUESTION = 0.55
MOST_TEXT = 20_000
_PUBLIC_MAIL_TEXT = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com proton.me protonmail.com "
    "gmx.de gmx.net web.de mail.com aol.com zoho.com fastmail.com hey.com qq.com 163.com mail.ru yandex.ru"
)
PUBLIC_MAIL = frozenset(_PUBLIC_MAIL_TEXT.split())
WEIGHTS = {
    "same_address": 0.9,
    "stated": 0.6,
    "same_name": 0.4,
    "handle_is_name": 0.35,
    "same_line": 0.45,
    "same_package": 0.3,
    "handle_has_name": 0.15,
    "other_address": -0.6,
    "colleagues": -0.3,
}
"""What each signal weighs alone; a negative one takes that share of the rest away (M-12)."""
_AFFIXES = re.compile(r"(?:dev|code|codes|hq|official|real|the|io|js|oss|gh|[\d_-])+$|^(?:the|real|its|mr|ms)")
_SCOPED = re.compile(r"@[a-z0-9][\w.-]*/[\w.-]+", re.IGNORECASE)
_HANDLE_IN_TEXT = r"(?<![\w/@.-])(?:@|(?:https?://)?(?:www\.)?(?:github\.com|x\.com|twitter\.com|bsky\.app/profile)/){handle}(?![\w-])"
_LINE = 28


@dataclass(frozen=True, slots=True)
class Handle:
    """One identity: its channel, what it is written as there, and the name that goes with it."""

    channel: str
    address: str
    name: str = ""

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail address."""
        return self.channel in ("email", "web")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a contact: their handles, and what they wrote lately."""

    handles: Sequence[Handle]
    texts: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for, or against, two contacts being one person; `words` is the evidence as it stands."""

    name: str
    words: str

    @property
    def weight(self) -> float:
        """What it weighs alone."""
        return WEIGHTS[self.name]


def signals(one: Known, two: Known) -> list[Signal]:
    """Everything that speaks for or against, the strongest first."""
    found = [*_by_address(one, two), *_by_name(one, two), *_stated(one, two), *_stated(two, one), *_by_text(one, two)]
    return sorted(dict.fromkeys(found), key=lambda signal: -abs(signal.weight))


def score(found: Iterable[Signal]) -> float:
    """0 to 1: what every kind of signal leaves in doubt, multiplied; what speaks against takes its share away."""
    best = {signal.name: signal.weight for signal in found}
    doubt, against = 1.0, 1.0
    for weight in best.values():
        if weight > 0:
            doubt *= 1 - weight
        else:
            against *= 1 + weight
    return round((1 - doubt) * against, 3)


def likeness(one: str, two: str) -> float:
    """How much two questions are one by their words, 0 to 1: by a long line that both hold, else by the share of words
    that they have in common.
    """
    if _same_lines(one, two):
        return 1.0
    a, b = _meant(one), _meant(two)
    shared = len(a & b) / max(1, min(len(a), len(b))) if min(len(a), len(b)) >= 3 else 0.0
    return round(shared * 0.9, 3)


def bare(handle: Handle) -> str:
    """A handle without what people add when it is taken: `casey-dev` and `caseyrivers99@…` become `casey` and
    `caseyrivers`.
    """
    local = handle.address.partition("@")[0] if handle.is_mail else handle.address.strip("@").partition("@")[0]
    local = local.casefold().partition("+")[0].partition(".bsky")[0]
    bare = _AFFIXES.sub("", local)
    return re.sub(r"[^\w]|_", "", bare or local)


def _by_address(one: Known, two: Known) -> list[Signal]:
    mine, theirs = _addresses(one), _addresses(two)
    same = sorted(set(mine) & set(theirs))
    if same:
        return [Signal("same_address", f"{mine[same[0]]} = {theirs[same[0]]}")]
    if not mine or not theirs:
        return []
    shared = sorted(({_domain(found) for found in mine} & {_domain(found) for found in theirs}) - PUBLIC_MAIL)
    return [Signal("colleagues", shared[0])] if shared else []


def _addresses(known: Known) -> dict[str, str]:
    found = {normal_address(one.address): one.address for one in known.handles if one.is_mail}
    found.pop("", None)
    return found


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _by_name(one: Known, two: Known) -> list[Signal]:
    found = []
    for mine in one.handles:
        for theirs in two.handles:
            name = _full_name(mine.name)
            if name and name == _full_name(theirs.name):
                found.append(Signal("same_name", f"{mine.name} = {theirs.name}"))
            if mine.channel != theirs.channel:
                found += _alike(mine, theirs)
    return found


def _full_name(name: str) -> str:
    """A name of two words or more, for comparison; one word is shared by too many."""
    parts = [part for part in re.split(r"[\s.]+", name.casefold()) if len(part) > 1]
    return " ".join(parts) if len(parts) > 1 else ""


def _alike(mine: Handle, theirs: Handle) -> list[Signal]:
    """The handle of one is the other's handle or name, bare of what people add when it is taken."""
    a, b = bare(mine), bare(theirs)
    pairs = [(a, _parts(theirs.name)), (b, _parts(mine.name))]
    spelled = any(len(name) > 1 and handle in _spellings(name) for handle, name in pairs)
    is_first_name = any(name and len(name[0]) >= 4 and handle == name[0] for handle, name in pairs)
    evidence = f"{mine.address} ~ {theirs.address}"
    if spelled or (len(a) >= 5 and a == b and not is_first_name):
        return [Signal("handle_is_name", evidence)]
    return [Signal("handle_has_name", evidence)] if is_first_name else []


def _parts(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.casefold())


def _spellings(name: list[str]) -> set[str]:
    """How a full name becomes a handle: caseyrivers, crivers, caseyr."""
    return {"".join(name), name[0][0] + name[-1], name[0] + name[-1][0]}


def _stated(one: Known, two: Known) -> list[Signal]:
    """What one wrote names a handle of the other: a signature, "I am @casey-dev there"."""
    text = "\n".join(one.texts)[:MOST_TEXT].casefold()
    for handle in two.handles:
        address = handle.address.casefold()
        if handle.is_mail:
            if address in text:
                return [Signal("stated", handle.address)]
        elif len(address) >= 4 and re.search(_HANDLE_IN_TEXT.format(handle=re.escape(address.strip("@"))), text):
            return [Signal("stated", handle.address)]
    return []


def _by_text(one: Known, two: Known) -> list[Signal]:
    found = []
    mine, theirs = "\n".join(one.texts)[:MOST_TEXT], "\n".join(two.texts)[:MOST_TEXT]
    packages = {name.lower() for name in _SCOPED.findall(mine)} & {name.lower() for name in _SCOPED.findall(theirs)}
    if packages:
        found.append(Signal("same_package", min(packages)))
    line = _same_lines(mine, theirs)
    if line:
        found.append(Signal("same_line", line if len(line) <= 80 else f"{line[:79]}…"))
    return found


def _same_lines(one: str, two: str) -> str:
    """The longest line that both hold word by word; "" when there is none worth it."""
    both = _lines(one) & _lines(two)
    return max(both, key=len, default="")


@functools.lru_cache(maxsize=1024)
def _lines(text: str) -> frozenset[str]:
    found = (" ".join(line.lstrip("> ").split()) for line in text.splitlines())
    return frozenset(line for line in found if len(line) >= _LINE)


@functools.lru_cache(maxsize=1024)
def _meant(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text[:MOST_TEXT]) if word not in STOP_WORDS and len(word) > 2)
