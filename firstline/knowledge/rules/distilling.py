"""From what an agent wrote to one person to what everybody may read.

Nothing is added: greeting, thanks, farewell and signature go, the contact's name, addresses and secrets are replaced by
neutral words, and everything that went is listed so that the author can check it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from firstline.evidence import secrets
from firstline.knowledge.rules import packages

TITLE_LENGTH = 120
QUESTION_LENGTH = 400

Kind = Literal["greeting", "farewell", "signature", "name", "address", "place", "number", "package", "secret"]


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that was left out or replaced, as it stood (a secret: its mask)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Distilled:
    """The text that is left, and what was taken out, each thing once."""

    text: str
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Whose names must not stay: the contact's and the agents'; `keep` holds addresses that may (the desk's own)."""

    contact: str = ""
    agents: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b"
    r"(?: there| again| all)?[^\n.!?:;]{0,40}?(?:[,!.:–—-]|$)\s*",
    re.IGNORECASE,
)
_NICETY = re.compile(
    r"(?:(?:many )?thanks|thank you|thx|sorry (?:for|about)|apologies|glad to|happy to|great (?:question|to hear)"
    r"|welcome (?:back|to))\b[^\n.!?]*(?:[.!?]+|$)\s*",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"(?:(?:please )?(?:let (?:me|us) know|tell (?:me|us)|write back|reply|just reply)\b[^\n.!?]*(?:[.!?]+|$)"
    r"|(?:i )?hope (?:this|that|it) helps?\b[^\n.!?]*(?:[.!?]+|$)"
    r"|(?:feel free|don[’']t hesitate|we[’']re here|i[’']m here)\b[^\n.!?]*(?:[.!?]+|$)"
    r"|(?:have a|enjoy your) (?:great|good|nice|lovely)\b[^\n.!?]*(?:[.!?]+|$)"
    r"|good luck\b[^\n.!?]*(?:[.!?]+|$))\s*",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:best(?: regards| wishes)?|kind regards|warm(?:ly| regards)?|regards|cheers|many thanks|thanks|thank you"
    r"|sincerely|yours(?: truly)?|all the best|take care|greetings|bye|–|—)[\s,.!–—-]*(?:[A-Z][\w’'-]*\s*){0,3}$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_HOME = re.compile(r"((?:/Users/|/home/|[A-Za-z]:\\Users\\))([\w.-]+)")
_NUMBER = re.compile(r"\s?\((?:see )?#(\d{1,12})\)|\s?#(\d{1,12})\b")
_OURS = ("127.", "0.", "10.", "192.168.", "192.0.2.", "198.51.100.", "203.0.113.", "169.254.", "255.")
_PRINTED = re.compile(  # how tools begin a line
    r"\s*(?:npm (?:error|ERR!|warn|notice)|(?:yarn|pnpm) (?:error|warn|run|install|add|v\d)|ERR[_!]|(?-i:E[A-Z]{4,})\b"
    r"|\w*(?:Error|Exception|Warning) ?:|fatal: |at \S+ \(|Traceback|  File |[>$#|➤│]|(?-i:\d{3} [A-Z])"
    r"|https?://\S+$|[{}\[\]]+$)",
    re.IGNORECASE,
)
_EXAMPLE_PEOPLE = {"you", "user", "username", "name", "runner", "shared", "public"}


def distil(texts: Sequence[str], people: People) -> Distilled:
    """One Markdown text out of the messages `texts`, oldest first, without what belonged to one person."""
    removed: dict[Removed, None] = {}
    parts = []
    for text in texts:
        kept = _neutral(_without_frame(text.replace("\r\n", "\n"), people, removed), people, removed)
        if kept:
            parts.append(kept)
    return Distilled("\n\n".join(parts), tuple(removed))


def question_of(subject: str, text: str, people: People) -> str:
    """What the contact asked, in their words, masked: subject and start of the text, at most 400 characters."""
    removed: dict[Removed, None] = {}
    words = " ".join(_prose(_without_frame(text, _signing(people), removed)).split())
    subject = clean_subject(subject)
    if (not words or _says_something(subject)) and subject.casefold() not in words.casefold():
        words = f"{subject}. {words}" if words else subject
    return _cut(_neutral(words, people, removed), QUESTION_LENGTH)


def title_of(subject: str, text: str, people: People) -> str:
    """A title in the reader's words: the subject if it says something, else the text's first question."""
    removed: dict[Removed, None] = {}
    subject = clean_subject(subject)
    if not _says_something(subject):
        prose = " ".join(_prose(_without_frame(text, _signing(people), removed)).split())
        sentences = re.findall(r"[^.!?]+[.!?]?", prose) or [""]
        subject = next((one for one in sentences if one.endswith("?")), sentences[0]).strip(" .") or subject
    title = _cut(_neutral(subject, people, removed), TITLE_LENGTH)
    return title[:1].upper() + title[1:]


def neutral(text: str, people: People) -> str:
    """The text as it was said, with secrets, private packages, addresses, places and the contact's name replaced."""
    removed: dict[Removed, None] = {}
    return _neutral(text, people, removed)


def _signing(people: People) -> People:
    """For the contact's own words, which they sign with their own name."""
    return replace(people, agents=(*people.agents, people.contact))


def clean_subject(subject: str) -> str:
    """A subject without Re:, Fwd: and their kin in front, and without [tags]."""
    previous = None
    while subject != previous:
        previous = subject
        subject = re.sub(
            r"^\s*(?:re|aw|sv|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*|^\s*\[[^\]]{0,40}\]\s*", "", subject, flags=re.I
        )
    return " ".join(subject.split())


def _says_something(subject: str) -> bool:
    plain = {
        "help",
        "question",
        "problem",
        "issue",
        "hi",
        "hello",
        "urgent",
        "please",
        "support",
        "error",
        "bug",
        "need",
        "a",
        "with",
        "my",
    }
    words = re.findall(r"\w+", subject.casefold())
    return any(word not in plain for word in words) and len(words) > 1


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0] + "…"


def _without_frame(text: str, people: People, removed: dict[Removed, None]) -> str:
    """The text without greeting, opening thanks, farewell sentences and signature."""
    lines = text.strip().split("\n")
    lines = _without_signature(lines, people, removed)
    while lines and not lines[0].strip():
        lines.pop(0)
    if lines:
        lines[0] = _without_opening(lines[0], removed)
    while lines and not lines[0].strip():
        lines.pop(0)
    if lines:  # a thanks or an apology may stand in a paragraph of its own under the greeting
        lines[0] = _strip(_NICETY, lines[0], "greeting", removed)
    return _without_farewell("\n".join(lines).strip(), removed)


def _without_opening(line: str, removed: dict[Removed, None]) -> str:
    return _strip(_NICETY, _strip(_GREETING, line, "greeting", removed), "greeting", removed)


def _strip(pattern: re.Pattern[str], text: str, kind: Kind, removed: dict[Removed, None]) -> str:
    """`text` without the matches of `pattern` that it begins with."""
    while text and (match := pattern.match(text)) and match.end():
        removed[Removed(kind, match[0].strip())] = None
        text = text[match.end() :]
    return text[:1].upper() + text[1:]


def _without_signature(lines: list[str], people: People, removed: dict[Removed, None]) -> list[str]:
    names = {name for full in people.agents for name in (full.casefold(), full.split(" ")[0].casefold()) if name}
    start = max(0, len(lines) - 6)
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    if fences:
        start = max(start, fences[-1] + 1)
    for number in range(start, len(lines)):
        line = lines[number].strip()
        alone = number > 0
        if line in {"--", "-- "} or (
            alone and (_SIGN_OFF.fullmatch(line) or line.strip(",.! –—-").casefold() in names)
        ):
            gone = "\n".join(lines[number:]).strip()
            if gone:
                removed[Removed("signature", gone)] = None
            return lines[:number]
    return lines


def _without_farewell(text: str, removed: dict[Removed, None]) -> str:
    """The text without farewell sentences in its last paragraph; code is never touched."""
    head, gap, last = text.rpartition("\n\n")
    if _FENCE.search(last) or last.startswith(("    ", "\t", ">")):
        return text

    def note(match: re.Match[str]) -> str:
        removed[Removed("farewell", match[0].strip())] = None
        return ""

    kept = re.sub(r"(?:^|(?<=[.!?] ))" + _FAREWELL.pattern, note, last, flags=re.IGNORECASE).strip()
    return f"{head}{gap}{kept}".strip()


def _neutral(text: str, people: People, removed: dict[Removed, None]) -> str:
    """The text with secrets, private packages, addresses, home folders, own numbers and names replaced."""
    masked = secrets.mask(text)
    for secret in masked.secrets:
        removed[Removed("secret", secret.mask)] = None
    public = packages.replace_private(masked.text, lambda name: removed.setdefault(Removed("package", name)))
    return "".join(
        _replace_names(_replace_places(part, people, removed), people, removed, code=code)
        for part, code in _parts(public)
    ).strip()


def _replace_places(text: str, people: People, removed: dict[Removed, None]) -> str:
    keep = {address.casefold() for address in people.keep}

    def email(match: re.Match[str]) -> str:
        found = match[0].rstrip(".")
        name, _, host = found.partition("@")
        if found.casefold() in keep or name == "git" or "." not in host or re.fullmatch(r"[\d.^~-]+", host):
            return match[0]  # a version (left-pad@1.3.0), a git remote, or ours
        removed[Removed("address", found)] = None
        return "you@example.com" + match[0][len(found) :]

    def ip(match: re.Match[str]) -> str:
        if match[0].startswith(_OURS) or any(int(part) > 255 for part in match[0].split(".")):
            return match[0]
        removed[Removed("address", match[0])] = None
        return "192.0.2.1"

    def home(match: re.Match[str]) -> str:
        if match[2].casefold() in _EXAMPLE_PEOPLE:
            return match[0]
        removed[Removed("place", match[0])] = None
        return f"{match[1]}you"

    def number(match: re.Match[str]) -> str:
        if int(match[1] or match[2]) not in people.numbers:
            return match[0]
        removed[Removed("number", match[0].strip())] = None
        return ""

    text = _HOME.sub(home, _IPV4.sub(ip, _EMAIL.sub(email, text)))
    return _NUMBER.sub(number, text)


def _replace_names(text: str, people: People, removed: dict[Removed, None], *, code: bool) -> str:
    for name in _names(people.contact):
        text = _replace_name(text, name, removed, code=code)
    return text


def _replace_name(text: str, name: str, removed: dict[Removed, None], *, code: bool) -> str:
    flags = re.IGNORECASE if code else 0
    word = re.escape(name)
    if not re.search(rf"(?<!\w){word}(?!\w)", text, flags):
        return text
    removed[Removed("name", name)] = None
    if code:
        return re.sub(rf"(?<!\w){word}(?!\w)", "your-name", text, flags=flags)
    text = re.sub(rf",\s+{word}(?=[,.!?;:]|$)", "", text, flags=re.MULTILINE)
    text = re.sub(rf"(^|[.!?]\s+){word},\s+(\w)", lambda m: m[1] + m[2].upper(), text, flags=re.MULTILINE)
    text = re.sub(rf"(^|[.!?]\s+){word}(?!\w)", r"\1You", text, flags=re.MULTILINE)
    text = re.sub(rf"(?<!\w){word}(?!\w)", "you", text)
    return re.sub(r"(?<!\w)([Yy])ou[’']s(?!\w)", r"\1our", text)


def _names(full: str) -> Iterator[str]:
    """The full name, then each of its words that can't be mistaken for an ordinary one (three letters, a capital)."""
    full = " ".join(full.split())
    if full:
        yield full
    if " " in full:
        yield from (word for word in full.split(" ") if len(word) >= 3 and word[0].isupper())


def _prose(text: str) -> str:
    """The text without code, quotes and what a tool printed; a text that is nothing else keeps its first line."""
    lines = [line for part, code in _parts(text) if not code for line in part.split("\n") if line.strip()]
    return "\n".join([line for line in lines if not _PRINTED.match(line)] or lines[:1])


def _parts(text: str) -> Iterable[tuple[str, bool]]:
    """The text in pieces that make it up again: (piece, whether it is code)."""
    fence = ""
    block: list[str] = []
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if opening and (not fence or line.strip() == fence):
            inside, fence = bool(fence), "" if fence else opening[1]
            if inside:
                yield "\n".join([*block, line]) + "\n", True
                block = []
            else:
                yield from _inline("\n".join(block) + "\n" if block else "")
                block = [line]
            continue
        block.append(line)
    rest = "\n".join(block)
    yield from [(rest, True)] if fence else _inline(rest)


def _inline(text: str) -> Iterator[tuple[str, bool]]:
    for number, part in enumerate(re.split(r"(`[^`\n]+`)", text)):
        if part:
            yield part, bool(number % 2)
