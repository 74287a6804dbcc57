"""The mail listener alone: what it says, what it passes on, what it refuses. The desk behind it is a list."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firstline.channels.base import Envelope
from firstline.intake.smtp import Limits, Listener, Unavailable

MAIL = b"Subject: x\r\n\r\nhello\r\n"


@dataclass
class ListDoor:
    """A door that keeps mails in a list."""

    kept: list[tuple[list[int], bytes, Envelope]] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    away: bool = False
    slow: float = 0.0

    async def find(self, address: str) -> int | None:
        """Two inboxes, with anything behind a plus."""
        if self.away:
            raise Unavailable
        return {"support@desk.test": 1, "security@desk.test": 2}.get(
            address.partition("+")[0].split("@")[0] + "@desk.test"
        )

    async def take(self, inbox_ids: Sequence[int], raw: bytes, envelope: Envelope) -> None:
        """Keep it, after a while if that is wished."""
        await asyncio.sleep(self.slow)
        if self.away:
            raise Unavailable
        self.kept.append((list(inbox_ids), raw, envelope))

    def refused(self, address: str, code: str) -> None:
        """Note it."""
        self.refusals.append((address, code))


class Peer:
    """The other end: sends bytes, reads answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> str:
        """One whole answer; '' when the listener hung up."""
        lines = []
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 5)).decode().rstrip("\r\n")
            lines.append(line)
            if line[3:4] != "-":
                return "\n".join(lines)

    async def ask(self, text: str) -> str:
        """Send one command and read its answer."""
        self.writer.write(text.encode() + b"\r\n")
        return await self.answer()

    async def open(self, *recipients: str) -> None:
        """From EHLO to the 354 of DATA."""
        assert (await self.ask("EHLO peer.example")).startswith("250")
        assert (await self.ask("MAIL FROM:<casey@example.org>")).startswith("250")
        for recipient in recipients or ("support@desk.test",):
            assert (await self.ask(f"RCPT TO:<{recipient}>")).startswith("250")
        assert (await self.ask("DATA")).startswith("354")

    async def send(self, raw: bytes) -> str:
        """The mail and its end."""
        self.writer.write(raw + b".\r\n")
        return await self.answer()


@asynccontextmanager
async def connected(listener: Listener, port: int) -> AsyncIterator[Peer]:
    """One more connection, after the greeting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    peer = Peer(reader, writer)
    assert (await peer.answer()).startswith("220")
    try:
        yield peer
    finally:
        writer.close()


def talk(
    conversation: Callable[[Peer, ListDoor, Listener, int], Awaitable[None]],
    *,
    lmtp: bool = False,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
) -> ListDoor:
    """Run one conversation with a listener of its own; returns its door."""
    door = ListDoor()

    async def run() -> None:
        listener = Listener(door, hostname="mx.desk.test", lmtp=lmtp, limits=limits, tls=tls)
        port = await listener.start("127.0.0.1", 0)
        async with connected(listener, port) as peer:
            await conversation(peer, door, listener, port)
        await listener.stop(2)

    asyncio.run(run())
    return door


def test_a_mail_is_passed_on_byte_for_byte_with_its_envelope() -> None:
    raw = b"Subject: \xc3\xbc\r\n\r\n\x00 nul, \xff\xfe, bare\nfeed and a dot:\r\n..hidden\r\n. \r\n"

    async def conversation(peer: Peer, door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open("support+tok@desk.test")
        assert (await peer.send(raw.replace(b"\r\n.", b"\r\n.."))).startswith("250")
        assert (await peer.ask("QUIT")).startswith("221")

    door = talk(conversation)
    assert door.kept == [
        ([1], raw, Envelope("127.0.0.1", "peer.example", "casey@example.org", ("support+tok@desk.test",), False))
    ]


def test_only_crlf_dot_crlf_ends_a_mail() -> None:
    """Nothing can be smuggled behind a mail whose end others see elsewhere."""
    raw = b"a\n.\nMAIL FROM:<x@y.z>\r\n\n.\r\nb\r\r\n"

    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open()
        assert (await peer.send(raw)).startswith("250")

    assert [kept[1] for kept in talk(conversation).kept] == [raw]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_everything_at_once_in_pieces_of_any_size(chunk: int) -> None:
    """Pipelining: two mails in one stream of bytes, cut anywhere."""
    one = b"MAIL FROM:<>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n" + MAIL + b".\r\n"
    stream = b"EHLO x\r\n" + one + one + b"RSET\r\nQUIT\r\n"

    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        for start in range(0, len(stream), chunk):
            peer.writer.write(stream[start : start + chunk])
            await peer.writer.drain()
        answers = [await peer.answer() for _ in range(11)]
        assert [answer[-40:][:3] if answer.startswith("250-") else answer[:3] for answer in answers[1:]] == [
            "250", "250", "354", "250", "250", "250", "354", "250", "250", "221",
        ]  # fmt: skip

    assert [kept[1] for kept in talk(conversation).kept] == [MAIL, MAIL]


def test_an_empty_mail() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open()
        assert (await peer.send(b"")).startswith("250")

    assert [kept[1] for kept in talk(conversation).kept] == [b""]


def test_two_inboxes_and_doubled_recipients() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open("support@desk.test", "security@desk.test", "support+a@desk.test")
        assert (await peer.send(MAIL)).startswith("250")

    assert talk(conversation).kept[0][0] == [1, 2]


def test_lmtp_answers_once_for_each_recipient() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        assert (await peer.ask("EHLO x")).startswith("500")
        assert (await peer.ask("LHLO x")).startswith("250")
        await peer.ask("MAIL FROM:<>")
        for name in ("support", "security"):
            await peer.ask(f"RCPT TO:<{name}@desk.test>")
        await peer.ask("DATA")
        assert (await peer.send(MAIL)).startswith("250")
        assert (await peer.answer()).startswith("250")

    assert len(talk(conversation, lmtp=True).kept) == 1


def test_an_unknown_address_is_refused_and_counted() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.ask("EHLO x")
        await peer.ask("MAIL FROM:<casey@example.org>")
        assert (await peer.ask("RCPT TO:<nobody@desk.test>")).startswith("550")
        assert (await peer.ask("DATA")).startswith("503")
        for _ in range(19):
            answer = await peer.ask("RCPT TO:<nobody@desk.test>")
        assert answer.startswith("550")
        assert (await peer.answer()).startswith("421")

    assert talk(conversation).refusals == [("nobody@desk.test", "550")] * 20


def test_a_desk_without_a_database_keeps_nothing_and_refuses_nothing() -> None:
    async def conversation(peer: Peer, door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open()
        door.away = True
        assert (await peer.send(MAIL)).startswith("451")
        await peer.ask("MAIL FROM:<casey@example.org>")
        assert (await peer.ask("RCPT TO:<support@desk.test>")).startswith("451")

    door = talk(conversation)
    assert door.kept == []
    assert door.refusals == []


def test_too_big_by_its_word_and_by_its_bytes() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.ask("EHLO x")
        assert (await peer.ask("MAIL FROM:<a@b.c> SIZE=5000")).startswith("552")
        await peer.open()
        assert (await peer.send(b"x" * 3000 + b"\r\n" + b"y" * 100_000 + b"\r\n")).startswith("552")
        await peer.open()
        assert (await peer.send(MAIL)).startswith("250")

    door = talk(conversation, limits=Limits(message_bytes=1000))
    assert [kept[1] for kept in door.kept] == [MAIL]
    assert [code for _, code in door.refusals] == ["552", "552"]


def test_a_mail_that_goes_round_in_circles() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open()
        assert (await peer.send(b"A: b\r\n" + b"Received: by x\r\n" * 51 + MAIL)).startswith("554")

    assert talk(conversation).kept == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("MAIL FROM:<a@b.c>", "503"),
        ("RCPT TO:<support@desk.test>", "503"),
        ("DATA", "503"),
        ("EHLO", "501"),
        ("NONSENSE", "500"),
        ("__class__", "500"),
        ("X" * 5000, "500"),
        ("NOOP", "250"),
        ("VRFY support", "252"),
        ("STARTTLS", "502"),
    ],
)
def test_commands_out_of_place(command: str, code: str) -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        assert (await peer.ask(command)).startswith(code)

    assert talk(conversation).kept == []


@pytest.mark.parametrize("argument", ["", "FROM", "FROM:<a@b.c", "FROM:<a@b.c>x", "TO:<a@b.c>", "FROM:<a b>"])
def test_broken_senders(argument: str) -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.ask("EHLO x")
        assert (await peer.ask(f"MAIL {argument}")).startswith("501")

    assert talk(conversation).kept == []


def test_more_connections_than_the_listener_takes() -> None:
    async def conversation(_peer: Peer, _door: ListDoor, _listener: Listener, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"421")
        writer.close()

    assert talk(conversation, limits=Limits(connections=1)).kept == []


def test_a_foreign_peer_may_send_so_many_a_minute() -> None:
    listener = Listener(ListDoor(), hostname="x", limits=Limits(messages_per_peer_and_minute=2))
    assert [listener.may_send("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert listener.may_send("192.0.2.2")
    assert all(listener.may_send("127.0.0.1") for _ in range(5))


def test_a_silent_peer_is_hung_up_on() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        assert await peer.answer() == ""

    assert talk(conversation, limits=Limits(idle_seconds=0.1)).kept == []


def test_a_stop_answers_the_mail_that_is_being_kept() -> None:
    async def conversation(peer: Peer, door: ListDoor, listener: Listener, _port: int) -> None:
        door.slow = 0.3
        await peer.open()
        peer.writer.write(MAIL + b".\r\n")
        await asyncio.sleep(0.1)
        stopped = asyncio.create_task(listener.stop(5))
        assert (await peer.answer()).startswith("250")
        assert (await peer.answer()).startswith("421")
        await stopped

    assert len(talk(conversation).kept) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's TLS with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mx.desk.test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def test_starttls_and_what_was_said_before_it_is_forgotten(certificate: ssl.SSLContext) -> None:
    """A command that somebody slips in behind STARTTLS, in clear, is not obeyed (RFC 3207 section 5)."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        assert "STARTTLS" in await peer.ask("EHLO x")
        peer.writer.write(b"STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
        assert (await peer.answer()).startswith("220")
        await peer.writer.start_tls(trusting)
        assert (await peer.ask("RCPT TO:<support@desk.test>")).startswith("503")
        assert "STARTTLS" not in await peer.ask("EHLO x")
        await peer.open()
        assert (await peer.send(MAIL)).startswith("250")

    assert [kept[2].tls for kept in talk(conversation, tls=certificate).kept] == [True]


def test_a_peer_that_leaves_in_the_middle_has_sent_nothing() -> None:
    async def conversation(peer: Peer, _door: ListDoor, _listener: Listener, _port: int) -> None:
        await peer.open()
        peer.writer.write(MAIL)
        await peer.writer.drain()

    assert talk(conversation).kept == []
