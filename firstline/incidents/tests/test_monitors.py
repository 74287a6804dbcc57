"""Monitors call, signed; and the desk remembers who saw it first."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.incidents import queries
from firstline.incidents.actions import declaring, detecting, monitors
from firstline.incidents.models import Monitor, Sighting
from firstline.incidents.tests.conftest import NOON
from tests.factories import People

pytestmark = pytest.mark.django_db
FIRING = {"key": "edge-503", "state": "firing", "summary": "503 above 1 %"}


def call(client: Client, secret: str, said: Any, *, at: int = 0, name: str = "grafana") -> HttpResponse:
    """A signed call, as a monitor makes it."""
    body, moment = json.dumps(said).encode(), str(int(clock.now().timestamp()) + at)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": moment,
        "webhook-signature": monitors.sign(secret, "msg_1", moment, body),
    }
    address = reverse("incidents:alarm", args=[name])
    answer: Any = client.post(address, body, content_type="application/json", headers=headers)
    return answer  # type: ignore[no-any-return]  # the test client's own kind of response


@pytest.fixture
def secret(db: None) -> str:
    """The secret of a monitor that may call."""
    return monitors.add("grafana", by=MACHINE)[1]


def test_what_is_signed_is_kept_once(client: Client, secret: str) -> None:
    assert call(client, secret, FIRING).status_code == 202
    assert call(client, secret, FIRING).status_code == 202
    assert Sighting.objects.get().summary == "503 above 1 %"

    call(client, secret, {**FIRING, "state": "resolved"})
    assert Sighting.objects.get().ended_at is not None


def test_alertmanagers_shape_is_read(client: Client, secret: str) -> None:
    alert = {
        "status": "firing",
        "fingerprint": "c6e",
        "labels": {"alertname": "Edge503"},
        "annotations": {"summary": "x"},
    }
    assert call(client, secret, {"alerts": [alert, {"status": "firing"}, 3]}).status_code == 202

    assert Sighting.objects.get().key == "c6e"


@pytest.mark.parametrize(
    ("other", "at", "said", "status"),
    [
        ("whsec_AAAA", 0, FIRING, 401),
        ("", 600, FIRING, 401),
        ("", -600, FIRING, 401),
        ("", 0, {"state": "firing"}, 400),
        ("", 0, [], 400),
        ("", 0, {"key": "x", "state": "perhaps"}, 400),
    ],
)
def test_what_is_not_signed_or_not_to_be_read_is_refused(
    client: Client, secret: str, other: str, at: int, said: Any, status: int
) -> None:
    assert call(client, other or secret, said, at=at).status_code == status
    assert not Sighting.objects.exists()


def test_a_stranger_is_not_known(client: Client, secret: str) -> None:
    assert call(client, secret, FIRING, name="nobody").status_code == 404
    assert client.post(reverse("incidents:alarm", args=["grafana"]), b"{}", content_type="a/b").status_code == 401


def test_support_saw_it_before_monitoring_did(
    watched: People, outage: list[Conversation], client: Client, secret: str
) -> None:
    with clock.at(NOON + timedelta(minutes=9)):
        (incident,) = detecting.watch()
        declaring.declare("Installs answer 503", by=watched.ada, suspected=incident)
    with clock.at(NOON + timedelta(minutes=22)):
        call(client, secret, FIRING)

    assert queries.foresight(incident).ahead == "13 min"
    assert queries.memory() == queries.Memory(incidents=1, first=1, alone=0, ahead="13 min")
    client.force_login(watched.ada)
    page = client.get(reverse("incidents:incident", args=[incident.pk])).content.decode()
    assert "13 min after support" in page


def test_a_monitor_that_was_first_is_named_so(
    watched: People, outage: list[Conversation], client: Client, secret: str
) -> None:
    with clock.at(NOON + timedelta(minutes=1)):
        call(client, secret, FIRING)
    with clock.at(NOON + timedelta(minutes=9)):
        (incident,) = detecting.watch()

    assert queries.foresight(incident).ahead == ""
    assert incident.sightings.get().key == "edge-503"


def test_a_secret_is_shown_once(people: People, client: Client) -> None:
    client.force_login(people.lena)
    shown = client.post(reverse("incidents:monitor"), {"name": "grafana"}).content.decode()

    assert "whsec_" in shown
    assert "whsec_" not in client.get(reverse("incidents:settings")).content.decode()
    assert client.post(reverse("incidents:monitor"), {"name": "grafana"}).status_code == 422
    made = Monitor.objects.get()
    client.post(reverse("incidents:drop_monitor", args=[made.pk]))
    assert not Monitor.objects.exists()
