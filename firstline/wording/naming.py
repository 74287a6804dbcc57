"""Whether a draft speaks to the right person about the right package and version."""

import re
import unicodedata
from collections.abc import Sequence

from firstline.core.measures import levenshtein
from firstline.wording.words import words

_GREETING = re.compile(
    r"\A\W*(?i:hi|hello|hey|dear|hallo|bonjour|hola|ciao|good (?:morning|afternoon|evening|day)|thanks"
    r"|thank you|welcome back)[ ,]+"
    r"(?i:mr\.?|mrs\.?|ms\.?|dr\.?)?\s*([A-ZÀ-Ý][\w'’-]+)(?:\s+[A-ZÀ-Ý][\w'’-]+)?\s*[,!.:–—-]",
)
_NOT_A_NAME_TEXT = (
    "there all team everyone everybody folks friend again sir madam both you and for so the i we this that"
)
_NOT_A_NAME = frozenset(_NOT_A_NAME_TEXT.split())
_SCOPED = re.compile(r"@[a-z0-9][\w.-]*/[a-z0-9][\w.-]*", re.IGNORECASE)
_MENTION = re.compile(
    r"(?:your (?:package|module|project|library|crate|gem)|the (?:package|module|project|crate|gem) (?:named "
    r"|called )?|(?:package|module|crate|gem)(?: named| called)?|(?:version|release) of|"
    r"(?:publish(?:ing|ed)?|owner of|maintainer of|access to"
    r"|install(?:ing)?))\s+[`\"'“*]*(@?[a-z0-9][a-z0-9._/-]{2,60})",
    re.IGNORECASE,
)
_CODE_NAME = re.compile(r"`(@?[a-z0-9][a-z0-9._/-]{2,60})`")
_DASHED = re.compile(r"(?<![\w@/.-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w/.-]*\w)")
_VERSION = re.compile(
    r"\b(?:you(?:'re| are) (?:on|running|using)|your (?:version|copy)(?: is)?|you (?:have|use|run)|you(?:'ve"
    r"| have) installed)\s+(?:\w+\s+){0,3}v?(\d+\.\d+(?:\.\d+)?)"
)


def wrong(incoming: str, draft: str, name: str, packages: Sequence[str]) -> list[str]:
    """Names in the draft that are not those of the case: the greeted person, a package, a version said to be theirs."""
    return [*_wrong_person(draft, name), *_wrong_package(incoming, draft, packages), *_wrong_version(incoming, draft)]


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text)
    return "".join(one for one in spread if not unicodedata.combining(one)).casefold()


def _wrong_person(draft: str, name: str) -> list[str]:
    greeted = _GREETING.search(draft)
    if not greeted or not name.strip():
        return []
    called = greeted.group(1)
    parts = re.split(r"[\s,.@_-]+", _plain(name))
    is_right = _plain(called) in _NOT_A_NAME or any(_is_short_for(_plain(called), part) for part in parts if part)
    return [] if is_right else [called]


def _is_short_for(called: str, part: str) -> bool:
    return (
        called == part or (len(called) >= 3 and part.startswith(called)) or (len(part) >= 3 and called.startswith(part))
    )


def _wrong_package(incoming: str, draft: str, packages: Sequence[str]) -> list[str]:
    known = {one.lower() for one in packages if one}
    if not known:
        return []
    said = {part for word in words(incoming) for part in (word, word.partition("@")[0] or word)}
    mentioned = [*_SCOPED.findall(draft), *_MENTION.findall(draft), *_CODE_NAME.findall(draft), *_DASHED.findall(draft)]
    wrong_ones = []
    for one in dict.fromkeys(found.lower().rstrip(".,:;!?") for found in mentioned):
        bare = re.sub(r"(?<=.)@[\dv^~<>=.x*-]+$|@latest$", "", one)
        if bare in known or bare in said or any(_is_part(bare, package) for package in known):
            continue
        if any(_is_alike(bare, package) for package in known):
            wrong_ones.append(one)
    owned = re.findall(
        r"your (?:package|module|project|library|crate|gem)\s+[`\"'“*]*(@?[a-z0-9][a-z0-9._/-]{2,60})",
        draft,
        re.IGNORECASE,
    )
    for one in owned:
        bare = one.lower().rstrip(".,:;!?")
        looks_like_name = bool(re.search(r"[-_/@.\d]", bare)) or re.search(r"[`\"'“*]" + re.escape(one), draft)
        if looks_like_name and bare not in known and bare not in said:
            wrong_ones.append(one)
    return wrong_ones


def _is_part(one: str, package: str) -> bool:
    """Whether it is a scope, or the part after the scope, of a package's name."""
    return one in package.split("/")


def _is_alike(one: str, other: str) -> bool:
    """Nearly the same name: another scope, another ending, or at most two letters changed."""
    if one.startswith("@") and one.rpartition("/")[2] == other.rpartition("/")[2]:
        return other.startswith("@")
    if one.startswith("@") and other.startswith("@") and one.partition("/")[0] == other.partition("/")[0]:
        return True
    return abs(len(one) - len(other)) <= 2 and min(len(one), len(other)) >= 4 and levenshtein(one, other) <= 2


def _wrong_version(incoming: str, draft: str) -> list[str]:
    return [
        version for version in _VERSION.findall(draft) if re.search(r"\d+\.\d+", incoming) and version not in incoming
    ]
