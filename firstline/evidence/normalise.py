"""Makes pastes from terminals, CI systems, debug logs and mails look alike, keeping the number of each line."""

import html
import re
from dataclasses import dataclass

HEAD = 50_000  # code points kept from the start of a long paste: the command and the versions stand there
TAIL = 200_000  # and from its end: the error stands there
LONGEST_LINE = 2000  # longer ones are read in pieces, so that no pattern runs over a whole log on one line

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-_])|\[(?:\d{1,2};)?\d{1,2}m")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_QUOTE = re.compile(r"^(?!>>> (?:pip|python|import|from)\b)(?:> ?)+")  # a mail's quotes, not Python's prompt

# What systems put before a line, one row each; a line may bear several (a container's log inside a CI's).
_PREFIX = re.compile(
    r"^(?:"
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?(?: \d\d[OE][+ ]?)?"  # GitHub
    r"|\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d"  # Bamboo
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?(?:\[Step \d+/\d+\])?"  # Netlify, Vercel, TeamCity
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,60} \S{1,60}:"  # syslog, Heroku
    r"|#\d{1,3} \d+\.\d+|\d{1,4}\.\d{3}(?= )"  # docker build
    r"|[a-z][\w.-]{0,40}[-_]\d{1,3} {1,20}\|"  # docker compose
    r"|##\[(?:error|warning|section|command|debug)\]"  # Azure Pipelines
    r"|\[(?:ERROR|INFO|WARN(?:ING)?|DEBUG)\] (?=npm |gyp |yarn |pnpm )"  # Maven's frontend plugin
    r"|remote: {1,12}(?=npm |gyp |yarn |pnpm |ERR|err|-----)"  # a push that builds
    r")(?:\s+(?:UTC|GMT|[A-Z]{2,3}T)\b)?[ \t:|]*"
)
_INDENT = re.compile(r"^[ \t]+(?=npm (?:ERR!|error|WARN|warn|notice)|\d{1,6} (?:verbose|silly|error|warn|info|http) )")
_DEBUG_LINE = re.compile(r"^\d{1,6} (?P<level>error|verbose stack|warn)\b ?")
_DEBUG_LEVELS = {"error": "npm ERR! ", "verbose stack": "npm ERR! ", "warn": "npm WARN "}
MOST_PREFIXES = 3


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
    lines = [Line(number, piece) for number, raw in _capped(text) for piece in _pieces(_line(raw))]
    return Paste(tuple(lines), "\n".join(line.text for line in lines), tuple(_rejoined(lines)))


def _capped(text: str) -> list[tuple[int, str]]:
    if len(text) <= HEAD + TAIL:
        return list(enumerate(text.split("\n")))
    head = text[:HEAD].split("\n")[:-1] or [text[:HEAD]]
    cut = text.find("\n", len(text) - TAIL)
    start = len(text) - TAIL if cut < 0 else cut + 1
    first = text.count("\n", 0, start)
    return [*enumerate(head), *((first + offset, raw) for offset, raw in enumerate(text[start:].split("\n")))]


def _pieces(line: str) -> list[str]:
    return [line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE)] or [""]


def _line(raw: str) -> str:
    text = _ANSI.sub("", raw).rstrip("\r")
    text = text.rpartition("\r")[2] if "\r" in text else text  # what a progress bar left standing
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    text = _QUOTE.sub("", text.replace("\u00a0", " ").replace("\ufeff", ""))
    text = _INDENT.sub("", _without_prefixes(text))
    debug = _DEBUG_LINE.match(text)
    if debug:
        text = _DEBUG_LEVELS[debug["level"]] + text[debug.end() :]
    text = re.sub(r"\bnpm (?:error(?= |$)|ERR!)", "npm ERR!", text)
    text = re.sub(r"\bnpm warn(?= |$)", "npm WARN", text)
    text = text.replace("%2f", "/").replace("%2F", "/")
    return text.rstrip()


def _without_prefixes(text: str) -> str:
    for _ in range(MOST_PREFIXES):
        bare = text.lstrip("\t ")
        prefix = _PREFIX.match(bare)
        if prefix is None:
            break
        text = bare[prefix.end() :]
    return text


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
