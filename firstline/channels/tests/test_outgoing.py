"""Mail that leaves: what it looks like, that nothing is smuggled into it, and what each way of failing is called."""

import base64
import email
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from firstline.channels.base import Address, ChannelError, Envelope, OutgoingAttachment, OutgoingMessage
from firstline.channels.email import parse_here, sending
from firstline.channels.email.building import build
from firstline.channels.email.sending import close_idle, send, send_raw, server

MESSAGE = OutgoingMessage(
    message_id="<s12.a8f3@desk.example.net>",
    sender=Address("Ada at Orbit", "support@desk.example.net"),
    recipient=Address("Casey Doe", "casey@example.org"),
    to=(Address("Casey Doe", "casey@example.org"), Address("Zoë, QA", "zoe@example.org")),
    subject="Re: Größe fällt auf – and more words so that the line must be folded somewhere in the middle",
    text="Hello Casey,\n\n.starts with a dot\nFrom here on: grüße\n",
    html="<p>Hello Casey</p>",
    date=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
    cc=(Address("", "team@example.org"),),
    reply_to="support+tok123@desk.example.net",
    in_reply_to="<m1@example.org>",
    references=("<m0@example.org>", "<" + "r" * 200 + "@example.org>"),
    attachments=(OutgoingAttachment('lög "x".txt', "text/plain", b"npm ERR!\n"),),
)


def _read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_what_a_reply_looks_like() -> None:
    raw = build(MESSAGE)
    message = _read(raw)
    assert message["Message-ID"] == "<s12.a8f3@desk.example.net>"
    assert message["Subject"] == MESSAGE.subject
    assert message["In-Reply-To"] == "<m1@example.org>"
    assert str(message["References"]).split() == [*MESSAGE.references, "<m1@example.org>"]
    assert [str(one) for one in message["To"].addresses] == [
        "Casey Doe <casey@example.org>",
        '"Zoë, QA" <zoe@example.org>',
    ]
    assert message["Reply-To"] == "support+tok123@desk.example.net"
    assert message["Auto-Submitted"] is None
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_what_was_built_is_read_back() -> None:
    parsed = parse_here(build(MESSAGE), Envelope())
    assert parsed.text == MESSAGE.text.strip()
    assert parsed.html == "<p>Hello Casey</p>"
    assert parsed.sender == MESSAGE.sender
    assert [(one.name, one.content) for one in parsed.attachments] == [("lög x.txt", b"npm ERR!\n")]


def test_an_automatic_answer_says_so() -> None:
    message = _read(build(replace(MESSAGE, automatic=True)))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert parse_here(build(replace(MESSAGE, automatic=True)), Envelope()).kind == "auto_reply"


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\rBcc: a@b.c", "x\u2028Bcc: a@b.c"]
)
def test_no_value_adds_a_header(evil: str) -> None:
    message = _read(
        build(
            replace(
                MESSAGE,
                subject=evil,
                sender=Address(evil, "support@desk.example.net"),
                to=(Address(evil, "casey@example.org"),),
                attachments=(OutgoingAttachment(evil, f"text/{evil}", b"x"),),
                references=(f"<{evil}@x>",),
            )
        )
    )
    assert message["Bcc"] is None
    assert all(part["Bcc"] is None for part in message.walk())


@pytest.mark.parametrize("address", ["a@b.c\r\nBcc: x@y.z", "no-at", "two words@b.c", "<a@b.c>", "a@b.c,d@e.f", ""])
def test_no_address_that_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="Not an address"):
        build(replace(MESSAGE, to=(Address("", address),)))


def test_an_international_domain_goes_out_in_ascii() -> None:
    raw = build(replace(MESSAGE, to=(Address("", "casey@bücher.example"),)))
    assert b"To: casey@xn--bcher-kva.example\r\n" in raw


Script = Callable[[bytes], bytes | None]


@contextmanager
def listener(script: Script) -> Iterator[str]:
    """An SMTP server of one connection: `script` gives the answer to each line, None to hang up."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = door.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 ready\r\n")
            in_data = False
            for line in lines:
                if in_data and line != b".\r\n":
                    continue
                answer = script(b"END" if in_data else line.strip().upper())
                in_data = answer is not None and answer.startswith(b"354")
                if answer is None:
                    return
                connection.sendall(answer + b"\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{door.getsockname()[1]}"
    finally:
        close_idle()
        thread.join(5)
        door.close()


def _script(**answers: bytes | None) -> Script:
    def answer(line: bytes) -> bytes | None:
        verb = line.split(b" ")[0].split(b":")[0].decode().lower()
        usual = {
            "ehlo": b"250 hello",
            "mail": b"250 ok",
            "rcpt": b"250 ok",
            "data": b"354 go",
            "end": b"250 ok",
            "quit": b"221 bye",
        }
        return answers[verb] if verb in answers else usual[verb]

    return answer


def test_sending_returns_our_message_id() -> None:
    with listener(_script()) as url:
        assert send(MESSAGE, server(url)) == MESSAGE.message_id
    with listener(_script()) as url:
        send_raw(b"Subject: x\n\nhello\n", "support@localhost", "casey@example.org", url)


@pytest.mark.parametrize(
    ("answers", "permanent", "unclear"),
    [
        ({"rcpt": b"550 5.1.1 no such person"}, True, False),
        ({"rcpt": b"450 4.2.1 later"}, False, False),
        ({"mail": b"553 not you"}, True, False),
        ({"data": b"554 no"}, True, False),
        ({"end": b"552 too big"}, True, False),
        ({"end": b"451 try later"}, False, False),
        ({"mail": None}, False, False),
        ({"end": None}, False, True),
    ],
)
def test_ways_of_failing(answers: dict[str, bytes | None], permanent: bool, unclear: bool) -> None:
    with listener(_script(**answers)) as url, pytest.raises(ChannelError) as caught:
        send(MESSAGE, server(url))
    assert (caught.value.permanent, caught.value.unclear) == (permanent, unclear)


def test_a_connection_is_kept_for_the_next_mail() -> None:
    """The listener takes one connection only."""
    with listener(_script(rset=b"250 ok")) as url:
        for _ in range(3):
            assert send(MESSAGE, server(url)) == MESSAGE.message_id


def test_a_kept_connection_that_died_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is asked for; this listener, which takes one only, does not answer it."""
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.5)
    with listener(_script(rset=None)) as url:
        send(MESSAGE, server(url))
        with pytest.raises(ChannelError, match="can't be reached"):
            send(MESSAGE, server(url))


def test_a_token_signs_in_by_xoauth2() -> None:
    said: list[bytes] = []

    def answer(line: bytes) -> bytes | None:
        said.append(line)
        offers = {b"EHLO": b"250-hello\r\n250 AUTH XOAUTH2", b"AUTH": b"235 ok"}
        return offers.get(line.split(b" ")[0]) or _script()(line)

    with listener(answer) as url:
        send(MESSAGE, replace(server(url), user="desk@x.example", access_token="T0k3n"))
    signed = base64.b64encode(b"user=desk@x.example\x01auth=Bearer T0k3n\x01\x01")
    assert b"AUTH XOAUTH2 " + signed.upper() in said


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(ChannelError) as caught:
        send(MESSAGE, server(f"smtp://user:secret@127.0.0.1:{port}"))
    assert not caught.value.permanent
    assert "secret" not in caught.value.sentence


def test_the_password_is_never_shown() -> None:
    found = server("smtps://user:s%40crit@mail.example.org")
    assert (found.port, found.password) == (465, "s@crit")
    assert "crit" not in repr(found)
    with pytest.raises(ValueError, match="written smtp") as caught:
        server("http://user:secret@mail.example.org")
    assert "secret" not in str(caught.value)
