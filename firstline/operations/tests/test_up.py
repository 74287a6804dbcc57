"""`firstline up` as a person runs it: one process, a folder, Ctrl-C."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator

import pytest

from firstline.operations import processes
from firstline.operations.bench import meter, whole
from firstline.operations.postgres import Cluster

pytestmark = pytest.mark.journey
HEALTHY_WITHIN = 60.0
STOPPED_WITHIN = 3.0


@pytest.fixture(scope="module")
def desk() -> Iterator[whole.Desk]:
    with whole.fresh_home() as home, whole.running_desk(home) as running:
        yield running


def health(desk: whole.Desk) -> tuple[int, dict[str, str]]:
    status, body = desk.page("/health")
    return status, json.loads(body)


def wait_for_health(desk: whole.Desk) -> dict[str, str]:
    end = time.monotonic() + HEALTHY_WITHIN
    while True:
        try:
            status, said = health(desk)
            if status == 200:
                return said
        except OSError:
            said = {"web": "does not answer"}
        assert time.monotonic() < end, said
        time.sleep(0.2)


def test_everything_is_alive_and_the_way_in_is_printed(desk: whole.Desk) -> None:
    assert wait_for_health(desk) == {"status": "ok", "web": "ok", "worker": "ok", "intake": "ok", "database": "ok"}

    said = (desk.home / "up.log").read_text()
    assert f"http://localhost:{desk.port}/" in said
    assert re.search(rf"Sign in \(once\) +http://localhost:{desk.port}/\S+", said)
    assert f"support@localhost, SMTP at 127.0.0.1:{desk.smtp_port}" in said
    assert str(desk.home) in said


@pytest.mark.parametrize("role", ["web", "worker", "intake"])
def test_what_dies_comes_back(desk: whole.Desk, role: str) -> None:
    wait_for_health(desk)
    before = desk.processes()[role]
    head = min(before)

    os.kill(head, signal.SIGKILL)

    end = time.monotonic() + HEALTHY_WITHIN
    while not (after := desk.processes()[role] - before):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert after
    wait_for_health(desk)


def test_a_killed_database_comes_back(desk: whole.Desk) -> None:
    wait_for_health(desk)
    before = Cluster(desk.home).pid()
    assert before is not None

    os.kill(before, signal.SIGKILL)

    end = time.monotonic() + HEALTHY_WITHIN
    while Cluster(desk.home).pid() in (None, before):
        assert time.monotonic() < end
        time.sleep(0.1)
    wait_for_health(desk)


def test_a_second_desk_on_the_same_port_is_refused_with_advice(desk: whole.Desk) -> None:
    import subprocess

    from firstline.operations import supervisor

    done = subprocess.run(supervisor.command("up"), env=desk.environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"Port {desk.port} is taken" in done.stderr


def test_ctrl_c_stops_everything_within_three_seconds() -> None:
    with whole.fresh_home() as home:
        with whole.running_desk(home) as running:
            everything = meter.descendants(running.process.pid)
            assert len(everything) > 4

        assert running.stop_seconds <= STOPPED_WITHIN
        assert running.process.returncode == 0
        assert not [pid for pid in everything if processes.alive(pid)]
        assert Cluster(home).pid() is None


def test_a_killed_supervisor_takes_everything_with_it() -> None:
    with whole.fresh_home() as home, whole.running_desk(home) as running:
        everything = meter.descendants(running.process.pid)

        running.process.kill()
        running.process.wait()

        end = time.monotonic() + 15
        while left := [pid for pid in everything if processes.alive(pid)]:
            assert time.monotonic() < end, left
            time.sleep(0.1)
        assert Cluster(home).pid() is None
