"""Makes pastes from terminals, CI systems, debug logs and mails look alike, keeping the number of each line."""

import re
from dataclasses import dataclass

HEAD = 50_000  # code points kept from the start of a long paste: the command and the versions stand there
TAIL = 200_000  # and from its end: the error stands there

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-_])|\[(?:\d{1,2};)?\d{1,2}m")
_STAMP = re.compile(
    r"^(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d"
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?|#\d{1,3} \d+\.\d+)(?:\s+[A-Z]{2,5}Z?)?[ \t:|]*"
)
_QUOTE = re.compile(r"^(?:> ?)+")
_DEBUG_LINE = re.compile(r"^\d{1,6} (?P<level>error|verbose stack|warn)\b ?")
_DEBUG_LEVELS = {"error": "npm ERR! ", "verbose stack": "npm ERR! ", "warn": "npm WARN "}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paste: its number in the original (from 0) and its text after normalising."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Paste:
    """A normalised paste; `rejoined` holds copies in which hard-wrapped lines are joined again (may be empty)."""

    lines: tuple[Line, ...]
    text: str
    rejoined: tuple[str, ...]

    def line_of(self, position: int) -> int:
        """Index into `lines` of the line that holds this position of `text`."""
        return self.text.count("\n", 0, position)


def normalise(text: str) -> Paste:
    """Normalised form of the first 50,000 and the last 200,000 code points of the text."""
    lines = [Line(number, _line(raw)) for number, raw in _capped(text)]
    return Paste(tuple(lines), "\n".join(line.text for line in lines), tuple(_rejoined(lines)))


def _capped(text: str) -> list[tuple[int, str]]:
    if len(text) <= HEAD + TAIL:
        return list(enumerate(text.split("\n")))
    head = text[:HEAD].split("\n")[:-1] or [text[:HEAD]]
    cut = text.find("\n", len(text) - TAIL)
    start = len(text) - TAIL if cut < 0 else cut + 1
    first = text.count("\n", 0, start)
    return [*enumerate(head), *((first + offset, raw) for offset, raw in enumerate(text[start:].split("\n")))]


def _line(raw: str) -> str:
    text = _ANSI.sub("", raw).rstrip("\r")
    text = text.rpartition("\r")[2] if "\r" in text else text  # what a progress bar left standing
    text = _QUOTE.sub("", text.replace("\u00a0", " ").replace("\ufeff", ""))
    text = _STAMP.sub("", text.lstrip("\t ") if text[:1] in "\t " and _STAMP.match(text.lstrip("\t ")) else text)
    debug = _DEBUG_LINE.match(text)
    if debug:
        text = _DEBUG_LEVELS[debug["level"]] + text[debug.end() :]
    text = re.sub(r"\bnpm (?:error(?= |$)|ERR!)", "npm ERR!", text)
    text = re.sub(r"\bnpm warn(?= |$)", "npm WARN", text)
    text = text.replace("%2f", "/").replace("%2F", "/")
    return text.rstrip()


# ---------- wrapped lines ----------

_STARTS_ANEW = re.compile(
    r"^(?:npm |ERR|error|warn|gyp |node:|pnpm |yarn |➤|\s+at |\s*$|[$>#*-] |\d+ |File \"|\w*Error:|Traceback)",
    re.IGNORECASE,
)
_NPM_PREFIX = re.compile(r"^npm (?:ERR!|WARN) ?")
NARROWEST = 50  # no console or mail client wraps a line shorter than this


def _rejoined(lines: list[Line]) -> list[str]:
    """Copies with wrapped lines joined: without a space as consoles of 80 columns cut, with one as mail clients do."""
    if len(lines) > 4000 or not any(len(line.text) >= NARROWEST for line in lines):
        return []
    texts = [line.text for line in lines]
    return [copy for copy in dict.fromkeys((_joined(texts, ""), _joined(texts, " "))) if copy != "\n".join(texts)]


def _joined(texts: list[str], glue: str) -> str:
    joined: list[str] = []
    wraps = False
    for text in texts:
        bare = _NPM_PREFIX.sub("", text)
        carried = bare if glue or bare[:1].islower() else text
        if wraps and joined and not _STARTS_ANEW.match(carried) and len(joined[-1]) < 2000:
            joined[-1] += glue + carried.lstrip()
        else:
            joined.append(text)
        wraps = len(text) >= NARROWEST
    return "\n".join(joined)
