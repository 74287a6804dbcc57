"""Whether the sender of a mail is who it says (S-01, ground.md G2): DKIM or SPF that passed *and* is aligned.

Two sources count: the Authentication-Results field that our own border server put on top, known by its authserv-id, and
our own check of DKIM and SPF. A resolver that can't be reached never makes a sender bad: the verdict is then `none`.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from firstline.channels.base import Address, Envelope, ParsedMessage, Resolver, ResolverUnreachable, SenderAuth, Trust
from firstline.channels.email import forwarding, headers, spf
from firstline.channels.email.headers import Headers
from firstline.channels.email.results import Results, organisational, parse_results, same_organisation

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
    vouched = None
    try:
        if trust.resolver is not None and (not case.passed or trust.forwarders):
            _check_ourselves(case, raw, fields, envelope, trust)
        if trust.forwarders:
            vouched = forwarding.vouched(raw, fields, parsed.sender, case.proved, trust.forwarders, trust.resolver)
    except ResolverUnreachable:
        case.unreachable = True
    return _through(case.verdict(), vouched) if vouched else _alone(case.verdict(), fields, parsed.sender, envelope)


def _alone(verdict: SenderAuth, fields: Headers, sender: Address, envelope: Envelope) -> SenderAuth:
    """Nobody named vouches: a failure that a list explains is marked, and so is a From that a list rewrote."""
    failed = verdict.result == "fail" and forwarding.came_through(fields, envelope)
    if failed or forwarding.is_rewritten(fields, sender):
        verdict.inputs["listed_unverified"] = "yes"
    return verdict


def _through(verdict: SenderAuth, vouched: forwarding.Vouched) -> SenderAuth:
    """The last-but-one rows of the table: what a named forwarder vouches for is `none`, or `pass` when it says so."""
    if vouched.writer is None and (verdict.result == "pass" or vouched.found == "fail"):
        return verdict
    inputs = verdict.inputs | {"through": vouched.forwarder}
    if vouched.writer is not None:
        inputs |= {"writer": vouched.writer.email, "writer_name": vouched.writer.name}
    if vouched.found == "fail":
        return SenderAuth("fail", f"{vouched.forwarder} found that the writer is not proved", inputs)
    if vouched.found == "pass":
        return SenderAuth("pass", f"{vouched.forwarder} had checked the writer", inputs)
    return SenderAuth("none", f"it came through {vouched.forwarder}, which says nothing of the writer", inputs)


@dataclass(slots=True)
class _Case:
    """What is known so far. `policy` is the DMARC policy that the domain publishes, '' for none or unknown; `proved`
    are the domains, aligned or not, whose DKIM or SPF holds.
    """

    domain: str
    inputs: dict[str, str] = field(default_factory=dict)
    passed: str = ""
    proved: list[str] = field(default_factory=list)
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
        if result != "pass":
            continue
        signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        mailfrom = properties.get("smtp.mailfrom", "").rpartition("@")[2]
        case.proved += [one for one in ({"dkim": signer, "spf": mailfrom}.get(method, ""),) if one]
        if case.passed:
            continue
        if method == "dmarc" and properties.get("header.from", "").lower() == case.domain:
            case.passed = "our mail server checked DMARC"
        elif method == "dkim" and case.aligned(signer):
            case.passed = f"our mail server checked the DKIM signature of {signer}"
        elif method == "spf" and case.aligned(mailfrom):
            case.passed = f"our mail server checked SPF of {mailfrom}"


def _check_ourselves(case: _Case, raw: bytes, fields: Headers, envelope: Envelope, trust: Trust) -> None:
    resolver = trust.resolver
    assert resolver is not None
    _read_policy(case, resolver)
    signers = _signers(raw, len(fields.all("dkim-signature")), resolver)
    case.proved += signers
    case.inputs["dkim"] = ", ".join(signers) or "none"
    aligned = next((signer for signer in signers if case.aligned(signer, strict=case.strict_dkim)), "")
    case.passed = case.passed or (f"DKIM signature of {aligned}" if aligned else "")
    if not case.passed or trust.forwarders:
        _check_spf(case, envelope, trust, resolver)


def _check_spf(case: _Case, envelope: Envelope, trust: Trust, resolver: Resolver) -> None:
    """SPF of the envelope's domain, asked only where the answer matters: for From's domain or a named forwarder's."""
    mailfrom = envelope.mail_from.rpartition("@")[2].lower() or envelope.helo.lower()
    aligned = case.aligned(mailfrom, strict=case.strict_spf)
    if (
        not envelope.peer_ip
        or not mailfrom
        or not (aligned or any(same_organisation(mailfrom, one) for one in trust.forwarders))
    ):
        return
    passed = spf.passes(envelope.peer_ip, mailfrom, resolver)
    case.inputs["spf"] = f"{'pass' if passed else 'not passed'} for {mailfrom} from {envelope.peer_ip}"
    if passed:
        case.proved.append(mailfrom)
        case.passed = case.passed or (f"SPF of {mailfrom}" if aligned else "")


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
