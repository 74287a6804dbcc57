"""Who wrote a mail that came through somebody else: a list, a group, a rule of a mail service (S-01, G2).

Only a forwarder that an admin named can vouch. It proves itself by an ARC chain that holds and that it sealed (RFC
8617), or by its own DKIM or SPF; what it says of the writer counts then, and no more than it says.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from firstline.channels.base import Address, Envelope, Resolver
from firstline.channels.email import addresses
from firstline.channels.email.headers import Headers
from firstline.channels.email.results import parse_results, same_organisation

_LIST_FIELDS = (
    "list-id",
    "list-post",
    "x-beenthere",
    "x-mailing-list",
    "mailing-list",
    "x-google-group-id",
)
_FORWARD_FIELDS = (
    "x-forwarded-for",
    "x-forwarded-to",
    "x-original-from",
    "x-original-sender",
    "resent-from",
    "resent-sender",
    "arc-seal",
    "x-ms-exchange-inbox-rules-loop",
    "x-ms-exchange-generated-message-source",
    "x-yandex-forward",
)
_WRITER_FIELDS = ("x-original-from", "x-original-sender", "reply-to")
_REWRITTEN = re.compile(r"^(?:srs[01][=+-]|bounces?[+=-])|[+=-]caf_=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a named forwarder says. `writer` is None where From stands as it was; `found` is what it found of it."""

    forwarder: str
    writer: Address | None
    found: str


def came_through(fields: Headers, envelope: Envelope) -> bool:
    """Whether the header or the envelope shows a list or a forwarder. Anybody can write such a header: it opens no
    door, it only says why a signature may be broken.
    """
    if any(fields.first(name) for name in (*_LIST_FIELDS, *_FORWARD_FIELDS)):
        return True
    if fields.first("precedence").strip().lower() == "list":
        return True
    return bool(_REWRITTEN.search(envelope.mail_from.partition("@")[0]))


def is_rewritten(fields: Headers, sender: Address) -> bool:
    """Whether a list put its own address into From: it says `via`, or names the writer in a field of its own."""
    shown = fields.words("from").lower()
    named = any(fields.first(name) for name in _WRITER_FIELDS[:2])
    return (named or " via " in shown) and any(fields.first(name) for name in (*_LIST_FIELDS, *_WRITER_FIELDS[:2]))


def vouched(
    raw: bytes,
    fields: Headers,
    sender: Address,
    proved: Sequence[str],
    named: Sequence[str],
    resolver: Resolver | None,
) -> Vouched | None:
    """What the first named forwarder that proves itself says of the writer, None when none does.

    `proved` are the domains whose DKIM or SPF holds for this mail. Raises ResolverUnreachable.
    """
    sealers = _sealers(raw, resolver) if resolver and fields.first("arc-seal") else []
    for forwarder in named:
        results = next((results for domain, results in sealers if same_organisation(domain, forwarder)), None)
        if results is None and not any(same_organisation(domain, forwarder) for domain in proved):
            continue
        if not same_organisation(sender.domain, forwarder):
            return Vouched(forwarder, None, _found(results, sender.domain))
        writer = _writer(fields, forwarder)
        if writer is not None:
            return Vouched(forwarder, writer, _found(results, writer.domain))
    return None


def _writer(fields: Headers, forwarder: str) -> Address | None:
    """The one mailbox that the forwarder kept beside a From of its own."""
    for name in _WRITER_FIELDS:
        values = fields.all(name)
        if not values:
            continue
        found = addresses.only(values)
        if found is None or same_organisation(found.domain, forwarder):
            return None
        return found
    return None


def _sealers(raw: bytes, resolver: Resolver) -> list[tuple[str, str]]:
    """The sealing domains of an ARC chain that holds as a whole, oldest first, each with what it wrote down."""
    import dkim

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        records = resolver.txt(name.decode("ascii", "replace").rstrip("."))
        return records[0] if records else None

    message: Any = dkim.ARC(raw, minkey=1024)
    try:
        verdict, sets, _ = message.verify(dnsfunc=lookup)
    except (dkim.DKIMException, binascii.Error, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return []
    if verdict != b"pass":
        return []
    ordered = sorted(sets, key=lambda one: one["instance"])
    return [(_text(one["as-domain"]).lower(), _text(one["aar-value"])) for one in ordered]


def _text(value: bytes) -> str:
    return bytes(value).decode("utf-8", "replace")


def _found(results: str | None, domain: str) -> str:
    """`pass` when the forwarder had seen an aligned proof of that domain, `fail` when DMARC had failed, else ''."""
    read = parse_results(re.sub(r"^\s*i\s*=\s*\d+\s*;", "", results)) if results else None
    if read is None:
        return ""
    failed = False
    for method, result, properties in read.methods:
        if method == "dmarc" and properties.get("header.from", domain).lower() == domain:
            if result == "pass":
                return "pass"
            failed = failed or result == "fail"
        elif result == "pass" and method in ("dkim", "spf"):
            proof = properties.get("header.d") or properties.get("header.i") or properties.get("smtp.mailfrom", "")
            if same_organisation(proof.rpartition("@")[2].lower(), domain):
                return "pass"
    return "fail" if failed else ""
