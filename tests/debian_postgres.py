"""Run the storage and search part of the suite on Debian's own PostgreSQL, which has no pgvector:

    python -m tests.debian_postgres [pytest arguments]

Proves that an outside server of version 15 and the vector fallback of the process serve as well as the embedded one.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
PARTS = [f"firstline/{name}" for name in ("search", "intake", "conversations", "knowledge")] + ["tests/test_marker.py"]
START_SECONDS = 60


def main(arguments: list[str]) -> int:
    """Start a throw-away server, run pytest against it, stop it; returns pytest's status, or 2 without a server."""
    if not BINARIES:
        print("Debian's PostgreSQL is missing: install the package postgresql.", file=sys.stderr)
        return 2
    binaries = BINARIES[0].parent
    folder = Path(tempfile.mkdtemp(prefix="firstline-debian-"))
    as_user = _dropped(folder)
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "firstline", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "-N"],
        check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    options = ["-c", f"unix_socket_directories={folder}", "-c", "listen_addresses=", "-c", "fsync=off"]
    command = [str(binaries / "postgres"), "-D", str(data), *options]
    server = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **as_user)
    try:
        _wait(binaries, folder)
        environment = {**os.environ, "FIRSTLINE_DATABASE_URL": f"postgresql:///postgres?host={folder}&user=firstline"}
        print(subprocess.check_output([binaries / "postgres", "--version"], text=True).strip(), flush=True)
        tests = [sys.executable, "-m", "pytest", "-m", "not corpus and not journey", *PARTS, *arguments]
        return subprocess.run(tests, env=environment, check=False).returncode
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _dropped(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses root: hand the folder to its own user and become it."""
    folder.chmod(0o755)
    if os.geteuid() != 0:
        return {}
    person = pwd.getpwnam("postgres")
    os.chown(folder, person.pw_uid, person.pw_gid)
    return {"user": person.pw_uid, "group": person.pw_gid}


def _wait(binaries: Path, folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if time.monotonic() > until:
            raise TimeoutError("Debian's PostgreSQL did not start.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
