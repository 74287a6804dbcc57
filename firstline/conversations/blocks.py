"""Plain text as it is read: paragraphs, quotes, logs with their telling line, links, and masks of sealed secrets.

Pure; it makes pieces, the template tag `message_text` writes them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

WINDOW = 12
MAX_LINES = 2000
LINK = re.compile(
    r"https?://[^\s<>\"'`]{1,2000}[^\s<>\"'`.,;:!?)\]}…]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}(?![\w@])"
)
MASK = re.compile(r"[A-Za-z0-9_\-/+.]{0,40}••••\((?:sha256:[0-9a-f]{4}|[a-z_]{2,40})\)")
CODE = re.compile(r"`([^`\n]{1,300})`")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LOG_SHAPES = (
    r"\s*[$>#%] \S",
    r"npm (?:ERR!|error|WARN|warn|notice)",
    r"(?:yarn|pnpm|ERR_PNPM|error|Error|ERROR|fatal|WARN|warning)\b.{0,40}[:!]?",
    r"\s+at .+[:(]\d",
    r"Traceback|\s*File \"|\s*\^",
    r"[\w./\\@-]+:\d+(?::\d+)?",
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d",
    r"\s*[{}\[\]][,;]?\s*$",
    r"\s*\"?[\w@/.-]+\"?\s*[:=] ?[\"'{\[\d]",
    r"[A-Z][\w-]*Error\b|added \d+ packages|HTTP/\d",
    r"\s{4,}\S",
    r"\d+ (?:verbose|info|silly|error|http) ",
)
_LOG_LINE = re.compile("|".join(_LOG_SHAPES))
_TELLING = re.compile(
    r"\bcode E[A-Z0-9_]{2,}|\bE[A-Z]{4,}[A-Z0-9]*\b|\bERR_[A-Z_]+|\b(?:40[0-9]|42[0-9]|50[0-4])\b"
    r"|\b[A-Z]\w*Error:|\bpermission denied\b"
)
_MARKED = re.compile(r"^(npm (?:ERR!|error)|error|Error|ERROR|fatal)\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: plain, a link, a short piece of code, or the mask of a secret."""

    kind: Literal["text", "link", "code", "mask"]
    text: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of a log: `marked` is the tool's own error prefix, `hit` the line that tells what went wrong."""

    text: str
    marked: str = ""
    hit: bool = False
    dim: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quotation or a code block. Code shows `shown` lines; `lines` are all when there are more."""

    kind: Literal["paragraph", "quote", "code"]
    pieces: tuple[Piece, ...] = ()
    shown: tuple[CodeLine, ...] = ()
    lines: tuple[CodeLine, ...] = ()
    total: int = 0


def blocks(text: str) -> list[Block]:
    """The blocks of a plain text, in order. Linear in its length; never raises."""
    found: list[Block] = []
    for kind, lines in _merged(_chunks(text.replace("\r\n", "\n").split("\n"))):
        if kind == "code":
            found.append(_code(lines))
        elif kind == "quote":
            found.append(Block("quote", tuple(pieces("\n".join(re.sub(r"^\s*> ?", "", line) for line in lines)))))
        else:
            found.append(Block("paragraph", tuple(pieces("\n".join(lines)))))
    return found


def pieces(text: str) -> Iterator[Piece]:
    """The text split at links, backticks and masks; a mask is never part of a link."""
    for piece in masks(text):
        if piece.kind == "mask":
            yield piece
        else:
            yield from _words(piece.text)


def masks(text: str) -> Iterator[Piece]:
    """The text split at the masks of secrets only, as log lines need it."""
    for index, part in enumerate(re.split(f"({MASK.pattern})", text) if "•" in text else [text]):
        if part:
            yield Piece("mask" if index % 2 else "text", part)


def _words(text: str) -> Iterator[Piece]:
    position = 0
    for match in re.finditer(f"(?:{CODE.pattern})|(?:{LINK.pattern})", text):
        if match.start() > position:
            yield Piece("text", text[position : match.start()])
        yield Piece("code", match.group(1)) if match.group(1) else Piece("link", match.group(0))
        position = match.end()
    if position < len(text):
        yield Piece("text", text[position:])


Chunk = tuple[str, list[str]]


def _chunks(lines: Sequence[str]) -> Iterator[Chunk]:
    """Fenced blocks, then runs of lines without an empty one between them, each told apart as code, quote or words."""
    plain: list[str] = []
    fenced: list[str] | None = None
    fence = ""
    for line in lines:
        opening = FENCE.match(line)
        if fenced is not None:
            if opening and opening.group(1) == fence:
                yield "code", fenced
                fenced = None
            else:
                fenced.append(line)
        elif opening:
            yield from _paragraphs(plain)
            plain, fenced, fence = [], [], opening.group(1)
        else:
            plain.append(line)
    if fenced is not None:
        yield "code", fenced
    yield from _paragraphs(plain)


def _paragraphs(lines: Sequence[str]) -> Iterator[Chunk]:
    for is_text, run in groupby(lines, key=lambda line: bool(line.strip())):
        if is_text:
            yield from _told_apart(list(run))


def _told_apart(lines: list[str]) -> Iterator[Chunk]:
    """A log often follows its introduction without an empty line: its first line starts it when most others fit."""
    if all(line.lstrip().startswith(">") for line in lines):
        yield "quote", lines
        return
    is_log = [bool(_LOG_LINE.match(line)) for line in lines]
    first = next((at for at in range(len(lines)) if is_log[at]), None)
    if first is None or len(lines) - first < 2 or sum(is_log[first:]) * 2 < len(lines) - first:
        yield "words", lines
        return
    if first:
        yield "words", lines[:first]
    yield "code", lines[first:]


def _merged(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Logs keep their empty lines: code after code is one block."""
    held: Chunk | None = None
    for kind, lines in chunks:
        if held and kind == held[0] == "code":
            held[1].extend(["", *lines])
            continue
        if held:
            yield held
        held = (kind, lines)
    if held:
        yield held


def _code(lines: list[str]) -> Block:
    total = len(lines)
    lines = lines[:MAX_LINES]
    hit = next((at for at, line in enumerate(lines) if _TELLING.search(line)), None)
    drawn = tuple(_line(line, at == hit) for at, line in enumerate(lines))
    if total <= WINDOW + 3:
        return Block("code", shown=drawn, total=total)
    start = 0 if hit is None else min(max(0, hit - WINDOW // 2), max(0, len(lines) - WINDOW))
    return Block("code", shown=drawn[start : start + WINDOW], lines=drawn, total=total)


def _line(text: str, hit: bool) -> CodeLine:
    marked = _MARKED.match(text)
    prefix = marked.group(0) if marked else ""
    return CodeLine(text[len(prefix) :], prefix, hit, dim=bool(re.match(r"\s*[$#%] \S", text)))
