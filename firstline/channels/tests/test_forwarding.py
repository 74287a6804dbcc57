"""Mail that came through somebody else: forty honest ones with real DKIM and ARC signatures, and forty forged twins."""

import base64
import itertools
from dataclasses import dataclass

import pytest

from firstline.channels.base import Envelope, SenderAuth, Trust
from firstline.channels.email import parse_here
from firstline.channels.email.authentication import verify
from firstline.conversations.rules import Inbound, Join, match
from tests.fixtures.mail import raw, signing

NAMED = ("forward.example", "groups.example")
FORWARDED = Envelope(peer_ip=signing.FORWARDER_IP, mail_from="SRS0=ab=cd=example.org=casey@forward.example")
DIRECT = Envelope(peer_ip="192.0.2.66", mail_from="grim@open.example")
BODIES = {
    "plain": (b"text/plain", b"npm publish answers 403."),
    "utf-8": (b"text/plain; charset=utf-8", "Es schlägt fehl: größer als erlaubt.".encode()),
    "html": (b"text/html", b"<p>npm publish answers <b>403</b>.</p>"),
    "base64": (b"text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64", base64.b64encode("失敗".encode())),
    "parts": (b"multipart/mixed; boundary=b", b"--b\r\n\r\nLog.\r\n--b\r\n\r\nmore\r\n--b--"),
    "alternative": (
        b"multipart/alternative; boundary=b",
        b"--b\r\n\r\nLog.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Log.\r\n--b--",
    ),
    "long": (b"text/plain", b"line of a log\r\n" * 500),
    "empty": (b"text/plain", b""),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A mail as it reaches us, with the envelope it came in."""

    mail: bytes
    envelope: Envelope


def _written(body: str, sender: bytes = b"Casey Doe <casey@example.org>") -> bytes:
    content_type, content = BODIES[body]
    return (
        b"From: " + sender + b"\r\nTo: help@forward.example\r\nSubject: Publishing gives 403\r\n"
        b"Message-ID: <" + body.encode() + b"@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: "
        + content_type + b"\r\n\r\n" + content + b"\r\n"
    )  # fmt: skip


def _changed(mail: bytes) -> bytes:
    return mail.replace(b"Subject: Publishing", b"Subject: [help] Publishing") + b"-- \r\nSent to help@\r\n"


SEEN = "dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
GROUP = b"'Casey Doe' via Help <help@groups.example>"


def _gmail_filter(body: str) -> Case:
    """Forwarded unchanged but for trace fields: the writer's own signature still holds."""
    kept = signing.signed(_written(body), "example.org")
    return Case(b"X-Forwarded-For: help@forward.example support@desk.example.net\r\n" + kept, FORWARDED)


def _groups_rewrite(body: str) -> Case:
    """From is the group's, which signs; the writer stands in X-Original-From."""
    mail = b"X-Original-From: Casey Doe <casey@example.org>\r\nList-Id: <help.groups.example>\r\n" + _written(
        body, GROUP
    )
    return Case(signing.signed(mail, "groups.example"), Envelope(signing.FORWARDER_IP, "", "help@groups.example"))


def _exchange_rule(body: str) -> Case:
    """Redirected by a rule that changed it: no signature holds, SPF of the forwarder does."""
    return Case(b"X-MS-Exchange-Inbox-Rules-Loop: help@forward.example\r\n" + _changed(_written(body)), FORWARDED)


def _srs_alias(body: str) -> Case:
    """An alias that rewrote the envelope and sealed what it had found."""
    return Case(
        signing.sealed(_changed(signing.signed(_written(body), "example.org")), "forward.example", SEEN), FORWARDED
    )


def _footer_added(body: str) -> Case:
    """A footer broke the writer's signature; the forwarder signed anew with its own."""
    mail = b"X-Forwarded-To: support@desk.example.net\r\n" + _changed(_written(body))
    return Case(signing.signed(mail, "forward.example"), DIRECT)


SHAPES = [_gmail_filter, _groups_rewrite, _exchange_rule, _srs_alias, _footer_added]
HONEST = list(itertools.product(SHAPES, BODIES))


def _judge(case: Case, named: tuple[str, ...] = NAMED) -> tuple[SenderAuth, str, Join, bool]:
    """The verdict, whom we take for the writer, what becomes of it, and whether it joins Casey's conversation."""
    parsed = parse_here(case.mail, case.envelope)
    auth = verify(case.mail, parsed, case.envelope, Trust(resolver=signing.zone(), forwarders=named))
    writer = auth.writer or parsed.sender
    assert writer is not None
    is_casey = writer.email == "casey@example.org"
    facts = Inbound(
        auth.result, 1 if is_casey else 2, listed=auth.listed_unverified,
        referenced=(10,), participations=frozenset({10} if is_casey else ()),
    )  # fmt: skip
    verdict = match(facts)
    return auth, writer.email, verdict.join, verdict.strand is not None


@pytest.mark.parametrize(("shape", "body"), HONEST, ids=lambda one: getattr(one, "__name__", one))
def test_a_named_forwarder_restores_the_writer(shape: object, body: str) -> None:
    case = shape(body)  # type: ignore[operator]  # the parametrisation gives object
    auth, writer, join, _ = _judge(case)
    assert writer == "casey@example.org"
    assert join is not Join.QUARANTINE
    assert auth.result == ("pass" if shape in (_gmail_filter, _srs_alias) else "none")


@pytest.mark.parametrize(("shape", "body"), HONEST, ids=lambda one: getattr(one, "__name__", one))
def test_without_a_name_it_opens_as_unverified_and_is_not_held(shape: object, body: str) -> None:
    auth, _, join, joins = _judge(shape(body), named=())  # type: ignore[operator]  # as above
    assert join is not Join.QUARANTINE
    if shape is not _gmail_filter:
        assert auth.listed_unverified
        assert not joins


def _forged(body: str) -> list[Case]:
    """The same five shapes, written by Grim in Casey's name, who can sign for his own domain only."""
    spoofed = _written(body)
    rewritten = b"X-Original-From: Casey Doe <casey@example.org>\r\nList-Id: <help.groups.example>\r\n" + _written(
        body, GROUP
    )
    return [
        Case(b"X-Forwarded-For: help@forward.example\r\n" + signing.signed(spoofed, "evil.example"), DIRECT),
        Case(signing.signed(rewritten, "evil.example"), DIRECT),
        Case(
            b"X-MS-Exchange-Inbox-Rules-Loop: help@forward.example\r\n" + spoofed,
            Envelope("192.0.2.66", "", FORWARDED.mail_from),
        ),
        Case(signing.sealed(spoofed, "evil.example", SEEN), DIRECT),
        Case(_changed(_footer_added(body).mail) + b"Reset my password.\r\n", DIRECT),
    ]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_a_forged_twin_never_joins(body: str) -> None:
    for case in _forged(body):
        auth, _, _, joins = _judge(case)
        assert auth.result != "pass"
        assert not auth.through
        assert not joins


def test_a_seal_over_another_body_proves_nothing() -> None:
    replayed = Case(_srs_alias("plain").mail.replace(b"answers 403", b"answers 200"), DIRECT)
    auth, _, _, joins = _judge(replayed)
    assert (auth.result, joins) == ("fail", False)


def test_what_the_forwarder_found_false_stays_false() -> None:
    mail = signing.sealed(_written("plain"), "forward.example", "dkim=none; dmarc=fail header.from=example.org")
    auth, _, join, joins = _judge(Case(mail, FORWARDED))
    assert (auth.result, joins) == ("fail", False)
    assert join is Join.QUARANTINE


def test_a_forwarder_restores_nobody_from_two_names() -> None:
    mail = b"Reply-To: casey@example.org, grim@open.example\r\n" + _written("plain", GROUP)
    auth, writer, _, _ = _judge(Case(signing.signed(mail, "groups.example"), DIRECT))
    assert auth.writer is None
    assert writer == "help@groups.example"


def test_the_fixture_of_a_sealed_mail() -> None:
    changed = _changed(signing.signed(raw("arc-forwarded"), "example.org"))
    auth, writer, join, _ = _judge(Case(signing.sealed(changed, "forward.example", SEEN), FORWARDED))
    assert (auth.result, auth.through, writer, join) == ("pass", "forward.example", "casey@example.org", Join.APPEND)
