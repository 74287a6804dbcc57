"""`firstline up`: from nothing to a served page, every process brought back when it dies, everything gone at Ctrl-C."""

import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import Desk, new_home, wait_for

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def own_desk() -> Iterator[Desk]:
    """A desk of this module's own, because it is hurt here."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


def descendants(pid: int) -> set[int]:
    """Every process below `pid`."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found: set[int] = set()
    below = [pid]
    while below:
        below = [child for parent in below for child in children.get(parent, [])]
        found |= set(below)
    return found


def words(pid: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def belongs_to(home: Path) -> set[int]:
    """Processes whose environment or command names the data folder."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                known = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if str(home).encode() in known:
                found.add(int(folder.name))
    return found


def role(desk: Desk, name: str) -> int | None:
    """The process of one role, once it runs."""
    assert desk.process is not None
    return next((pid for pid in descendants(desk.process.pid) if words(pid).rstrip().endswith(f"cli {name}")), None)


def test_first_page_and_what_it_printed(own_desk: Desk) -> None:
    with urllib.request.urlopen(f"{own_desk.url}/help/", timeout=10) as answer:
        assert answer.status == 200
        assert b"<html" in answer.read()
    for said in (own_desk.url, own_desk.printed_link, f"127.0.0.1:{own_desk.smtp_port}", str(own_desk.home)):
        assert said in own_desk.output
    assert wait_for(lambda: own_desk.health().get("status") == "ok", "all of it is well")


@pytest.mark.parametrize("name", ["web", "worker", "intake"])
def test_a_killed_role_comes_back(own_desk: Desk, name: str) -> None:
    before = wait_for(lambda: role(own_desk, name), f"{name} runs")
    os.kill(before, signal.SIGKILL)
    after = wait_for(lambda: (found := role(own_desk, name)) != before and found, f"{name} runs again")
    assert after != before
    assert wait_for(lambda: own_desk.health().get("status") == "ok", f"health is well again after {name} died")


def test_a_second_desk_on_the_same_port_says_so(own_desk: Desk) -> None:
    other = subprocess.run(
        [*own_desk.process.args] if own_desk.process and isinstance(own_desk.process.args, list) else [],
        env={**own_desk.environment, "FIRSTLINE_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert other.returncode == 1
    assert f"Port {own_desk.port} is taken" in other.stderr


def test_ctrl_c_stops_everything(own_desk: Desk) -> None:
    assert own_desk.process is not None
    before = descendants(own_desk.process.pid)
    assert len(before) > 3
    seconds = own_desk.stop()
    print(f"stopped in {seconds:.2f} s")
    assert own_desk.process.returncode == 0
    assert not wait_for(lambda: [belongs_to(own_desk.home)] if not belongs_to(own_desk.home) else None, "none is left")[
        0
    ]


def test_second_start_finds_what_the_first_left(own_desk: Desk) -> None:
    own_desk.lines.clear()
    own_desk.start()
    assert wait_for(lambda: own_desk.health().get("status") == "ok", "all of it is well")
