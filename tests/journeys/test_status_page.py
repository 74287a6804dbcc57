"""With web, worker and PostgreSQL killed, the status page is still served, with the last state and its time."""

import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from firstline.operations.postgres import Cluster
from tests.journeys.desk import Desk, new_home, wait_for
from tests.journeys.test_up import role

pytestmark = pytest.mark.journey

DECLARE = """
from firstline.accounts.models import User
from firstline.incidents.actions import declaring
from firstline.incidents.models import Component
by = User.objects.get(email="admin@localhost")
part = Component.objects.create(name="Installing")
made = declaring.declare("Installs answer 503", by=by, affected={part.pk: "down"})
declaring.publish(made, by=by, text="We see it too.", phase="identified", minutes=30, affected={part.pk: "down"})
"""


@pytest.fixture(scope="module")
def own_desk() -> Iterator[Desk]:
    """A desk of this module's own, because it is hurt here."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


def status_page(desk: Desk) -> str:
    """What the port beside the processes serves; "" while nothing was written."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{desk.status_port}/", timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError:
        return ""


def test_the_status_page_outlives_web_worker_and_postgresql(own_desk: Desk) -> None:
    own_desk.shell(DECLARE)
    wait_for(lambda: "We see it too." in status_page(own_desk), "the files are written")
    cluster = Cluster(own_desk.home)
    configuration = cluster.data / "postgresql.conf"
    whole = configuration.read_text()
    configuration.write_text(f"{whole}\nno_such_setting = 1\n")  # so that it stays down

    postmaster = wait_for(cluster.pid, "PostgreSQL runs")
    for pid in (postmaster, role(own_desk, "web"), role(own_desk, "worker")):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: own_desk.health() == {}, "nobody answers at the desk's port")
    wait_for(lambda: own_desk.output.count("PostgreSQL ended") >= 2, "PostgreSQL was tried again in vain", 60)

    page = status_page(own_desk)
    assert own_desk.health() == {}
    assert "Installs answer 503" in page
    assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC", page)

    configuration.write_text(whole)
    wait_for(lambda: own_desk.health().get("status") == "ok", "everything is back", 60)
    assert "Installs answer 503" in status_page(own_desk)
