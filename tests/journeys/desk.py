"""A real `firstline up` in a process of its own, with a mail server that takes what it sends: what the journeys
drive.
"""

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from firstline.operations import processes
from tests.shared import ROOT

START_LIMIT = 120.0
STOP_LIMIT = 20.0
BROWSER_MAKERS = ("google.com", "googleapis.com", "gvt1.com")  # whom Chromium itself calls on, whatever it is told
TLS_HANDSHAKE = b"\x16"
READY = "Stop                 Ctrl-C"
Found = TypeVar("Found")


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(what: Callable[[], Found | None], why: str, seconds: float = 30.0) -> Found:
    """Ask until there is an answer; AssertionError with `why` when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"After {seconds:.0f} s still not: {why}")


class Mailbox:
    """A mail server on loopback that keeps what it takes."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep one mail (aiosmtpd's handler protocol)."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), message))
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one recipient, oldest first."""
        return [message for recipients, message in list(self.mails) if address in recipients]

    def wait(self, address: str, count: int = 1) -> EmailMessage:
        """The recipient's `count`th mail, once it is here."""
        mails = wait_for(lambda: self.to(address)[count - 1 : count], f"mail {count} for {address}", 60)
        return mails[0]


@dataclass
class Trap:
    """Where every name but this machine's own leads the browser: whoever comes was sent by a page."""

    port: int = 0
    visits: list[str] = field(default_factory=list)
    server: socket.socket | None = None

    def open(self) -> None:
        """Listen."""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._take, args=(self.server,), daemon=True).start()

    def _take(self, server: socket.socket) -> None:
        while True:
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(2)
                try:
                    name = name_asked_for(read_hello(visitor))
                except OSError:
                    name = "nobody"
            if not any(maker in name for maker in BROWSER_MAKERS):
                self.visits.append(name)

    def close(self) -> None:
        """Stop listening."""
        if self.server is not None:
            self.server.close()


def read_hello(visitor: socket.socket) -> bytes:
    """The first thing a client says: a whole TLS record, or what one read gives of anything else."""
    hello = visitor.recv(4096)
    if hello[:1] == TLS_HANDSHAKE:
        while len(hello) < 5 + int.from_bytes(hello[3:5]) and (more := visitor.recv(4096)):
            hello += more
    return hello


def name_asked_for(hello: bytes) -> str:
    """The Host of a plain request or the server name of a TLS hello (RFC 6066 section 3), "nobody" without either."""
    host = re.search(rb"(?im)^host: *([^\r\n:]+)", hello)
    if host:
        return host.group(1).decode(errors="replace")
    for found in re.finditer(rb"(?=\x00\x00(..)(..)\x00(..))", hello, re.DOTALL):
        whole, listed, length = (int.from_bytes(part) for part in found.groups())
        if whole == listed + 2 == length + 5 and length:
            return hello[found.start() + 9 : found.start() + 9 + length].decode(errors="replace")
    return "nobody"


@dataclass
class Desk:
    """One running desk: where it is, what it printed, and how to talk to it."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    mailbox: Mailbox = field(default_factory=Mailbox)
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    status_port: int = field(default_factory=free_port)
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The desk's own origin."""
        return f"http://localhost:{self.port}"

    @property
    def content_url(self) -> str:
        """The origin of files and mail HTML."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the desk and commands on its side run with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIRSTLINE_", "DJANGO_"))}
        return {
            **kept,
            "FIRSTLINE_HOME": str(self.home),
            "FIRSTLINE_PORT": str(self.port),
            "FIRSTLINE_SMTP_PORT": str(self.smtp_port),
            "FIRSTLINE_STATUS_PORT": str(self.status_port),
            "FIRSTLINE_MODELS": str(ROOT / "models"),
            "FIRSTLINE_OUTGOING_SMTP": f"smtp://127.0.0.1:{self.mailbox.controller.port}",
            "FIRSTLINE_ALLOW_ROOT": "1",
            "FIRSTLINE_UNDO_SECONDS": "4",
            **self.settings,
        }

    def start(self) -> "Desk":
        """Start it and wait until it says that it is up."""
        if self.mailbox.controller.server is None:
            self.mailbox.controller.start()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "firstline.config.cli", "up"],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=processes.before_exec(death_signal=signal.SIGTERM),  # it ends with a run that is killed
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        try:
            wait_for(lambda: self._is_up(self.process), "firstline up says that it is up", START_LIMIT)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output}") from error
        return self

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.append(line)  # seen while it grows

    def _is_up(self, process: "subprocess.Popen[str] | None") -> bool:
        assert process is not None
        assert process.poll() is None, f"firstline up ended with {process.returncode}:\n{self.output}"
        return READY in self.output

    def stop(self) -> float:
        """Ctrl-C, as a person would; returns how many seconds it took to end."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_LIMIT)
        return time.monotonic() - began

    def remove(self) -> None:
        """End what still runs and delete the data folder."""
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.mailbox.controller.server is not None:
            self.mailbox.controller.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "".join(self.lines)

    @property
    def printed_link(self) -> str:
        """The one-time sign-in link that the start printed."""
        found = re.search(r"Sign in \(once\) +(\S+)", self.output)
        assert found is not None, self.output
        return found.group(1)

    def command(self, *words: str, given: str = "") -> str:
        """Run `firstline WORDS` beside the running desk; its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "firstline.config.cli", *words],
            env=self.environment,
            cwd=ROOT,
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"firstline {' '.join(words)} ended with {done.returncode}:\n{done.stderr}"
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python inside the desk's own Django."""
        return self.command("shell", "-v", "0", "-c", code)

    def new_link(self, email: str = "admin@localhost") -> str:
        """Another one-time way in for an admin."""
        answer: dict[str, str] = json.loads(self.command("admin", "create", "--email", email, "--link", "--json"))
        return answer["link"]

    def health(self) -> dict[str, Any]:
        """What /health says; an empty dictionary while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                said: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as refused:
            said = json.load(refused)
        except OSError:
            return {}
        return said

    def send(self, mail: EmailMessage, to: str = "support@localhost") -> EmailMessage:
        """Offer a mail at the desk's SMTP port, as any mail server would."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as client:
            client.send_message(mail, from_addr=str(mail["From"].addresses[0].addr_spec), to_addrs=[to])
        return mail


def a_mail(
    sender: str,
    subject: str,
    text: str,
    *,
    to: str = "support@localhost",
    answers: EmailMessage | None = None,
    html: str = "",
    files: dict[str, bytes] | None = None,
) -> EmailMessage:
    """A mail as a person's own program writes it; `answers` makes it a reply, with the headers that replies have."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain=str(mail["From"].addresses[0].domain))
    if answers is not None:
        mail["In-Reply-To"] = answers["Message-ID"]
        mail["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def new_home() -> Path:
    """A data folder of its own, which the database's user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-journey-"))
    folder.chmod(0o755)
    return folder
