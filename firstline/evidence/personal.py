"""Personal traces in a paste that are no secrets: addresses of machines and people's home folders. Flagged, not masked.

A desk shows them to the person who is about to answer in public; payment numbers are masked as secrets (`secrets`).
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

_IP4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.]*[\w])")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){1,6}(?![\w:])")
_HOME = re.compile(
    r"(?:/home/|/Users/|[A-Za-z]:\\{1,2}Users\\{1,2})(?!(?:runner|circleci|travis|vsts|node|Public|Shared|root)\b)"
    r"(?P<name>[^\s/\\:*?\"<>|'…]{1,60})"
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A personal trace: `kind` is ip_address or home_path; the span is in code points (of a home, its name alone)."""

    kind: str
    start: int
    end: int


def traces(text: str) -> list[Trace]:
    """All personal traces of the text in order; private, loopback and documentation addresses are none."""
    return sorted([*_addresses(text), *_homes(text)], key=lambda trace: trace.start)


def _addresses(text: str) -> Iterator[Trace]:
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            if _is_public(match.group()):
                yield Trace("ip_address", *match.span())


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False  # four numbers with dots between them are often a version


def _homes(text: str) -> Iterator[Trace]:
    for match in _HOME.finditer(text):
        yield Trace("home_path", *match.span("name"))
