"""For which versions of a product an article holds: ranges as authors write them, `>=9 <11` or `8.x`."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_PART = re.compile(r"(>=|<=|==|!=|>|<|~=|=)?\s*v?([0-9][\w.*+!-]*)")


class BadRange(ValueError):
    """Not a range of versions; the message is the part that is none."""


def holds_for(versions: str, version: str) -> bool | None:
    """Whether the range covers the version; None where the version is no number, so that nobody can say.

    An empty range covers everything. Alternatives stand with `||` between them. Raises BadRange.
    """
    ranges = ranges_of(versions)
    try:
        found = Version(version.strip().removeprefix("v"))
    except InvalidVersion:
        return None
    return not ranges or any(one.contains(found, prereleases=True) for one in ranges)


def ranges_of(versions: str) -> list[SpecifierSet]:
    """The alternatives of a range. Raises BadRange."""
    return [_range(part) for part in versions.split("||")] if versions.strip() else []


def _range(part: str) -> SpecifierSet:
    pieces, position = [], 0
    text = part.strip().rstrip(",")
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise BadRange(text)
        pieces.append(_specifier(match[1] or "", match[2]))
        position = _next(text, match.end())
    try:
        return SpecifierSet(",".join(pieces))
    except InvalidSpecifier:
        raise BadRange(text) from None


def _next(text: str, position: int) -> int:
    """Where the next condition begins, behind blanks and commas."""
    while position < len(text) and text[position] in " ,":
        position += 1
    return position


def _specifier(sign: str, number: str) -> str:
    """One condition in the form that packaging reads: a bare `8`, `8.x` or `8.*` means all that begins so."""
    wild = re.sub(r"(?:\.[xX*])+$", "", number)
    if sign in ("", "=", "=="):
        whole = wild.count(".") >= 2 and wild == number
        return f"=={wild}" if whole else f"=={wild}.*"
    return f"{sign}{wild}"
