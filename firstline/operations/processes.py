"""Process odds and ends of the supervisors: dropping root, dying with the parent, asking about a pid."""

import ctypes
import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LINUX: bool = sys.platform == "linux"
PR_SET_PDEATHSIG = 1  # prctl(2)
DATABASE_USERS = ("postgres", "firstline", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A system account that PostgreSQL runs as when we are root, which its binaries refuse to be."""

    name: str
    uid: int
    gid: int

    def may(self, path: Path, wanted: int) -> bool:
        """Whether the account has `wanted` (os.R_OK | os.X_OK …) on `path` and can reach it through every parent."""
        return all(self._has(parent, os.X_OK) for parent in path.parents) and self._has(path, wanted)

    def _has(self, path: Path, wanted: int) -> bool:
        try:
            found = path.stat()
        except OSError:
            return False
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return (stat.S_IMODE(found.st_mode) >> shift) & wanted == wanted


def account_to_drop_to() -> Account | None:
    """The account for PostgreSQL when we are root, else None. Raises RuntimeError when the machine has none."""
    if os.geteuid() != 0:
        return None
    for name in DATABASE_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        f"PostgreSQL cannot run as root, and none of {', '.join(DATABASE_USERS)} exists. Add a user postgres."
    )


def before_exec(*, death_signal: int | None) -> Callable[[], None]:
    """What a child runs before exec: unblock signals, obey Ctrl-C again, and take `death_signal` when its parent dies.

    A supervisor started with `&` from a script has SIGINT ignored, and blocked signals are inherited. The death
    signal must be asked for after the change of user, which clears it; Popen calls this after setuid.
    """
    libc = ctypes.CDLL(None, use_errno=True) if LINUX else None
    parent = os.getpid()

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if libc is not None and death_signal is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def command_line(pid: int) -> list[str]:
    """The words a process was started with; empty when there is no such process."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            return []
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.split()


def alive(pid: int) -> bool:
    """Whether a process with this id runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return not LINUX
