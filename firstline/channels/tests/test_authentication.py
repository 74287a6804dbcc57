"""Who a sender really is (S-01, G2): real DKIM signatures, SPF and DMARC against a zone written here."""

import functools

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from firstline.channels.base import Envelope, ResolverUnreachable, Trust
from firstline.channels.email import parse_here
from firstline.channels.email.authentication import verify
from firstline.channels.email.results import organisational, parse_results

MAIL = (
    b"From: Casey Doe <casey@example.org>\r\nTo: support@desk.example.net\r\nSubject: Install fails\r\n"
    b"Message-ID: <m1@example.org>\r\n\r\nnpm install stops with ERESOLVE.\r\n"
)
NOBODY = Envelope()
REJECT = b"v=DMARC1; p=reject"


class Zone:
    """A resolver that knows only what it is given; `None` for a name means that no server answers."""

    def __init__(self, records: dict[str, bytes | None]) -> None:
        self.records = records

    def txt(self, name: str) -> list[bytes]:
        """The record of `name`."""
        record = self.records.get(name, b"")
        if record is None:
            raise ResolverUnreachable(name)
        return [record] if record else []


@functools.cache
def _key() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, b"".join(public.splitlines()[1:-1])


def _signed(domain: bytes, *, length: bool = False) -> bytes:
    signature = dkim.sign(MAIL, b"s1", domain, _key()[0], include_headers=[b"from", b"subject"], length=length)
    return bytes(signature) + MAIL


def _zone(domain: str, **more: bytes | None) -> Zone:
    names = {f"s1._domainkey.{domain}": b"v=DKIM1; k=rsa; p=" + _key()[1]}
    return Zone({**names, **{name.replace("__", "."): value for name, value in more.items()}})


def _verdict(raw: bytes, zone: Zone | None, envelope: Envelope = NOBODY, authserv_id: str = "") -> str:
    parsed = parse_here(raw, envelope)
    return verify(raw, parsed, envelope, Trust(authserv_id, zone)).result


def test_an_aligned_signature_passes() -> None:
    assert _verdict(_signed(b"example.org"), _zone("example.org")) == "pass"


def test_a_signature_of_the_organisation_passes_unless_the_domain_is_strict() -> None:
    assert _verdict(_signed(b"mail.example.org"), _zone("mail.example.org")) == "pass"
    strict = Zone({**_zone("mail.example.org").records, "_dmarc.example.org": b"v=DMARC1; p=none; adkim=s"})
    assert _verdict(_signed(b"mail.example.org"), strict) == "none"


def test_s01_a_signature_of_someone_else_proves_nothing() -> None:
    assert _verdict(_signed(b"evil.example"), _zone("evil.example")) == "none"
    refusing = Zone({**_zone("evil.example").records, "_dmarc.example.org": REJECT})
    assert _verdict(_signed(b"evil.example"), refusing) == "fail"


def test_a_changed_body_fails_where_the_domain_says_so() -> None:
    changed = _signed(b"example.org").replace(b"ERESOLVE", b"my password")
    assert _verdict(changed, _zone("example.org")) == "none"
    refusing = Zone({**_zone("example.org").records, "_dmarc.example.org": REJECT})
    assert _verdict(changed, refusing) == "fail"


def test_a_signature_over_a_part_of_the_body_never_counts() -> None:
    assert _verdict(_signed(b"example.org", length=True) + b"More, unsigned.\r\n", _zone("example.org")) == "none"


@pytest.mark.parametrize(
    ("record", "expected"),
    [(b"", "none"), (b"v=DMARC1; p=none", "none"), (b"v=DMARC1; p=quarantine", "fail"), (REJECT, "fail")],
)
def test_unsigned_mail_by_the_policy_of_its_domain(record: bytes, expected: str) -> None:
    assert _verdict(MAIL, Zone({"_dmarc.example.org": record})) == expected


def test_a_subdomain_follows_the_policy_of_its_organisation() -> None:
    raw = MAIL.replace(b"casey@example.org", b"casey@news.example.org")
    assert _verdict(raw, Zone({"_dmarc.example.org": b"v=DMARC1; p=none; sp=reject"})) == "fail"


def test_a_silent_resolver_makes_nobody_bad() -> None:
    assert _verdict(MAIL, Zone({"_dmarc.example.org": None})) == "none"
    unreachable = Zone({"_dmarc.example.org": REJECT, "s1._domainkey.example.org": None})
    assert _verdict(_signed(b"example.org"), unreachable) == "none"
    assert _verdict(MAIL, None) == "none"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (b"v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        (b"v=spf1 include:_spf.example.net -all", "pass"),
        (b"v=spf1 redirect=_spf.example.net", "pass"),
        (b"v=spf1 ip4:198.51.100.1 -all", "none"),
        (b"v=spf1 a mx -all", "none"),
        (b"v=spf1 -exists:%{i}.example.net ip4:192.0.2.0/24", "none"),
        (b"v=spf1 include:example.org -all", "none"),
    ],
)
def test_spf_of_the_sending_host(record: bytes, expected: str) -> None:
    zone = Zone({"example.org": record, "_spf.example.net": b"v=spf1 ip4:192.0.2.7 ~all"})
    envelope = Envelope(peer_ip="192.0.2.7", mail_from="casey@example.org")
    assert _verdict(MAIL, zone, envelope) == expected
    assert _verdict(MAIL, zone, Envelope(peer_ip="192.0.2.7", mail_from="x@evil.example")) == "none"


OURS = b"Authentication-Results: mx.desk.example.net; "


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (OURS + b"dkim=pass header.d=example.org", "pass"),
        (OURS + b"dkim=pass header.i=@example.org", "pass"),
        (OURS + b"spf=pass smtp.mailfrom=casey@example.org", "pass"),
        (OURS + b"dmarc=pass (p=reject) header.from=example.org", "pass"),
        (OURS + b"dkim=pass header.d=evil.example", "none"),
        (OURS + b"dkim=fail header.d=example.org", "none"),
        (OURS + b"dmarc=fail (p=REJECT dis=NONE) header.from=example.org", "fail"),
        (b"Authentication-Results: mx.evil.example; dkim=pass header.d=example.org", "none"),
        (b"Authentication-Results: (mx.desk.example.net) mx.evil.example; dkim=pass header.d=example.org", "none"),
    ],
)
def test_s01_only_the_results_of_our_own_server_count(field: bytes, expected: str) -> None:
    assert _verdict(field + b"\r\n" + MAIL, None, authserv_id="mx.desk.example.net") == expected
    assert _verdict(field + b"\r\n" + MAIL, None) == "none"


def test_a_result_below_our_servers_trace_is_not_ours() -> None:
    top = OURS + b"dkim=none\r\nReceived: from evil.example by mx.desk.example.net\r\n"
    forged = OURS + b"dkim=pass header.d=example.org\r\n"
    assert _verdict(top + forged + MAIL, None, authserv_id="mx.desk.example.net") == "none"


def test_the_inputs_are_kept_with_the_verdict() -> None:
    zone = Zone({"_dmarc.example.org": REJECT})
    parsed = parse_here(MAIL, Envelope())
    found = verify(MAIL, parsed, Envelope(), Trust(resolver=zone))
    assert found.inputs == {"from_domain": "example.org", "dmarc": "v=DMARC1; p=reject", "dkim": "none"}


def test_organisational_domain() -> None:
    assert organisational("a.b.example.co.uk") == "example.co.uk"
    assert organisational("Example.org.") == "example.org"
    assert organisational("localhost") == "localhost"


def test_results_field_is_read_whatever_it_says() -> None:
    assert parse_results("") is None
    assert parse_results("mx (a (b) c) 1; none") is not None
    found = parse_results('mx.example.net 1; spf=pass (ok; p=1) smtp.mailfrom="a@b.example"; dkim=fail reason="x y"')
    assert found is not None
    assert found.methods[0] == ("spf", "pass", {"smtp.mailfrom": "a@b.example"})
