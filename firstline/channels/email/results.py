"""Authentication-Results fields (RFC 8601), and which domains belong to one organisation (RFC 7489)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Results:
    """One Authentication-Results field (RFC 8601): its server, and per method the result and the properties."""

    authserv_id: str
    methods: tuple[tuple[str, str, dict[str, str]], ...]


def parse_results(value: str) -> Results | None:
    """Read an Authentication-Results field; None if it names no server. `p=` in a DMARC comment becomes a property."""
    policies = re.findall(r"\(\s*(?:[^()]*[\s;])?p=([a-z]+)", value, re.IGNORECASE)
    plain = value
    while (shorter := re.sub(r"\([^()]*\)", " ", plain)) != plain:
        plain = shorter
    server, *rest = plain.split(";")
    words = server.split()
    if not words:
        return None
    methods = []
    for text in rest:
        pairs = re.findall(r'([\w.-]+)\s*(?:/\s*\d+\s*)?=\s*("[^"]*"|[^\s]+)', text)
        if pairs:
            (method, result), *more = pairs
            properties = {name.lower(): found.strip('"').strip("<>") for name, found in more}
            if method.lower() == "dmarc" and policies:
                properties.setdefault("p", policies[0].lower())
            methods.append((method.lower(), result.lower(), properties))
    return Results(words[0].lower(), tuple(methods))


def same_organisation(one: str, other: str) -> bool:
    """Whether two domains belong to one organisation."""
    return organisational(one) == organisational(other) != ""


def organisational(domain: str) -> str:
    """The registrable domain of `domain` by the public suffix list; the domain itself when it is none or a suffix."""
    domain = domain.lower().rstrip(".")
    return str(_suffixes().get_sld(domain, strict=True) or domain) if "." in domain else domain


@cache
def _suffixes() -> Any:
    from publicsuffix2 import PublicSuffixList

    return PublicSuffixList()
