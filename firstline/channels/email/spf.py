"""A part of SPF (RFC 7208) that can only err towards "not passed": what needs more than TXT records never passes."""

from __future__ import annotations

import ipaddress

from firstline.channels.base import Resolver

_MAX_LOOKUPS = 10

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def passes(peer_ip: str, domain: str, resolver: Resolver) -> bool:
    """Whether `domain` names the address of the sending host as its own by ip4, ip6, include, redirect or all.

    Raises ResolverUnreachable. False for everything else, also where the whole of SPF would have said pass.
    """
    try:
        ip = ipaddress.ip_address(peer_ip)
    except ValueError:
        return False
    return _Check(ip, resolver).result(domain) == "+"


class _Check:
    def __init__(self, ip: Ip, resolver: Resolver) -> None:
        self._ip = ip
        self._resolver = resolver
        self._left = _MAX_LOOKUPS

    def result(self, domain: str) -> str:
        """The qualifier of the first mechanism that matches; '' when none does or one before it is not understood."""
        self._left -= 1
        if self._left < 0:
            return ""
        records = [record for record in self._resolver.txt(domain) if record.lower().split(b" ")[0] == b"v=spf1"]
        if len(records) != 1:
            return ""
        terms = records[0].decode("ascii", "replace").split()[1:]
        for term in terms:
            qualifier, mechanism = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
            matched = self._matches(mechanism.lower())
            if matched is None and qualifier != "+":
                return ""
            if matched:
                return qualifier
        redirect = next((term[9:] for term in terms if term.lower().startswith("redirect=")), "")
        return self.result(redirect) if redirect and "%" not in redirect else ""

    def _matches(self, mechanism: str) -> bool | None:
        """True or False, None for a mechanism that TXT records can't decide."""
        name, _, value = mechanism.partition(":")
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            try:
                return self._ip in ipaddress.ip_network(value, strict=False)
            except ValueError:
                return None
        if name == "include" and "%" not in value:
            return self.result(value) == "+"
        return False if "=" in name else None
