"""Whether the sender of a mail is who it says (S-01, ground.md G2): DKIM or SPF that passed *and* is aligned.

Two sources count: the Authentication-Results field that our own border server put on top, known by its authserv-id, and
our own check of DKIM and SPF. A resolver that can't be reached never makes a sender bad: the verdict is then `none`.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from firstline.channels.base import Envelope, ParsedMessage, Resolver, ResolverUnreachable, SenderAuth, Trust
from firstline.channels.email import headers, spf
from firstline.channels.email.headers import Headers

_MAX_SIGNATURES = 5
_STRICT = ("quarantine", "reject")


def verify(raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
    """The verdict on `parsed.sender` with its inputs; touches DNS through `trust.resolver` only."""
    if parsed.sender is None:
        return SenderAuth("none", "there is no certain sender", {})
    fields = headers.split(raw)[0]
    case = _Case(parsed.sender.domain)
    case.inputs["from_domain"] = case.domain
    _read_results(case, fields, trust.authserv_id)
    if not case.passed and trust.resolver is not None:
        try:
            _check_ourselves(case, raw, fields, envelope, trust.resolver)
        except ResolverUnreachable:
            case.unreachable = True
    return case.verdict()


@dataclass(slots=True)
class _Case:
    """What is known so far. `policy` is the DMARC policy that the domain publishes, '' for none or unknown."""

    domain: str
    inputs: dict[str, str] = field(default_factory=dict)
    passed: str = ""
    policy: str = ""
    strict_dkim: bool = False
    strict_spf: bool = False
    unreachable: bool = False
    refused: bool = False

    def verdict(self) -> SenderAuth:
        if self.passed:
            return SenderAuth("pass", self.passed, self.inputs)
        if self.unreachable and not self.refused:
            self.inputs["dns"] = "unreachable"
            return SenderAuth("none", "the sender's domain could not be asked", self.inputs)
        if self.policy in _STRICT:
            reason = f"the domain asks to {self.policy} mail that is not proved to be its own"
            return SenderAuth("fail", reason, self.inputs)
        return SenderAuth("none", "nothing proves the sender", self.inputs)

    def aligned(self, domain: str, *, strict: bool = False) -> bool:
        """RFC 7489 section 3.1: the same domain, or by default the same organisational domain."""
        domain = domain.lower().rstrip(".")
        if domain == self.domain:
            return bool(domain)
        return not strict and organisational(domain) == organisational(self.domain) != ""


def _read_results(case: _Case, fields: Headers, authserv_id: str) -> None:
    """Believe the fields that our own server added: those with our id, above the first Received that follows one."""
    if not authserv_id:
        return
    seen = False
    for name, value in fields.fields:
        if name == "received" and seen:
            return
        if name != "authentication-results":
            continue
        results = parse_results(value)
        if results is not None and results.authserv_id == authserv_id.lower():
            seen = True
            case.inputs["authentication_results"] = " ".join(value.split())[:1000]
            _take_results(case, results)


def _take_results(case: _Case, results: Results) -> None:
    for method, result, properties in results.methods:
        if method == "dmarc" and properties.get("header.from", case.domain).lower() == case.domain:
            case.policy = case.policy or properties.get("p", "")
            case.refused = case.refused or (result == "fail" and case.policy in _STRICT)
        if result != "pass" or case.passed:
            continue
        signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        mailfrom = properties.get("smtp.mailfrom", "").rpartition("@")[2]
        if method == "dmarc" and properties.get("header.from", "").lower() == case.domain:
            case.passed = "our mail server checked DMARC"
        elif method == "dkim" and case.aligned(signer):
            case.passed = f"our mail server checked the DKIM signature of {signer}"
        elif method == "spf" and case.aligned(mailfrom):
            case.passed = f"our mail server checked SPF of {mailfrom}"


def _check_ourselves(case: _Case, raw: bytes, fields: Headers, envelope: Envelope, resolver: Resolver) -> None:
    _read_policy(case, resolver)
    signers = _signers(raw, len(fields.all("dkim-signature")), resolver)
    case.inputs["dkim"] = ", ".join(signers) or "none"
    for signer in signers:
        if case.aligned(signer, strict=case.strict_dkim):
            case.passed = f"DKIM signature of {signer}"
            return
    mailfrom = envelope.mail_from.rpartition("@")[2].lower() or envelope.helo.lower()
    if envelope.peer_ip and mailfrom and case.aligned(mailfrom, strict=case.strict_spf):
        passed = spf.passes(envelope.peer_ip, mailfrom, resolver)
        case.inputs["spf"] = f"{'pass' if passed else 'not passed'} for {mailfrom} from {envelope.peer_ip}"
        if passed:
            case.passed = f"SPF of {mailfrom}"


def _read_policy(case: _Case, resolver: Resolver) -> None:
    """RFC 7489 section 6.6.3: the record of the domain itself, else that of its organisational domain."""
    names = list(dict.fromkeys([case.domain, organisational(case.domain)]))
    for name in names:
        records = [one for one in resolver.txt(f"_dmarc.{name}") if one.replace(b" ", b"").startswith(b"v=DMARC1")]
        if len(records) != 1:
            continue
        record = records[0].decode("ascii", "replace")
        tags: dict[str, str] = dict(re.findall(r"([a-z]+)\s*=\s*([^;\s]*)", record.lower()))
        own = name == case.domain
        case.policy = tags.get("p", "none") if own else tags.get("sp", tags.get("p", "none"))
        case.strict_dkim, case.strict_spf = tags.get("adkim") == "s", tags.get("aspf") == "s"
        case.inputs["dmarc"] = record[:300]
        return
    case.inputs["dmarc"] = "none"


def _signers(raw: bytes, count: int, resolver: Resolver) -> list[str]:
    """The domains whose DKIM signatures over the whole message hold (RFC 6376). A signature with `l=` never counts."""
    import dkim

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        records = resolver.txt(name.decode("ascii", "replace").rstrip("."))
        return records[0] if records else None

    holding: list[str] = []
    for index in range(min(count, _MAX_SIGNATURES)):
        message: Any = dkim.DKIM(raw, minkey=1024)
        try:
            good = message.verify(idx=index, dnsfunc=lookup)
        except (dkim.DKIMException, binascii.Error, IndexError, KeyError, TypeError, ValueError):
            continue
        fields = message.signature_fields
        if good and b"l" not in fields:
            holding.append(fields[b"d"].decode("ascii", "replace").lower())
    return holding


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


def organisational(domain: str) -> str:
    """The registrable domain of `domain` by the public suffix list; the domain itself when it is none or a suffix."""
    domain = domain.lower().rstrip(".")
    return str(_suffixes().get_sld(domain, strict=True) or domain) if "." in domain else domain


@cache
def _suffixes() -> Any:
    from publicsuffix2 import PublicSuffixList

    return PublicSuffixList()
