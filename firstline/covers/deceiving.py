"""Links and names that pretend to be others (D-12): what they really are, and by which trick. Nothing is fetched.

The table of lookalikes is our own and short: letters that browsers' users have been deceived with, of Unicode's
UTS 39; a name that is wholly of another alphabet is no trick, one that mixes alphabets within a word is.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffix2 import PublicSuffixList

Trick = Literal["mixed", "lookalike", "number", "userinfo", "hidden", "elsewhere", "address"]
KNOWN = frozenset(
    (
        *("github.com", "gitlab.com", "bitbucket.org", "npmjs.com", "python.org", "rust-lang.org", "docker.com"),
        *("nodejs.org", "google.com", "microsoft.com", "apple.com", "amazon.com", "paypal.com", "cloudflare.com"),
    )
)
"""Sites that people trust by sight."""
_LOOKALIKES = str.maketrans(
    "аеорсухѕіјԁԛԝһӏктмпгьαονρτυκιεηγχıɡɑſ01",
    "aeopcyxsijdqwhlktmnrbaovptukienyxigasol",
)
_HIDDEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}\.?", re.IGNORECASE)
_SAID = re.compile(r"(?i)^\s*(?:https?://)?([^\s/@]+\.[^\W\d_]{2,24})(?=[/:?#\s]|$)")
_ANCHOR = re.compile(r"(?i)<a\s")
_HREF = re.compile(r"""(?i)\bhref\s*=\s*["']([^"']{1,2000})""")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_WORD = re.compile(r"[^\W\d_]+")
_TOGETHER = {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}
_MOST_LINKS, _LONGEST = 200, 2_000


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads: its host as people read it and as machines do, the site it belongs to, and its tricks."""

    host: str
    punycode: str
    site: str
    tricks: tuple[Trick, ...]


def look(address: str, said: str = "") -> Link:
    """Look at one link; `said` is what a page shows in its place. Never raises: what can't be read has no host."""
    address = address.strip()[:_LONGEST]
    tricks: list[Trick] = ["hidden"] if _HIDDEN.search(address) else []
    try:
        parts = urlsplit(_HIDDEN.sub("", address).replace("\\", "/"))
        host, is_web = (parts.hostname or "").rstrip("."), parts.scheme.lower() in {"http", "https"}
    except ValueError:
        return Link("", "", "", tuple(tricks))
    if is_web and "@" in parts.netloc:
        tricks.append("userinfo")
    shown = _unicode(host)
    site = _site(shown)
    if _is_number(host):
        tricks.append("number")
    elif any(_is_mixed(label) for label in shown.split(".")):
        tricks.append("mixed")
    elif site not in KNOWN and (_skeleton(site) in _known() or _is_foreign_twin(shown)):
        tricks.append("lookalike")
    named = _SAID.match(_HIDDEN.sub("", said[:_LONGEST]))
    if named and is_web and _site(_unicode(named.group(1).lower())) != site:
        tricks.append("elsewhere")
    return Link(shown, _punycode(shown), site, tuple(tricks))


def look_at_name(name: str, address: str = "") -> tuple[Trick, ...]:
    """The tricks of a display name: alphabets mixed within a word, invisible signs, another address than its own."""
    name = name[:_LONGEST]
    tricks: list[Trick] = ["hidden"] if _HIDDEN.search(name) else []
    if any(_is_mixed(word) for word in _WORD.findall(name)):
        tricks.append("mixed")
    if re.search(r"[^\s@]@[^\s@]", name) and address.casefold() not in name.casefold():
        tricks.append("address")
    return tuple(tricks)


def links_of(source: str) -> list[Link]:
    """The links of HTML with their tricks, the first 200."""
    found = []
    for piece in _ANCHOR.split(source, maxsplit=_MOST_LINKS)[1:]:
        tag, _end, rest = piece[: 2 * _LONGEST].partition(">")
        href = _HREF.search(tag)
        if href:
            inner = re.split(r"(?i)</a\s*>", rest, maxsplit=1)[0]
            found.append(look(href.group(1), _TAG.sub("", inner)))
    return found


def flags(name: str, address: str, source: str) -> tuple[str, ...]:
    """What a message's flags say of its writer's name and of the links in its HTML."""
    return tuple(
        flag
        for flag, is_on in (
            ("deceiving_name", bool(look_at_name(name, address))),
            ("deceiving_link", any(one.tricks for one in links_of(source))),
        )
        if is_on
    )


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_NUMBER.fullmatch(host))
    return True


def _scripts(text: str) -> set[str]:
    return {unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha()}


def _is_mixed(label: str) -> bool:
    """Whether a word is of several alphabets that are not written together."""
    found = _scripts(label)
    return len(found) > 1 and not found <= _TOGETHER


def _is_foreign_twin(host: str) -> bool:
    """Whether a name of foreign letters reads as one of ASCII, before an ending of ASCII."""
    *labels, ending = host.split(".")
    return ending.isascii() and any(
        not one.isascii() and _scripts(one) & {"CYRILLIC", "GREEK"} and _skeleton(one).isascii() for one in labels
    )


def _skeleton(text: str) -> str:
    """What it looks like."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    return bare.replace("rn", "m").replace("vv", "w")


@cache
def _known() -> frozenset[str]:
    return frozenset(_skeleton(one) for one in KNOWN)


def _unicode(host: str) -> str:
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def _punycode(host: str) -> str:
    labels = host.split(".")
    return ".".join(one if one.isascii() else "xn--" + one.encode("punycode").decode("ascii") for one in labels)


def _site(host: str) -> str:
    """The domain that somebody registered; the host itself when there is none."""
    found = _suffixes().get_sld(_punycode(host), strict=True) if "." in host else None
    return _unicode(found) if found else host


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffix2 import PublicSuffixList

    return PublicSuffixList()
