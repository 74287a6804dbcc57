"""Hand a mail to the outgoing server (RFC 5321) and say clearly how it went. Connections are kept for the next mail."""

from __future__ import annotations

import atexit
import contextlib
import ipaddress
import re
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.email import accounts
from firstline.channels.email.building import build, wire_address

TIMEOUT_SECONDS = 30.0
IDLE_SECONDS = 20.0
MAILS_A_CONNECTION = 100
CONNECTIONS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Server:
    """Where outgoing mail goes. Neither password nor token shows in a repr."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""
    access_token: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, tls={self.tls})"


def server(url: str) -> Server:
    """Read `smtp[s]://user:pass@host:port`. Raises ValueError with a sentence that does not repeat the URL."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("The outgoing server is written smtp://user:password@host:port or smtps://….")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, parts.port or (465 if tls else 25), tls, user, password)


def way_out(settings: Mapping[str, str]) -> Server:
    """The server by which an inbox with these settings sends: its own, its mailbox's, or `outgoing`, the desk's.

    Raises ValueError with a sentence when it is not written as one.
    """
    via = settings.get("out_via", "")
    if via == "smtp":
        found = server(settings.get("out_server", ""))
        return Server(found.host, found.port, found.tls, settings.get("out_user", ""), settings.get("out_secret", ""))
    if via == "mailbox":
        preset = accounts.PRESETS.get(settings.get("in_via", ""), ("", ""))[1]
        found, box = server(settings.get("out_server", "") or preset), accounts.imap_account(settings)
        return Server(found.host, found.port, found.tls, box.user, box.password, box.access_token)
    return server(settings.get("outgoing", ""))


def send(outgoing: OutgoingMessage, through: Server, *, signer: Callable[[bytes], bytes] | None = None) -> str:
    """Send one copy to `outgoing.recipient`, signed by `signer`, and return its Message-ID.

    Raises ChannelError: permanent for 5xx and for a message that can't be built; `unclear` when the connection broke
    after the server had the message, so that it may have taken it.
    """
    try:
        raw = build(outgoing)
        recipient = wire_address(outgoing.recipient.email)
        returns_to = "" if outgoing.automatic else wire_address(outgoing.reply_to or outgoing.sender.email)
    except ValueError as error:
        raise ChannelError(f"The message can't be sent: {error}", permanent=True) from error
    _send(signer(raw) if signer else raw, returns_to, recipient, through)
    return outgoing.message_id


def send_raw(raw: bytes, returns_to: str, recipient: str, url: str) -> None:
    """Send the bytes of a mail that was built elsewhere. Raises ChannelError as `send` does."""
    try:
        through = server(url)
        sender, receiver = wire_address(returns_to) if returns_to else "", wire_address(recipient)
    except ValueError as error:
        raise ChannelError(f"The message can't be sent: {error}", permanent=True) from error
    _send(re.sub(rb"\r?\n", b"\r\n", raw), sender, receiver, through)


def _send(raw: bytes, returns_to: str, recipient: str, through: Server) -> None:
    kept = _pool.take(through)
    try:
        kept = kept or _Kept(_connect(through))
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, "The outgoing mail server refused us") from error
    except (OSError, smtplib.SMTPException) as error:
        sentence = f"The outgoing mail server can't be reached ({type(error).__name__})."
        raise ChannelError(sentence, permanent=False) from error
    try:
        _transfer(kept.connection, returns_to, recipient, raw)
    except BaseException:
        kept.connection.close()
        raise
    _pool.give(through, kept)


@dataclass(slots=True)
class _Kept:
    """A connection, how many mails went over it, and since when it is idle (seconds of the monotonic clock)."""

    connection: smtplib.SMTP
    mails: int = 0
    idle_since: float = 0.0

    def answers(self) -> bool:
        """Whether it is young enough and the server still there."""
        if time.monotonic() - self.idle_since > IDLE_SECONDS:
            return False
        try:
            return self.connection.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def hang_up(self) -> None:
        """Say QUIT if the server listens."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.connection.quit()
        self.connection.close()


class _Pool:
    """Idle connections by server: a TLS handshake and a sign-in for each mail would cost more than the mail."""

    def __init__(self) -> None:
        self._idle: dict[Server, list[_Kept]] = {}
        self._lock = threading.Lock()

    def take(self, through: Server) -> _Kept | None:
        """A connection that answers, None when there is none."""
        while True:
            with self._lock:
                kept = self._idle.get(through, [])
                found = kept.pop() if kept else None
            if found is None or found.answers():
                return found
            found.hang_up()

    def give(self, through: Server, kept: _Kept) -> None:
        """Keep a connection for the next mail, or hang up when it has served its time."""
        kept.mails, kept.idle_since = kept.mails + 1, time.monotonic()
        with self._lock:
            idle = self._idle.setdefault(through, [])
            if kept.mails < MAILS_A_CONNECTION and len(idle) < CONNECTIONS_KEPT:
                idle.append(kept)
                return
        kept.hang_up()

    def close(self) -> None:
        """Hang up all of them."""
        with self._lock:
            idle, self._idle = [one for kept in self._idle.values() for one in kept], {}
        for one in idle:
            one.hang_up()


_pool = _Pool()


@atexit.register
def close_idle() -> None:
    """Hang up the connections that wait for another mail."""
    _pool.close()


def _connect(through: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if _is_loopback(through.host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    connection: smtplib.SMTP
    if through.tls:
        connection = smtplib.SMTP_SSL(through.host, through.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(through.host, through.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        if not through.tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        if through.access_token:
            bearer = f"user={through.user}\x01auth=Bearer {through.access_token}\x01\x01"
            connection.auth("XOAUTH2", lambda challenge=None: bearer if challenge is None else "")
        elif through.user:
            connection.login(through.user, through.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _transfer(connection: smtplib.SMTP, returns_to: str, recipient: str, raw: bytes) -> None:
    options = ["SMTPUTF8", "BODY=8BITMIME"] if not (returns_to + recipient).isascii() else []
    if options and not connection.has_extn("smtputf8"):
        raise ChannelError("The outgoing mail server can't send to an address with such letters.", permanent=True)
    try:
        _expect(connection.mail(returns_to, options), 250, "The outgoing mail server refused our address")
        _expect(connection.rcpt(recipient), 250, "The recipient was refused")
        _expect(connection.docmd("DATA"), 354, "The outgoing mail server refused the message")
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise ChannelError("The outgoing mail server went away.", permanent=False) from error
    try:
        connection.send(_dotted(raw))
        _expect(connection.getreply(), 250, "The outgoing mail server refused the message")
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        sentence = "The connection broke while the message was handed over; it may have been taken."
        raise ChannelError(sentence, permanent=False, unclear=True) from error


def _expect(answer: tuple[int, bytes], wanted: int, sentence: str) -> None:
    code, text = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise _refused(code, text, sentence)


def _refused(code: int, text: bytes | str, sentence: str) -> ChannelError:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return ChannelError(f"{sentence}: {code} {' '.join(said.split())[:200]}", permanent=500 <= code < 600)


def _dotted(raw: bytes) -> bytes:
    """Transparency of RFC 5321 section 4.5.2, and the end of data."""
    body = raw.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    return body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"
