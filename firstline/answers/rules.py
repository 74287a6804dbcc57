"""What of an article answers a question, and how strong a match is. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from firstline.wording import thanks

LONGEST = 1400
MOST_BLOCKS = 12


class Strength(StrEnum):
    """How well a source fits. A calibrated probability is a later step; until then three honest words."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


# Where matches part into good and poor, by the best cosine (MiniLM) or, without vectors, by the share of the
# question's word information that the article holds. Of 2,000 questions about other matters 1 to 5 in a hundred reach
# the lowest cosine against the starter set (19 in a hundred of a bank's, whose cards and accounts resemble ours), and
# at most 2 in a hundred the highest.
COSINES = (0.66, 0.57, 0.5)
# Cosines of the multilingual model lie higher: of 964 questions, a third of them without an answer, 98, 95 and 87 in a
# hundred were right from these on.
FOREIGN_COSINES = (0.93, 0.91, 0.89)
COVERAGES = (0.75, 0.6, 0.5)
SURE_DIAGNOSIS = 0.8


def strength(
    *,
    cosine: float,
    coverage: float,
    has_vectors: bool,
    diagnosed: float | None,
    is_unknown_paste: bool = False,
    names_another: bool = False,
    is_foreign: bool = False,
) -> Strength | None:
    """Strength of a match; `diagnosed` is the diagnosis' confidence when the article names the diagnosed signature.

    A paste that nobody recognised resembles every article with a paste in it, and so does one that was recognised while
    the article is about another failure (`names_another`): both are weak at best. None means that nothing can be backed
    and nothing is proposed.
    """
    value, steps = (cosine, FOREIGN_COSINES if is_foreign else COSINES) if has_vectors else (coverage, COVERAGES)
    if is_unknown_paste or names_another:
        return Strength.WEAK if value >= steps[1] else None
    if value >= steps[0] or (diagnosed is not None and diagnosed >= SURE_DIAGNOSIS):
        return Strength.STRONG
    if value >= steps[1] or diagnosed is not None:
        return Strength.FAIR
    return Strength.WEAK if value >= steps[2] else None


SURE, LIKELY = 0.8, 0.5


def strength_of(confidence: float) -> Strength:
    """The word for a calibrated probability, so that the card never says a strong match and a small number."""
    if confidence >= SURE:
        return Strength.STRONG
    return Strength.FAIR if confidence >= LIKELY else Strength.WEAK


# ---------- what is asked ----------

LONGEST_QUESTION = 600
_GREETING = re.compile(
    r"(?i)^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings)\b[^.?!]{0,40}[,!.]?$"
)
_CLOSING = re.compile(
    r"(?i)^(?:(?:many )?thanks?(?: you)?(?: (?:so much|a lot|in advance))?|cheers"
    r"|(?:best|kind|warm)(?: regards| wishes)?|regards|yours(?: sincerely)?|sincerely|--)[ ,.!]*$"
)
_REPLY_PREFIX = re.compile(r"(?i)^(?:(?:re|aw|fwd?|wg|sv|antw)\s*:\s*)+")
_OUTPUT = re.compile(
    r"^\s*(?:[$>#%] ?\S|npm |yarn |pnpm |ERR|error|WARN|\d+ \w+ |at |\w*Error:|[{}\[\]])|https?://\S+ -"
)


def question(subject: str, text: str, telling: Sequence[str] = ()) -> str:
    """What to search for: the subject, the sentences of the message without greeting, closing and logs, and the
    telling lines of a log. At most about 800 characters."""
    lines: list[str] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if _CLOSING.match(line) and lines:
            break
        if line and not _GREETING.match(line) and not (_OUTPUT.search(line) and line not in telling):
            lines.append(line)
    prose = " ".join(lines)[:LONGEST_QUESTION]
    parts = [_REPLY_PREFIX.sub("", subject).strip(), prose, " ".join(telling)[:200]]
    return "\n".join(part for part in parts if part)


_THANKS = re.compile(
    r"(?i)\b(?:thanks?|thx|merci|danke|gracias|obrigad[oa]|perfect|solved|works (?:now|again)|worked)\b"
)
_MORE = re.compile(r"(?i)\?|\b(?:but|however|still|again fails|not work\w*|doesn't|does not|error)\b")
LONGEST_THANKS = 200


def is_thanks(text: str) -> bool:
    """Whether a message only says thank you, so that no answer need be proposed; "thanks for nothing" does not."""
    says_so = len(text) <= LONGEST_THANKS and bool(_THANKS.search(text))
    return says_so and not _MORE.search(text) and not thanks.is_complaint(text)


_REPORT = re.compile(
    r"(?i)\bphish\w*|\bscam\b|\bis (?:this|it) (?:mail |e-?mail |message )?(?:really |actually )?(?:from )?you\b"
    r"|\bimpersonat\w+|^-{4,} ?(?:forwarded message|original message)|^begin forwarded message",
    re.MULTILINE,
)


def is_report(text: str) -> bool:
    """Whether a message passes on what somebody else wrote, or asks whether it was us: its words are not its question,
    so that articles which resemble them answer nothing.
    """
    return bool(_REPORT.search(text))


# ---------- the steps of an article ----------

_HEADING = re.compile(r"^(#{1,4})\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s")
_ASIDE = re.compile(
    r"(?i)^(?:still (?:stuck|not)|why\b|what (?:happened|it means|the message)|background|see also|related"
    r"|more\b|good to know|next time)"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list or code block of an article, word for word, under its nearest heading."""

    markdown: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading ("" before the first) and its blocks."""

    heading: str
    blocks: tuple[Block, ...]


def sections(body: str) -> list[Section]:
    """The article's sections; a list with the code between its items stays one block."""
    found: list[tuple[str, list[Block]]] = [("", [])]
    for kind, text in _pieces(body):
        if kind == "heading":
            found.append((text, []))
        else:
            found[-1][1].append(Block(text, found[-1][0]))
    return [Section(heading, tuple(blocks)) for heading, blocks in found if blocks]


def extract(body: str, question: str, nearest: str = "") -> list[Block]:
    """The blocks of an article that answer: its first paragraph, then the section that fits the question best.

    `nearest` is the passage that search found nearest in meaning. Sections that explain or say goodbye ("Why this
    happens", "Still stuck?") are left out. At most 12 blocks and about 1,400 characters; a block is never cut.
    """
    all_sections = sections(body)
    if not all_sections:
        return []
    opening = list(all_sections[0].blocks[:1]) if all_sections[0].heading == "" else []
    steps = [one for one in all_sections if one.heading and not _ASIDE.match(one.heading)]
    if steps:
        chosen = opening + list(max(steps, key=lambda one: _fit(one, question, nearest)).blocks)
    else:
        chosen = list(all_sections[0].blocks)
    return _within_length(chosen)


def _within_length(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    length = 0
    for block in blocks[:MOST_BLOCKS]:
        length += len(block.markdown)
        if kept and length > LONGEST:
            break
        kept.append(block)
    return kept


NEAREST = 0.3


def _fit(section: Section, question: str, nearest: str) -> float:
    """Share of the question's longer words that the section holds, plus share of its heading's words that are asked."""
    asked, heading = _words(question), _words(section.heading)
    said = _words("\n".join((section.heading, *(block.markdown for block in section.blocks))))
    longer = {word for word in asked if len(word) > 3}
    fit = len(longer & said) / len(longer) if longer else 0.0
    fit += len(heading & asked) / len(heading) if heading else 0.0
    return fit + (NEAREST if nearest.startswith(section.heading) else 0.0)


def _words(text: str) -> set[str]:
    return {word.rstrip(".") for word in re.findall(r"[\w@./-]{2,}", text.lower())}


def _pieces(body: str) -> list[tuple[str, str]]:
    """Headings and blocks in order, as ("heading" | "block", text)."""
    pieces: list[tuple[str, str]] = []
    current: list[str] = []
    fence = ""
    for line in [*body.replace("\r\n", "\n").split("\n"), ""]:
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line)
        if heading or (not line.strip() and not fence):
            _close(pieces, current)
            if heading:
                pieces.append(("heading", heading[2]))
        else:
            current.append(line)
    return pieces


def _close(pieces: list[tuple[str, str]], current: list[str]) -> None:
    if not current:
        return
    text = "\n".join(current).rstrip()
    current.clear()
    before = pieces[-1] if pieces else ("", "")
    is_list = before[0] == "block" and bool(_ITEM.match(before[1]))
    if is_list and (text[:1].isspace() or _ITEM.match(text)):
        pieces[-1] = ("block", f"{before[1]}\n\n{text}")
    else:
        pieces.append(("block", text))


# ---------- what goes into the composer ----------


def compose(blocks: Sequence[str], *, first_name: str) -> str:
    """Markdown for the composer: a greeting, then the blocks as they are. Marks of citations stay at the desk."""
    return "\n\n".join([f"Hi {first_name}," if first_name else "Hi,", *blocks]) + "\n"


def with_source(text: str, *, title: str, address: str, base: str) -> str:
    """The text with one link to the whole article at its end; links within the help centre get `base` in front,
    since a mail has no address to be relative to.
    """
    whole = _RELATIVE_LINK.sub(lambda link: f"]({base.rstrip('/')}{link[1]}", text.rstrip())
    return f"{whole}\n\nThe whole article: [{title}]({address})\n"


_RELATIVE_LINK = re.compile(r"\]\((/[^/)][^)]*)")


def first_name(name: str) -> str:
    """The name to greet by: the first word of a real name, or nothing for handles and addresses."""
    word = name.strip().split(" ")[0].strip(",")
    return word if word.replace("-", "").replace("'", "").isalpha() else ""
