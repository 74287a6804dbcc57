"""A whole desk of its own for a bench: `firstline up` in a temporary data folder on free ports."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from firstline.operations import processes, supervisor
from firstline.operations.bench import desk as webs
from firstline.operations.bench import meter
from firstline.operations.postgres import Cluster

READY_LIMIT = 90.0
PROCESS_LIMIT = 180.0


@dataclass(slots=True)
class Desk:
    """A running `firstline up`; `seconds` is how long it took to the first page."""

    home: Path
    port: int
    smtp_port: int
    process: "subprocess.Popen[bytes]"
    seconds: float = 0.0
    stop_seconds: float = 0.0
    children: dict[str, set[int]] = field(default_factory=dict)

    def page(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """GET a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            return webs.fetch(connection, path, cookie, self.port)
        finally:
            connection.close()

    def sign_in(self) -> str:
        """The Cookie header of the first admin, by the way of a one-time link."""
        link = self.run("admin", "create", "--email", "admin@localhost", "--link").strip()
        path = link[link.index("/", len("https://")) :]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        host = {"Host": f"localhost:{self.port}"}
        connection.request("GET", path, headers=host)
        answer = connection.getresponse()
        html, cookies = answer.read().decode(), _cookies(answer)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
        if token:  # a page with a button, so that a mail scanner's visit does not use the link up
            form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, **host}
            form["Origin"] = f"http://localhost:{self.port}"
            connection.request("POST", path, f"csrfmiddlewaretoken={token[1]}", form)
            answer = connection.getresponse()
            answer.read()
            cookies = _cookies(answer)
        connection.close()
        return cookies

    def run(self, *words: str) -> str:
        """Standard output of `firstline WORDS` for this desk. Raises CalledProcessError."""
        command = supervisor.command(*words)
        return subprocess.run(command, env=self.environment(), stdout=subprocess.PIPE, text=True, check=True).stdout

    def deliver(self, raws: Iterable[bytes], to: str = "support@localhost") -> int:
        """Send mails over one SMTP connection; returns how many were taken."""
        count = 0
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as server:
            for raw in raws:
                server.sendmail("sender@example.org", [to], raw)
                count += 1
        return count

    def wait_until_processed(self) -> None:
        """Wait until no item is pending and no job is left. Raises TimeoutError."""
        import psycopg

        end = time.monotonic() + PROCESS_LIMIT
        with psycopg.connect(Cluster(self.home).url("owner"), autocommit=True) as connection:
            while time.monotonic() < end:
                row = connection.execute(
                    "SELECT (SELECT count(*) FROM intake_inbounditem WHERE outcome = 'pending')"
                    " + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                    "    AND (scheduled_at IS NULL OR scheduled_at <= now()))"
                ).fetchone()
                if row and row[0] == 0:
                    return
                time.sleep(0.3)
        raise TimeoutError(f"Mails were still being processed after {PROCESS_LIMIT:.0f} s.")

    def processes(self) -> dict[str, set[int]]:
        """Process ids by part: supervisor, web, worker, intake (with their helpers) and PostgreSQL."""
        everything = meter.descendants(self.process.pid)
        parts: dict[str, set[int]] = {}
        for role in ("web", "worker", "intake"):
            heads = [pid for pid in everything if processes.command_line(pid)[-1:] == [role]]
            parts[role] = set().union(*(meter.descendants(pid) for pid in heads))
        postmaster = Cluster(self.home).pid()
        parts["postgres"] = meter.descendants(postmaster) if postmaster else set()
        parts["supervisor"] = everything.difference(*parts.values())
        return parts

    def environment(self) -> dict[str, str]:
        """The variables that commands for this desk need."""
        return environment(self.home, self.port, self.smtp_port)


def environment(home: Path, port: int, smtp_port: int) -> dict[str, str]:
    """This process's variables, for a desk of its own (and not for a test run that this may be part of)."""
    ours = ("FIRSTLINE_", "DJANGO_SETTINGS_MODULE")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    kept = {k: v for k, v in os.environ.items() if k in ("FIRSTLINE_PG_BIN",)}
    return {
        **inherited,
        **kept,
        "FIRSTLINE_HOME": str(home),
        "FIRSTLINE_PORT": str(port),
        "FIRSTLINE_SMTP_PORT": str(smtp_port),
        "FIRSTLINE_ALLOW_ROOT": "1",
        "FIRSTLINE_MODELS": str(_models()),
    }


def _models() -> Path:
    return Path(os.environ.get("FIRSTLINE_MODELS", "models")).resolve()


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    """An empty data folder, removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="firstline-desk-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        Cluster(home).stop()
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def running_desk(home: Path, variables: Mapping[str, str] | None = None) -> Iterator[Desk]:
    """`firstline up` once it serves the sign-in page; Ctrl-C at the end. Raises TimeoutError with its last words."""
    port, smtp_port = webs.free_port(), webs.free_port()
    began = time.monotonic()
    with (home / "up.log").open("ab") as log:
        process = subprocess.Popen(
            supervisor.command("up"),
            env={**environment(home, port, smtp_port), **(variables or {})},
            stdout=log,
            stderr=log,
            preexec_fn=processes.before_exec(death_signal=signal.SIGTERM),
        )
    desk = Desk(home, port, smtp_port, process)
    try:
        _wait_for_page(desk, began)
        yield desk
    finally:
        stop_began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)
        desk.stop_seconds = time.monotonic() - stop_began


def _wait_for_page(desk: Desk, began: float) -> None:
    while time.monotonic() - began < READY_LIMIT:
        if desk.process.poll() is not None:
            break
        with contextlib.suppress(OSError, http.client.HTTPException):
            if desk.page("/accounts/login/")[0] == 200 and supervisor.answers(desk.smtp_port):
                desk.seconds = time.monotonic() - began
                return
        time.sleep(0.05)
    words = (desk.home / "up.log").read_text(errors="replace")[-3000:]
    raise TimeoutError(f"firstline up did not serve its first page within {READY_LIMIT:.0f} s. It said:\n{words}")


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
