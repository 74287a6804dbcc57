"""The status page: what was measured, what was said, for people and machines, and as files beside the processes."""

import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from firstline.core import clock
from firstline.incidents import queries, rules
from firstline.incidents.actions import declaring, probing, standing
from firstline.incidents.models import Component, Incident, Run
from firstline.incidents.rules import GAP, Probe
from firstline.operations.status_page import StatusServer
from tests.factories import People

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)


@pytest.fixture
def part(db: None) -> Component:
    """A component with a promise of five nines."""
    return Component.objects.create(name="Installing", target=Decimal("99.999"), address="https://registry.example/")


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.HOME = tmp_path
    return tmp_path / "status"


@pytest.fixture
def incident(people: People, part: Component) -> Incident:
    """Declared at noon; the public was told once."""
    with clock.at(NOON):
        made = declaring.declare("Installs answer 503", by=people.ada, affected={part.pk: "down"})
        declaring.publish(
            made, by=people.ada, text="We see it too.", phase="identified", minutes=30, affected={part.pk: "down"}
        )
    return made


def probes(states: str, begin: datetime = NOON) -> list[Probe]:
    """One probe every ten seconds: `u`, `s`, `d`, and `.` for none."""
    names = {"u": "up", "s": "slow", "d": "down"}
    return [Probe(begin + TEN * at, names[state]) for at, state in enumerate(states) if state != "."]


def test_probes_in_a_row_are_one_run(part: Component) -> None:
    probing.keep(part, probes("uuuudduuu"))

    assert list(Run.objects.order_by("pk").values_list("state", "probes")) == [("up", 4), ("down", 2), ("up", 3)]


def test_what_nobody_looked_at_is_neither_up_nor_down(part: Component) -> None:
    probing.keep(part, probes("uu.........uu"))

    found = queries.downtime(NOON - timedelta(days=1), NOON + timedelta(days=1))[part.pk]
    assert found == (timedelta(), TEN + GAP + TEN)


def test_fourteen_seconds_of_twenty_six_used(part: Component) -> None:
    """Down from a probe to the next; the promise allows 25.92 s in 30 days."""
    times = [(0, "up"), (10, "down"), (17, "down"), (24, "up"), (34, "up")]
    probing.keep(part, [Probe(NOON + timedelta(seconds=at), state) for at, state in times])

    (state,) = queries.components(NOON + timedelta(minutes=1))
    assert state.promise == "14 s of 26 s used"


def test_a_hundred_thousand_probes_equal_brute_force(part: Component) -> None:
    """Random states and gaps, kept in random portions; every second is reckoned once more by hand."""
    random = Random(4)
    at, state, made = NOON - timedelta(days=20), "up", []
    for _ in range(100_000):
        at += timedelta(seconds=random.choice((10, 10, 10, 10, 10, 11, 9, 45, 300 if random.random() < 0.01 else 10)))
        if random.random() < 0.05:
            state = random.choice(("up", "up", "slow", "down"))
        made.append(Probe(at, state))
    rest = list(made)
    while rest:
        size = random.choice((1, 7, 5_000, 20_000))
        probing.keep(part, rest[:size])
        rest = rest[size:]

    down, measured, per_day = _brute_force(made)
    now = made[-1].at
    assert queries.downtime(now - rules.PERIOD, now)[part.pk] == (
        timedelta(seconds=down),
        timedelta(seconds=measured),
    )
    found = queries.days(NOON - timedelta(days=30))[part.pk]
    assert {on: round(day.down) for on, day in found.items() if day.down} == per_day


def _brute_force(made: list[Probe]) -> tuple[int, int, dict[object, int]]:
    """Second by second: whose probe spoke last, if that was no longer ago than a result holds."""
    down = measured = 0
    per_day: dict[object, int] = {}
    for probe, following in pairwise(made):
        for second in range(min(round((following.at - probe.at).total_seconds()), round(GAP.total_seconds()))):
            measured += 1
            if probe.state == "down":
                down += 1
                on = (probe.at + timedelta(seconds=second)).date()
                per_day[on] = per_day.get(on, 0) + 1
    return down, measured, per_day


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (14, "14 s"), (60, "1 min"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_lengths_as_people_say_them(seconds: int, said: str) -> None:
    assert rules.say_seconds(timedelta(seconds=seconds)) == said


class _Service(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(type(self).status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service on loopback whose answer can be chosen."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Service.status = 200
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_component_is_asked_and_its_failure_seen(part: Component, service: str) -> None:
    Component.objects.filter(pk=part.pk).update(address=service, slow_after_ms=5000)
    assert probing.probe_all() is False

    _Service.status = 503
    assert probing.probe_all() is True
    assert Run.objects.order_by("-pk")[0].state == "down"
    (state,) = queries.components(clock.now())
    assert (state.state, state.words) == ("down", "not answering")


def test_an_address_of_the_inside_is_not_asked_unless_the_operator_allows_it(part: Component) -> None:
    Component.objects.filter(pk=part.pk).update(address="http://127.0.0.1:9/")
    probing.probe_all()

    assert Run.objects.get().state == "down"


def test_the_public_reads_what_goes_on(incident: Incident, client: Client) -> None:
    page = client.get(reverse("status:page")).content.decode()

    assert "Installs answer 503" in page
    assert "We see it too." in page
    assert "Next update at 12:30 UTC" in page
    assert "not working" in page
    assert "sessionid" not in client.cookies
    assert "We see it too." in client.get(reverse("status:incident", args=[incident.pk])).content.decode()
    assert "Installs answer 503" in client.get(reverse("status:history")).content.decode()


def test_what_is_only_suspected_is_nobodys_business(people: People, client: Client) -> None:
    made = Incident.objects.create(title="Perhaps", phase="suspected")

    assert "Perhaps" not in client.get(reverse("status:page")).content.decode()
    assert client.get(reverse("status:incident", args=[made.pk])).status_code == 404


def test_in_quiet_times_everything_works(part: Component, client: Client) -> None:
    assert "Everything works" in client.get(reverse("status:page")).content.decode()


def test_machines_read_the_same(incident: Incident, client: Client) -> None:
    said = client.get(reverse("status:json")).json()
    feed = client.get(reverse("status:atom"))

    assert said["state"] == "down"
    assert said["components"] == [{"name": "Installing", "state": "down", "target_percent": 99.999}]
    assert said["incidents"][0]["updates"][0]["text"] == "We see it too."
    assert "Installs answer 503: Identified" in feed.content.decode()
    assert feed.headers["Content-Type"].startswith("application/atom+xml")


def test_help_centre_and_form_say_that_something_goes_on(incident: Incident, client: Client) -> None:
    assert "Installs answer 503." in client.get(reverse("helpcenter:front")).content.decode()
    assert "Installs answer 503." in client.get(reverse("ask:mine")).content.decode()


def test_the_files_beside_the_processes_say_the_same(incident: Incident, home: Path) -> None:
    with clock.at(NOON + timedelta(minutes=1)):
        standing.write()

    page = (home / "index.html").read_text()
    assert "Installs answer 503" in page
    assert "As of 3 Mar 2026, 12:01:00 UTC" in page
    assert "<script" not in page
    assert json.loads((home / "status.json").read_text())["state"] == "down"
    assert ".big-state" in (home / "status.css").read_text()
    assert "Identified" in (home / "changes.atom").read_text()


def test_the_files_are_served_without_anything_else(incident: Incident, home: Path) -> None:
    with clock.at(NOON):
        standing.write()
    server = StatusServer(home, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        found = {
            path: _ask(server.server_port, path) for path in ("/", "/status.css", "/../secrets/desk.key", "/.lock")
        }
    finally:
        server.shutdown()
        server.server_close()

    assert "Installs answer 503" in found["/"][1]
    assert [status for status, _body in found.values()] == [200, 200, 404, 404]


def test_before_anything_was_written_it_says_so(tmp_path: Path) -> None:
    server = StatusServer(tmp_path, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert _ask(server.server_port, "/") == (503, "No state has been written yet.\n")
    finally:
        server.shutdown()
        server.server_close()


def _ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_an_admin_says_what_the_page_shows(people: People, client: Client) -> None:
    client.force_login(people.lena)
    fields = {"name": "Installing", "position": "1", "target": "99.999", "address": "", "slow_after_ms": "2000"}
    assert client.post(reverse("incidents:add_component"), {**fields, "target": "100"}).status_code == 422
    client.post(reverse("incidents:add_component"), fields)
    made = Component.objects.get()
    refused = client.post(reverse("incidents:component", args=[made.pk]), {**fields, "address": "ftp://x"})
    assert "begins with https" in refused.content.decode()
    client.post(reverse("incidents:component", args=[made.pk]), {**fields, "name": "Fetching"})
    assert "Fetching" in client.get(reverse("incidents:settings")).content.decode()
    client.post(reverse("incidents:drop_component", args=[made.pk]))
    assert not Component.objects.exists()
