"""The supervisor and its database, beyond what tests/journeys/test_up.py sees from outside."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from firstline.operations import processes
from firstline.operations.bench import meter, whole
from firstline.operations.postgres import Cluster
from firstline.operations.supervisor import command

pytestmark = pytest.mark.journey
HEALTHY_WITHIN = 60.0


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


def test_a_command_leaves_the_database_of_a_running_desk_alone(desk: whole.Desk) -> None:
    wait_for_health(desk)
    before = Cluster(desk.home).pid()

    done = subprocess.run(
        command("ledger", "check", "--json"), env={**os.environ, "FIRSTLINE_HOME": str(desk.home)}, check=True
    )

    assert done.returncode == 0
    assert Cluster(desk.home).pid() == before


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
