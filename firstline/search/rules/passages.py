"""How a text becomes passages, and what marks a message carries for `has:`. Pure."""

import hashlib
import re

MAX_SECTIONS = 40
MAX_QUESTION = 1200

# A mark is a lexeme that no text can hold, since "#" never stands in a search word.
LOG, ATTACHMENT, NOTE, SECRET = "#log", "#attachment", "#note", "#secret"

_HEADING = re.compile(r"^#{1,3}\s+\S")
_FENCE = re.compile(r"^\s*(```|~~~)")
_LOG = re.compile(
    r"^\s*(?:npm (?:ERR!|error)|Traceback \(most recent|error\[E\d+\]|at .+:\d+:\d+\)?$)"
    r"|^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
    r"|^```",
    re.MULTILINE,
)


def sections(markdown: str) -> list[str]:
    """An article's Markdown cut before its headings (levels 1 to 3, not inside code), empty pieces left out.

    At most 40; the rest stays with the last one.
    """
    pieces: list[list[str]] = [[]]
    in_code = False
    for line in markdown.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
        if _HEADING.match(line) and not in_code and len(pieces) < MAX_SECTIONS:
            pieces.append([])
        pieces[-1].append(line)
    return [text for text in ("\n".join(piece).strip() for piece in pieces) if text]


def digest(text: str) -> str:
    """By what a text's vector in other languages is found again."""
    return hashlib.sha256(text.encode()).hexdigest()


WINDOW = 70
STEP = 50


def windows(text: str) -> list[str]:
    """A text in stretches of 70 words, each beginning 50 after the last: what the model can take in at once."""
    said = text.split()
    if len(said) <= WINDOW:
        return [text] if said else []
    return [" ".join(said[start : start + WINDOW]) for start in range(0, len(said) - (WINDOW - STEP), STEP)]


def question(subject: str, text: str) -> str:
    """What somebody asked, for the vector: subject and the beginning of the text, once if they begin alike."""
    subject, text = subject.strip(), text.strip()
    if subject and text.lower().startswith(subject.lower()):
        return text[:MAX_QUESTION]
    return "\n".join(part for part in (subject, text) if part)[:MAX_QUESTION]


def marks(text: str, *, attachments: int = 0, secrets: int = 0, note: bool = False) -> list[str]:
    """The marks of one message or note, by which `has:` finds its conversation."""
    asked = {LOG: bool(_LOG.search(text)), ATTACHMENT: attachments > 0, SECRET: secrets > 0, NOTE: note}
    return [mark for mark, is_so in asked.items() if is_so]
