"""Runs part of the suite on a PostgreSQL of the system's own, older and without pgvector: Debian's 15.

    python -m tests.outside [pytest arguments]

The desk must work on an outside server ≥ 15 (ground.md G10). This starts one from /usr/lib/postgresql, socket only, for
the length of the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from firstline.operations import processes

STORAGE_AND_SEARCH = (
    "accounts",
    "answers",
    "contacts",
    "conversations",
    "events",
    "inboxes",
    "intake",
    "knowledge",
    "operations/tests/test_health.py",
    "search",
)
READY_LIMIT = 60.0


def main(arguments: list[str]) -> int:
    """Start the server, run pytest against it, stop it; returns pytest's exit status."""
    found = sorted(Path("/usr/lib/postgresql").glob("1[56]/bin/postgres"))
    if not found:
        print("No PostgreSQL 15 or 16 in /usr/lib/postgresql: install the package postgresql.", file=sys.stderr)
        return 1
    account = processes.account_to_drop_to()
    folder = Path(tempfile.mkdtemp(prefix="firstline-outside-"))
    owner = {"user": account.uid, "group": account.gid} if account else {}
    if account:
        os.chown(folder, account.uid, account.gid)
    binaries, data = found[0].parent, folder / "data"
    how = ["-U", "tester", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync"]
    made = [binaries / "initdb", "-D", data, *how]
    subprocess.run(made, check=True, cwd="/", stdout=subprocess.DEVNULL, **owner)  # type: ignore[call-overload]
    options = {"fsync": "off", "listen_addresses": "", "unix_socket_directories": str(folder)}
    started = [found[0], "-D", data, *(word for name, value in options.items() for word in ("-c", f"{name}={value}"))]
    server = subprocess.Popen(started, cwd="/", stderr=subprocess.DEVNULL, **owner)  # type: ignore[call-overload]
    try:
        _wait(folder)
        address = f"postgresql://tester@/postgres?host={folder}"
        paths = arguments or [f"firstline/{part}" for part in STORAGE_AND_SEARCH]
        words = [sys.executable, "-m", "pytest", "-n", "2", "-m", "not corpus and not journey", *paths]
        return subprocess.run(words, env={**os.environ, "FIRSTLINE_DATABASE_URL": address}, check=False).returncode
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def _wait(folder: Path) -> None:
    end = time.monotonic() + READY_LIMIT
    while not (folder / ".s.PGSQL.5432").exists():
        if time.monotonic() > end:
            raise TimeoutError("The server did not start.")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
