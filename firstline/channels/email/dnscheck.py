"""What the world's DNS says of an inbox's domain, beside what it should say so that its mail is believed.

SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX. Only facts and lines to paste: the words are the page's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from firstline.channels.base import Resolver, ResolverUnreachable

State = Literal["good", "missing", "wrong", "unknown", "unneeded"]
_INCLUDES = {
    "google": "_spf.google.com",
    "microsoft": "spf.protection.outlook.com",
    "mailgun": "mailgun.org",
    "postmark": "spf.mtasv.net",
    "amazon_ses": "amazonses.com",
    "sendgrid": "sendgrid.net",
    "brevo": "spf.brevo.com",
    "mailersend": "_spf.mailersend.net",
    "mailjet": "spf.mailjet.com",
    "sparkpost": "sparkpostmail.com",
}


class MailResolver(Resolver, Protocol):
    """A resolver that knows MX records too."""

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail for `name`, best first, [] when there are none. Raises ResolverUnreachable."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One line to look at or to paste: `name` is where it lives, `wanted` what it should be, `found` what is there."""

    kind: Literal["MX", "SPF", "DKIM", "DMARC"]
    state: State
    name: str
    type: Literal["TXT", "MX"]
    wanted: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """How an inbox sends: its domain, the service (`google`, `mailgun` … or ''), DKIM selector and public record."""

    domain: str
    service: str = ""
    selector: str = ""
    public: str = ""
    hostname: str = ""


def check(sender: Sender, resolver: MailResolver | None) -> list[Record]:
    """The four records in the order in which one would set them. Without a resolver every state is `unknown`."""
    return [_mx(sender, resolver), _spf(sender, resolver), _dkim(sender, resolver), _dmarc(sender, resolver)]


def _txt(resolver: MailResolver | None, name: str, prefix: str) -> list[str] | None:
    if resolver is None:
        return None
    try:
        found = [one.decode("utf-8", "replace") for one in resolver.txt(name)]
    except ResolverUnreachable:
        return None
    return [one for one in found if one.lower().replace(" ", "").startswith(prefix)]


def _mx(sender: Sender, resolver: MailResolver | None) -> Record:
    wanted = f"10 {sender.hostname}." if sender.hostname else ""
    try:
        hosts = resolver.mx(sender.domain) if resolver is not None else None
    except ResolverUnreachable:
        hosts = None
    state: State = "unknown" if hosts is None else "good" if hosts else "missing"
    return Record("MX", state, sender.domain, "MX", wanted, ", ".join(hosts or []))


def _spf(sender: Sender, resolver: MailResolver | None) -> Record:
    include = _INCLUDES.get(sender.service, "")
    wanted = f"v=spf1 include:{include} ~all" if include else "v=spf1 mx ~all"
    found = _txt(resolver, sender.domain, "v=spf1")
    if not found:
        return Record("SPF", "unknown" if found is None else "missing", sender.domain, "TXT", wanted)
    if len(found) > 1:
        return Record("SPF", "wrong", sender.domain, "TXT", wanted, " | ".join(found))
    if include and f"include:{include}" not in found[0].lower():
        return Record("SPF", "wrong", sender.domain, "TXT", _with_include(found[0], include), found[0])
    return Record("SPF", "good", sender.domain, "TXT", wanted, found[0])


def _with_include(record: str, include: str) -> str:
    """The domain's own record with one more sender before its last word."""
    head, _, last = record.rpartition(" ")
    return (
        f"{head} include:{include} {last}" if last.lower().endswith("all") and head else f"{record} include:{include}"
    )


def _dkim(sender: Sender, resolver: MailResolver | None) -> Record:
    if not sender.selector:
        return Record("DKIM", "unneeded", "", "TXT", "")
    name = f"{sender.selector}._domainkey.{sender.domain}"
    found = _txt(resolver, name, "v=dkim1")
    if not found:
        return Record("DKIM", "unknown" if found is None else "missing", name, "TXT", sender.public)
    same = _key(found[0]) == _key(sender.public)
    return Record("DKIM", "good" if same else "wrong", name, "TXT", sender.public, found[0])


def _key(record: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return "".join(tags.get("p", "").split())


def _dmarc(sender: Sender, resolver: MailResolver | None) -> Record:
    name, wanted = f"_dmarc.{sender.domain}", "v=DMARC1; p=none"
    parent = f"_dmarc.{sender.domain.partition('.')[2]}"
    found = _txt(resolver, name, "v=dmarc1")
    if found == [] and sender.domain.count(".") > 1:
        found = _txt(resolver, parent, "v=dmarc1")
    if not found:
        return Record("DMARC", "unknown" if found is None else "missing", name, "TXT", wanted)
    return Record("DMARC", "good" if len(found) == 1 else "wrong", name, "TXT", wanted, " | ".join(found))
