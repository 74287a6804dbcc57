"""The mail listener: SMTP (RFC 5321) and LMTP (RFC 2033) as far as a desk's door needs it, on asyncio.

It knows the protocol and nothing of the desk: who may be written to and where a mail is kept for good is the `Door`'s
business. A mail is acknowledged only after `Door.take` came back. Only CRLF.CRLF ends a mail, so that nothing can be
smuggled behind it; bytes are passed on as they came, NUL included.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import ssl
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from firstline.channels.base import Envelope

MAX_MESSAGE = 25 * 1024 * 1024
_MAX_LINE = 4096
_MAX_RECIPIENTS = 100
_MAX_UNKNOWN = 20
_MAX_HOPS = 50
_CHUNK = 256 * 1024
_PATH = re.compile(r"(?:FROM|TO)\s*:\s*(?:<([^<>\s]*)>|([^\s<>]+))((?:\s+\S+)*)\s*", re.IGNORECASE)

logger = logging.getLogger(__name__)


class Unavailable(Exception):
    """The desk can't keep a mail now; the sender is told to come again (4xx)."""


class Door(Protocol):
    """What the listener asks of the desk."""

    async def find(self, address: str) -> int | None:
        """The id of the inbox that takes mail for `address`; None when there is none. Raises Unavailable."""
        ...

    async def take(self, inbox_ids: Sequence[int], raw: bytes, envelope: Envelope) -> None:
        """Keep the mail for good in every inbox. Raises Unavailable when that can't be said."""
        ...

    def refused(self, address: str, code: str) -> None:
        """Count a delivery that was refused for good."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may do. Loopback peers are our own mail server: for them only `connections` counts."""

    connections: int = 500
    connections_per_peer: int = 20
    messages_per_peer_and_minute: int = 120
    idle_seconds: float = 120.0
    message_bytes: int = MAX_MESSAGE


class Listener:
    """One listening socket. `start`, then `stop`; what was taken before `stop` is answered."""

    def __init__(
        self,
        door: Door,
        *,
        hostname: str,
        lmtp: bool = False,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.door = door
        self.hostname = hostname
        self.lmtp = lmtp
        self.limits = limits or Limits()
        self.tls = tls
        self.stopping = False
        self._peers: Counter[str] = Counter()
        self._sent: dict[str, deque[float]] = {}
        self._sessions: dict[asyncio.Task[None], _Session] = {}
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (of interest when 0 was asked for)."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_CHUNK, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, seconds: float) -> None:
        """Take no new connections, let mails that are being kept be answered, then hang up."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        for task, session in self._sessions.items():
            if not session.is_keeping:
                task.cancel()
        if self._sessions:
            _done, late = await asyncio.wait(list(self._sessions), timeout=seconds)
            for task in late:
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        session = self._sessions[task] = _Session(self, reader, writer, peer)
        self._peers[peer] += 1
        try:
            if self._is_full(peer):
                writer.write(b"421 4.7.0 Too many connections, come again later\r\n")
                await writer.drain()
            else:
                await session.run()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            logger.debug("A mail connection ended early.")
        finally:
            del self._sessions[task]
            self._peers[peer] -= 1
            if not self._peers[peer]:
                del self._peers[peer]
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
                await writer.wait_closed()

    def _is_full(self, peer: str) -> bool:
        if self.stopping or sum(self._peers.values()) > self.limits.connections:
            return True
        return self._peers[peer] > self.limits.connections_per_peer and not _is_loopback(peer)

    def may_send(self, peer: str) -> bool:
        """Count a mail of `peer`; False when it has sent too many within a minute."""
        if _is_loopback(peer):
            return True
        now = time.monotonic()
        if len(self._sent) > 10_000:
            self._sent = {name: times for name, times in self._sent.items() if times and times[-1] > now - 60}
        times = self._sent.setdefault(peer, deque())
        while times and times[0] < now - 60:
            times.popleft()
        times.append(now)
        return len(times) <= self.limits.messages_per_peer_and_minute


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return peer == ""


def _declared_size(parameters: str) -> int:
    """The size that MAIL announces (RFC 1870), 0 when it does not."""
    found = re.search(r"\bSIZE=(\d{1,15})\b", parameters, re.IGNORECASE)
    return int(found[1]) if found else 0


@dataclass(slots=True)
class _Mail:
    """One mail transaction between MAIL and the end of DATA."""

    mail_from: str
    recipients: list[tuple[str, int]] = field(default_factory=list)


class _Session:
    """One connection: commands in order, answers gathered while more commands wait in the buffer (RFC 2920)."""

    def __init__(
        self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str
    ) -> None:
        self._listener = listener
        self._reader = reader
        self._writer = writer
        self._peer = peer
        self._buffer = bytearray()
        self._helo = ""
        self._tls = False
        self._mail: _Mail | None = None
        self._unknown = 0
        self._open = True
        self.is_keeping = False

    async def run(self) -> None:
        """Greet, then answer until the peer says QUIT or is told to go."""
        self._say(f"220 {self._listener.hostname} {'LMTP' if self._listener.lmtp else 'ESMTP'} Firstline")
        while self._open and not self._listener.stopping:
            line = await self._line()
            if line is None:
                return
            verb, _, argument = line.partition(" ")
            command = getattr(self, f"_on_{verb.lower()}", None) if verb.isalpha() else None
            if command is None:
                self._say("500 5.5.1 This command is not known here")
            else:
                await command(argument.strip())
        await self._writer.drain()

    async def _on_ehlo(self, argument: str) -> None:
        if self._listener.lmtp:
            self._say("500 5.5.1 Say LHLO")
        else:
            self._greet(argument)

    async def _on_lhlo(self, argument: str) -> None:
        if self._listener.lmtp:
            self._greet(argument)
        else:
            self._say("500 5.5.1 Say EHLO")

    async def _on_helo(self, argument: str) -> None:
        if self._listener.lmtp or not argument:
            self._say("501 5.5.4 Say who you are")
            return
        self._helo, self._mail = argument[:255], None
        self._say(f"250 {self._listener.hostname}")

    def _greet(self, argument: str) -> None:
        if not argument:
            self._say("501 5.5.4 Say who you are")
            return
        self._helo, self._mail = argument[:255], None
        offers = ["PIPELINING", f"SIZE {self._listener.limits.message_bytes}", "8BITMIME", "SMTPUTF8"]
        if self._listener.tls is not None and not self._tls:
            offers.append("STARTTLS")
        offers.append("ENHANCEDSTATUSCODES")
        self._say("\r\n".join([f"250-{self._listener.hostname}", *(f"250-{one}" for one in offers[:-1])]))
        self._say(f"250 {offers[-1]}")

    async def _on_starttls(self, _argument: str) -> None:
        if self._listener.tls is None or self._tls:
            self._say("502 5.5.1 Not offered")
            return
        self._say("220 2.0.0 Go ahead")
        self._buffer.clear()
        await self._writer.start_tls(self._listener.tls)
        self._tls, self._helo, self._mail = True, "", None

    async def _on_mail(self, argument: str) -> None:
        path = _PATH.fullmatch(argument)
        if not self._helo or self._mail is not None:
            self._say("503 5.5.1 Not now")
        elif path is None or argument[:4].upper() != "FROM":
            self._say("501 5.5.4 Say MAIL FROM:<address>")
        elif not self._listener.may_send(self._peer):
            self._say("450 4.7.1 Too many mails, come again later")
        elif _declared_size(path[3]) > self._listener.limits.message_bytes:
            self._listener.door.refused("", "552")
            self._say("552 5.3.4 The mail is too big")
        else:
            self._mail = _Mail(path[1] if path[1] is not None else path[2])
            self._say("250 2.1.0 Ok")

    async def _on_rcpt(self, argument: str) -> None:
        path = _PATH.fullmatch(argument)
        if self._mail is None:
            self._say("503 5.5.1 Say MAIL first")
        elif path is None or argument[:2].upper() != "TO":
            self._say("501 5.5.4 Say RCPT TO:<address>")
        elif len(self._mail.recipients) >= _MAX_RECIPIENTS:
            self._say("452 4.5.3 Too many recipients")
        else:
            await self._recipient(self._mail, (path[1] or path[2] or "").rpartition(":")[2])

    async def _recipient(self, mail: _Mail, address: str) -> None:
        try:
            inbox_id = await self._listener.door.find(address)
        except Unavailable:
            self._say("451 4.3.0 The desk is not available, come again later")
            return
        if inbox_id is not None:
            mail.recipients.append((address, inbox_id))
            self._say("250 2.1.5 Ok")
            return
        self._listener.door.refused(address, "550")
        self._unknown += 1
        self._say("550 5.1.1 Nobody here has this address")
        if self._unknown >= _MAX_UNKNOWN:
            self._say("421 4.7.0 Too many unknown recipients")
            self._open = False

    async def _on_data(self, argument: str) -> None:
        mail = self._mail
        if mail is None or not mail.recipients or argument:
            self._say("503 5.5.1 Say RCPT first" if not argument else "501 5.5.4 Say DATA")
            return
        self._say("354 End with CRLF.CRLF")
        raw = await self._data()
        self._mail = None
        self.is_keeping = True
        answer = await self._taken(mail, raw)
        for _ in mail.recipients if self._listener.lmtp else (None,):
            self._say(answer)
        if self._listener.stopping:
            self._say("421 4.3.2 The desk is going down")
        self.is_keeping = False

    async def _taken(self, mail: _Mail, raw: bytes | None) -> str:
        door = self._listener.door
        if raw is None:
            door.refused(mail.recipients[0][0], "552")
            return "552 5.3.4 The mail is too big"
        if raw[: 256 * 1024].partition(b"\r\n\r\n")[0].lower().count(b"\nreceived:") > _MAX_HOPS:
            door.refused(mail.recipients[0][0], "554")
            return "554 5.4.6 This mail goes round in circles"
        recipients = tuple(address for address, _ in mail.recipients)
        envelope = Envelope(self._peer, self._helo, mail.mail_from, recipients, self._tls)
        inbox_ids = list(dict.fromkeys(inbox_id for _, inbox_id in mail.recipients))
        try:
            await asyncio.shield(door.take(inbox_ids, raw, envelope))
        except Unavailable:
            return "451 4.3.0 The desk can't keep mail now, come again later"
        return "250 2.0.0 Kept"

    async def _on_rset(self, _argument: str) -> None:
        self._mail = None
        self._say("250 2.0.0 Ok")

    async def _on_noop(self, _argument: str) -> None:
        self._say("250 2.0.0 Ok")

    async def _on_vrfy(self, _argument: str) -> None:
        self._say("252 2.5.0 Send a mail and see")

    async def _on_quit(self, _argument: str) -> None:
        self._say("221 2.0.0 Bye")
        self._open = False

    def _say(self, text: str) -> None:
        self._writer.write(text.encode("ascii", "replace") + b"\r\n")

    async def _fill(self) -> bool:
        """More bytes into the buffer; False at the end. Answers go out before waiting."""
        await self._writer.drain()
        async with asyncio.timeout(self._listener.limits.idle_seconds):
            chunk = await self._reader.read(_CHUNK)
        self._buffer += chunk
        return bool(chunk)

    async def _line(self) -> str | None:
        """The next command line, None when the peer is gone or must go because the line has no end."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_LINE:
                self._say("500 5.5.2 The line is too long")
                await self._writer.drain()
                return None
            if not await self._fill():
                return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        return re.sub(r"[\x00-\x1f\x7f]", "?", text[:_MAX_LINE])

    async def _data(self) -> bytes | None:
        """The mail up to CRLF.CRLF with its dots unstuffed; None when it was too big (its bytes are dropped)."""
        limit = self._listener.limits.message_bytes
        if self._buffer.startswith(b".\r\n"):
            del self._buffer[:3]
            return b""
        too_big, searched = False, 0
        while (end := self._buffer.find(b"\r\n.\r\n", searched)) < 0:
            if searched == 0 and self._buffer.startswith(b".\r\n"):
                del self._buffer[:3]
                return b""
            if len(self._buffer) > limit:
                too_big = True
                del self._buffer[:-4]
            searched = max(len(self._buffer) - 4, 0)
            if not await self._fill():
                raise ConnectionResetError("The peer left in the middle of a mail.")
        raw = bytes(self._buffer[: end + 2])
        del self._buffer[: end + 5]
        if too_big or len(raw) > limit:
            return None
        raw = raw.replace(b"\r\n.", b"\r\n")
        return raw[1:] if raw.startswith(b".") else raw
