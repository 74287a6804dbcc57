"""`firstline up`: PostgreSQL, web, worker and intake on one machine, started, watched and stopped together.

This process stays small: it never loads Django. What needs Django runs in children.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from firstline.core import environment
from firstline.core.commands import DONE, NOT_SO, say
from firstline.operations import processes, status_page
from firstline.operations.binaries import NoPostgres
from firstline.operations.postgres import Cluster, ServerFailed, in_use
from firstline.operations.rules import STEADY, pause_before_restart

ROLES = ("web", "worker", "intake")
TICK = 0.2
READY_TICK = 0.05
STOP_LIMIT = 1.8  # seconds for web, worker and intake; PostgreSQL's fast stop fits into the three of the promise
READY_LIMIT = 60.0
DEMO = {
    "FIRSTLINE_DESK_NAME": "Orbit",
    "FIRSTLINE_SUPPORT_ADDRESS": "support@orbit.example",
    "FIRSTLINE_ADMIN_EMAIL": "lena@orbit.example",
}
"""What the demo desk is called, where nothing else is set."""


class Prepared(TypedDict):
    """What `firstline database prepare --json` prints."""

    link: str
    admin: str
    support: str


@dataclass
class Child:
    """One supervised process and how often it died soon after its start."""

    role: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = 0.0

    def start(self, variables: dict[str, str]) -> None:
        """Run `firstline ROLE`; the kernel ends it when this process dies."""
        self.process = subprocess.Popen(
            command(self.role),
            env=variables,
            stdin=subprocess.DEVNULL,
            # Not SIGTERM: PostgreSQL goes at the same moment, and a worker that stops politely would wait for it.
            preexec_fn=processes.before_exec(death_signal=signal.SIGKILL),
            start_new_session=True,
        )
        self.started = time.monotonic()

    def watch(self, now: float) -> bool:
        """Notice a death and settle when to start again; True when it is time to start."""
        if self.process is not None and self.process.poll() is not None:
            self.failures = self.failures + 1 if now - self.started < STEADY else 0
            self.next_start = now + pause_before_restart(self.failures)
            say(f"{self.role} ended with status {self.process.returncode}; it is started again")
            self.process = None
        return self.process is None and now >= self.next_start


@dataclass
class Supervisor:
    """All processes of one desk on this machine."""

    home: Path
    cluster: Cluster | None
    variables: dict[str, str]
    children: list[Child] = field(default_factory=lambda: [Child(role) for role in ROLES])
    stopping: threading.Event = field(default_factory=threading.Event)
    database_failures: int = 0
    database_due: float = 0.0

    def run(self, *, demo: bool) -> int:
        """Start everything, print where it is, watch until a signal asks to stop. Returns the exit status."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask_to_stop)
        page = status_page.serve(self.home)
        try:
            if self.cluster:
                self.cluster.start()
            if self.is_prepared():
                self._start_due()
            prepared = prepare(self.cluster, self.variables)
            if prepared:
                self._stamp.write_text(schema_digest())
            if prepared and demo:
                subprocess.run(command("seed", "--if-empty"), env=self.variables, stdout=sys.stderr, check=False)
            if prepared:
                self._start_due()
            if prepared and self._wait_until_served():
                announce(prepared, self.home)
            while prepared and not self.stopping.wait(TICK):
                self._start_due()
            return DONE if prepared else NOT_SO
        except (NoPostgres, ServerFailed) as error:
            say(str(error))
            return NOT_SO
        finally:
            self._stop()
            if page:
                page.shutdown()

    @property
    def _stamp(self) -> Path:
        return self.home / "schema.stamp"

    def is_prepared(self) -> bool:
        """Whether this version of the desk has prepared this database before: then nobody need wait for it to look."""
        return self._stamp.exists() and self._stamp.read_text() == schema_digest()

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping.set()

    def _start_due(self) -> None:
        """Bring back what died: first the database, without which the others cannot work."""
        if not self._bring_back_database():
            return
        now = time.monotonic()
        for child in self.children:
            if child.watch(now):
                child.start(self.variables)

    def _bring_back_database(self) -> bool:
        """Whether it runs. One that cannot start is tried again after a growing pause: the status page must stay."""
        if self.cluster is None or self.cluster.pid() is not None:
            return True
        if time.monotonic() < self.database_due:
            return False
        say("PostgreSQL ended; it is started again")
        try:
            self.cluster.start()
        except (NoPostgres, ServerFailed, OSError) as error:
            say(str(error))
            self.database_failures += 1
            self.database_due = time.monotonic() + pause_before_restart(self.database_failures)
            return False
        self.database_failures = 0
        return True

    def _wait_until_served(self) -> bool:
        end = time.monotonic() + READY_LIMIT
        while not self.stopping.wait(READY_TICK) and time.monotonic() < end:
            if answers(port("FIRSTLINE_PORT", 8000)) and answers(port("FIRSTLINE_SMTP_PORT", 2525)):
                return True
            self._start_due()
        return False

    def _stop(self) -> None:
        """SIGTERM to all, SIGKILL to those still there after the limit, then the database."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        end = time.monotonic() + STOP_LIMIT
        for process in running:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.cluster:
            self.cluster.stop()


def up(*, demo: bool = False) -> int:
    """Run the whole desk in the foreground; returns the exit status."""
    if refuse_root():
        return NOT_SO
    for name, default in (("FIRSTLINE_PORT", 8000), ("FIRSTLINE_SMTP_PORT", 2525)):
        if answers(port(name, default)):
            say(f"Port {port(name, default)} is taken, perhaps by another desk. Stop it, or set {name} to a free port.")
            return NOT_SO
    if demo:
        os.environ.update({name: value for name, value in DEMO.items() if not environment.text(name)})
    home = environment.home()
    cluster = None if environment.text("FIRSTLINE_DATABASE_URL") else Cluster(home)
    # One arena a core keeps glibc from holding on to memory for each of many threads.
    with in_use(home) if cluster else contextlib.nullcontext():
        return Supervisor(home, cluster, {**os.environ, "MALLOC_ARENA_MAX": "2"}).run(demo=demo)


def refuse_root() -> bool:
    """Say so and return True when we are root without leave: a flaw in a parser of mail must not own the machine."""
    if os.geteuid() == 0 and environment.text("FIRSTLINE_ALLOW_ROOT") != "1":
        say(
            "The desk does not run as root. Use another account, or set FIRSTLINE_ALLOW_ROOT=1 on a machine of its own."
        )
        return True
    return False


def command(*words: str) -> list[str]:
    """The command line that runs `firstline WORDS` with this Python."""
    return [sys.executable, "-m", "firstline.config.cli", *words]


def prepare(cluster: Cluster | None, variables: Mapping[str, str]) -> Prepared | None:
    """Migrate as the owner, see to inbox and first admin, in a child of its own; None when that failed."""
    migrate_url = cluster.url("owner") if cluster else environment.text("FIRSTLINE_MIGRATE_URL")
    as_owner = {**variables, **({"FIRSTLINE_DATABASE_URL": migrate_url} if migrate_url else {})}
    done = subprocess.run(command("database", "prepare", "--json"), env=as_owner, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        say("The database could not be brought up to date; the desk was not started.")
        return None
    found: Prepared = json.loads(done.stdout)
    return found


def schema_digest() -> str:
    """Names this version of the schema, and the database: our migrations, and the packages that bring others."""
    package = Path(__file__).resolve().parents[1]
    names = sorted(str(path.relative_to(package)) for path in package.glob("*/migrations/0*.py"))
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("django", "django-allauth", "procrastinate")]
    database = environment.text("FIRSTLINE_DATABASE_URL")
    return hashlib.sha256("\n".join([*names, *versions, database]).encode()).hexdigest()


def announce(prepared: Prepared, home: Path) -> None:
    """Print where everything is."""
    web, mail = port("FIRSTLINE_PORT", 8000), port("FIRSTLINE_SMTP_PORT", 2525)
    base = environment.text("FIRSTLINE_BASE_URL", f"http://localhost:{web}").rstrip("/")
    lines = ["", f"  Firstline is up at   {base}/"]
    if prepared["link"]:
        lines.append(f"  Sign in (once)       {base}{prepared['link']}")
    else:
        lines.append(f"  Another way in       firstline admin create --email {prepared['admin']} --link")
    host = environment.text("FIRSTLINE_SMTP_HOST", "127.0.0.1")
    lines += [
        f"  Mail to              {prepared['support']}, SMTP at {host}:{mail}",
        f"  Status page          {base}/status/, and as a file at port {status_page.port()}",
        f"  Data folder          {home}",
        "  Stop                 Ctrl-C",
        "",
    ]
    print("\n".join(lines), flush=True)


def port(name: str, default: int) -> int:
    """A port from the environment."""
    return environment.number(name, default)


def answers(number: int) -> bool:
    """Whether something on this machine listens on the port."""
    try:
        with socket.create_connection(("127.0.0.1", number), timeout=1):
            return True
    except OSError:
        return False
