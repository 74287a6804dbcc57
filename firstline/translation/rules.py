"""What of a text a translator is given, and what of its answer is believed. Pure.

Code, logs and quotations never leave; what must stay byte for byte within a sentence leaves as a numbered place holder.
An answer in which a place holder is missing, doubled or new, or which brings a link that was not there, is refused, and
the paragraph stays in its own language: a translator may be wrong, and may have been told to be by what it read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from firstline.conversations.blocks import LINK, MASK

MOST_CHARACTERS = 20_000
MOST_SPANS = 200
GROWS_AT_MOST = 4
SHORTEST_NAME = 2

_TOOL = (
    r"(?:npm|npx|pnpm|yarn|nvm|pipx?|pip3|python3?|node|git|gh|docker|podman|kubectl|curl|wget|corepack|twine|poetry)"
)
_VERB = (
    r"(?:install|uninstall|add|remove|update|publish|unpublish|deprecate|login|logout|whoami|token|config|cache|audit|"
    r"run|exec|view|pack|link|ci|init|start|test|build|clone|pull|push|set|get|list|delete|clean|create|dlx)"
)
_ARGUMENT = r"(?:--?[a-zA-Z][\w-]{0,40}(?:=[^\s,;]{1,80})?|@?[\w.~^<>=*-]{0,60}[-/@=.~^][\w./@=~^*:-]{0,120}[\w/*])"
_END = r"(?=[\s,;)]|[.!?:](?:\s|$)|$)"
_LAST = r"(?: [a-z][a-z0-9]{1,30}(?=[.,;:!?)]|\s*(?:\n|$|&&)))?"
_NEXT = rf"(?: -m [a-z]{{2,20}}\b| {_VERB}\b| (?:{LINK.pattern})| {_ARGUMENT}{_END})"
_COMMAND = rf"(?<![\w./-])(?:sudo )?{_TOOL}\b(?! ?[.:]?js){_NEXT}{{0,8}}{_LAST}"
_FORMS = (
    MASK.pattern,
    r"``[^`\n]{1,300}``",
    r"`[^`\n]{1,300}`",
    LINK.pattern,
    r"[\[［【⟦]{1,2}[ ]?\d{1,3}[ ]?[\]］】⟧]{1,2}",
    _COMMAND,
    r"\$\{\{[^}\n]{1,80}\}\}|\{\{[^}\n]{1,80}\}\}",
    r"(?<![\w@])@[\w.-]{1,60}(?:/[\w.-]{1,80})?(?:@[\w.^~-]{1,30})?",
    r"(?<!\w)(?:[A-Za-z]:\\|~/|\.{1,2}/|/)[\w.@~+%-]{1,80}(?:[/\\][\w.@~+%-]{1,80}){0,20}(?<!\.)",
    r"(?<![\w-])--?[a-zA-Z][\w-]{1,40}(?:=[^\s,;]{1,80})?",
    r"(?<!\w)(?:\$|%)?[A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,6}%?",
    r"(?<!\w)[^\W_]{1,40}(?:_[^\W_]{1,40}){1,8}(?!\w)",
    r"(?<!\w)E(?:[A-Z]{3,20}|\d{3})(?!\w)",
    r"(?<!\w)#\d{1,9}(?!\w)",
    r"(?<![\w.])\.[a-z][\w.-]{1,40}(?!\w)",
    r"(?<!\w)[A-Za-z][\w-]{0,40}(?:\.[A-Za-z][\w-]{0,40}){1,6}(?:\(\))?(?!\w)",
    r"(?<!\w)[a-z]{1,30}[A-Z]\w{1,40}(?!\w)",
    r"(?<!\w)[A-Za-z]?\d[\w.+~^-]{0,60}\w(?!\w)",
    r"(?<!\w)\d(?!\w)",
)
_KEPT = "|".join(_FORMS)
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_VERBATIM = re.compile(
    r"\s*>|\s*[$#%] \S|(?:\s{4,}|\t)\S|npm (?:ERR!|(?:error|WARN|warn|notice)\b)|\s+at .{1,200}[:(]\d|Traceback \(|"
    r"[\w./\\@-]{1,200}:\d{1,6}(?::\d{1,6})?|\[?\d{1,4}[-:]\d\d[-:]\d\d|\s*[{}\[\]]{1,3}[,;]?\s*$|"
    r"\s*\"[\w@/.-]{1,80}\"\s*:|(?:ERR_PNPM|[A-Z]\w{1,40}Error\b|HTTP/\d|\d{1,6} (?:verbose|info|silly|error|http) )"
)
_HOLDER = re.compile(r"[\[［【⟦]{1,2}\s?(\d{1,3})\s?[\]］】⟧]{1,2}")
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN = re.compile(f"(?:{LINK.pattern})|`|•|www\\.|//")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of whole lines: `asked` is what a translator gets, "" for what stays as it is; `spans` are what its place
    holders stand for; `before` and `after` are the white space around it.
    """

    text: str
    asked: str = ""
    spans: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Translated:
    """A text put together again, and how many of its paragraphs stayed in their own language."""

    text: str
    kept: int


def take_apart(text: str, names: Iterable[str] = ()) -> list[Piece]:
    """The pieces of a text, in order; joined, they are the text byte for byte. `names` stay as they are, too.

    Prose beyond MOST_CHARACTERS is left alone. Linear in the text's length.
    """
    kept = _kept(names)
    pieces, room = [], MOST_CHARACTERS
    for is_prose, run in _runs(text):
        piece = _prose(run, kept) if is_prose and len(run) <= room else Piece(run)
        room -= len(piece.asked)
        pieces.append(piece)
    return pieces


def prose(text: str) -> str:
    """The words of a text alone, as its language is told by: no code, no logs, no names."""
    pieces = take_apart(text[:MOST_CHARACTERS])
    return " ".join(" ".join(_HOLDER.sub(" ", piece.asked).split()) for piece in pieces if piece.asked)


def put_together(pieces: Sequence[Piece], answers: Sequence[str]) -> Translated:
    """The text with the answers for the pieces that were asked, in order; a damaged one leaves its piece as it was."""
    given = iter(answers)
    texts, kept = [], 0
    for piece in pieces:
        restored = _restored(piece, next(given, "")) if piece.asked else piece.text
        kept += restored is None
        texts.append(piece.text if restored is None else restored)
    return Translated("".join(texts), kept)


def _runs(text: str) -> Iterable[tuple[bool, str]]:
    """Whole lines, joined while they are of one kind: prose, or what is never translated."""
    marked, fence = [], ""
    for line in text.splitlines(keepends=True):
        opening = _FENCE.match(line)
        if fence:
            fence = "" if opening and opening[1] == fence else fence
            marked.append(("code", line))
        elif opening:
            fence = opening[1]
            marked.append(("code", line))
        else:
            marked.append((_kind(line), line))
    for kind, run in groupby(marked, key=lambda one: one[0]):
        yield kind == "prose", "".join(line for _kind, line in run)


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    return "code" if _VERBATIM.match(line[:2000]) or len(line) > MOST_CHARACTERS else "prose"


def _kept(names: Iterable[str]) -> re.Pattern[str]:
    wanted = sorted({one for one in names if len(one) >= SHORTEST_NAME}, key=len, reverse=True)
    named = "".join(rf"(?<!\w){re.escape(one)}(?!\w)|" for one in wanted)
    return re.compile(named + _KEPT)


def _prose(run: str, kept: re.Pattern[str]) -> Piece:
    core = run.strip()
    begin = run.index(core)
    spans: list[str] = []

    def hold(found: re.Match[str]) -> str:
        spans.append(found.group(0))
        return f"[[{len(spans)}]]"

    asked = kept.sub(hold, core)
    if len(spans) > MOST_SPANS or not _LETTER.search(_HOLDER.sub("", asked)):
        return Piece(run)
    return Piece(run, asked, tuple(spans), run[:begin], run[begin + len(core) :])


def _restored(piece: Piece, answer: str) -> str | None:
    """The answer with what the place holders stand for, or None when it cannot be trusted."""
    said = answer.strip()
    if not said or len(said) > GROWS_AT_MOST * len(piece.asked) + 80:
        return None
    parts = _HOLDER.split(said)
    numbers = [int(one) for one in parts[1::2]]
    if sorted(numbers) != list(range(1, len(piece.spans) + 1)):
        return None
    if any(_FOREIGN.search(part) for part in parts[::2]):
        return None
    words = [*parts]
    words[1::2] = [piece.spans[number - 1] for number in numbers]
    return piece.before + "".join(words) + piece.after
