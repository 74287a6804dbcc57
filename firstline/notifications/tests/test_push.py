"""Web push by the doors: a browser agrees, rings once for what its reader chose, and hears no word from outside."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import User
from firstline.conversations.actions import assigning, covering, reading
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import Conversation, Origin, Reason
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.notifications import tasks
from firstline.notifications.models import Choice, Notification, PushTarget
from firstline.notifications.rules import REASONS
from tests import factories, push_service
from tests.factories import People
from tests.jobs import run_reactions
from tests.push_service import Browser, Service

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MARKER = "Xylographer-7731"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return push_service.serve(monkeypatch, tmp_path)


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    client.force_login(people.ada)
    return client


@pytest.fixture
def phone(ada: Client) -> Browser:
    browser = Browser("phone")
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"
    assert ada.post("/settings/notifications/push/", browser.fields, HTTP_USER_AGENT=agent).status_code == 204
    return browser


def given(people: People, to: User, subject: str = "EACCES on every global install") -> Conversation:
    conversation = factories.conversation(people, subject)
    assigning.assign(conversation, to, by=people.mina)
    run_reactions()
    return conversation


def test_a_browser_that_agreed_rings_once_for_news(people: People, phone: Browser, service: Service) -> None:
    conversation = given(people, people.ada)
    [(path, headers, body)] = service.got
    assert (path, headers["ttl"], headers["urgency"]) == (phone.path, "14400", "normal")
    said = phone.read(body)
    assert said["title"] == f"Mina gave you #{conversation.pk}"
    assert said["url"].endswith(reverse("conversations:permalink", args=[conversation.pk]))
    for event in Notification.objects.values_list("event_id", flat=True):
        tasks.tell(event)
    run_reactions()
    assert len(service.got) == 1, "the same news told again rings no second time"


def test_what_was_seen_or_not_chosen_does_not_ring(
    ada: Client, people: People, phone: Browser, service: Service
) -> None:
    assigning.assign(conversation := factories.conversation(people, "Seen"), people.ada, by=people.mina)
    with clock.at(MONDAY + timedelta(seconds=5)):
        tasks.tell(Event.objects.filter(kind=Kind.CONVERSATION_ASSIGNED).latest("pk").pk)
        reading.mark_read(conversation, by=people.ada)
        run_reactions()
    assert service.got == []
    page = ada.get("/settings/notifications/").content.decode()
    assert "Chrome, Android" in page
    choices = {f"mail_{why}": default.mail for why, default in REASONS.items()}
    assert ada.post("/settings/notifications/", choices).status_code == 302
    assert not Choice.objects.filter(user=people.ada, push=True).exists()
    given(people, people.ada, "Not chosen")
    assert service.got == []


def test_no_word_from_outside_is_in_a_push(people: People, phone: Browser, service: Service) -> None:
    grim = factories.contact("grim", display=f"{MARKER} the Great")
    conversation = factories.conversation(people, f"{MARKER} subject")
    message = conversation.messages.get()
    covering.cover(message, Standing(Reason.THREAT, 3, Origin.PERSON), by=people.mina)
    Choice.objects.create(user=people.ada, why="answered", bell=True, mail="never", push=True)
    assigning.assign(conversation, people.ada, by=people.mina)
    run_reactions()
    with clock.at(MONDAY + timedelta(minutes=1)):
        factories.answers(conversation, grim, factories.mail("Re", f"{MARKER} again"))
        run_reactions()
    said = [phone.read(body) for body in service.to(phone.path)]
    assert [one["title"] for one in said][-1] == f"The contact wrote in #{conversation.pk}"
    assert MARKER not in json.dumps(said)


def test_a_browser_that_is_gone_is_forgotten_and_a_busy_service_forgives(
    people: People, phone: Browser, service: Service
) -> None:
    service.status = 429
    given(people, people.ada, "Busy")
    assert (len(service.got), PushTarget.objects.count()) == (1, 1)
    service.status = 410
    given(people, people.ada, "Gone")
    assert (len(service.got), PushTarget.objects.count()) == (2, 0)


def test_one_tries_it_out_and_switches_ones_own_off(
    ada: Client, people: People, phone: Browser, service: Service
) -> None:
    ada.post("/settings/notifications/push/", phone.fields)
    target = PushTarget.objects.get()
    ada.post("/settings/notifications/push/try/")
    run_reactions()
    assert [phone.read(body)["title"] for body in service.to(phone.path)] == ["It works"]
    mina = Client()
    mina.force_login(people.mina)
    assert mina.post(f"/settings/notifications/push/{target.pk}/forget/").status_code == 404
    ada.post(f"/settings/notifications/push/{target.pk}/forget/")
    assert not PushTarget.objects.exists()


def test_nobody_who_left_is_rung_and_no_inside_address_is_asked(
    ada: Client, people: People, phone: Browser, service: Service
) -> None:
    people.ada.is_active = False
    people.ada.save(update_fields=["is_active"])
    given(people, people.ada)
    assert service.got == []
    inside = Browser("inside").fields | {"endpoint": f"https://127.0.0.1:{service.port}/send/inside"}
    mina = Client()
    mina.force_login(people.mina)
    assert mina.post("/settings/notifications/push/", inside).status_code == 204
    given(people, people.mina)
    assert service.got == []


def test_the_desk_installs_as_an_app(client: Client, db: None) -> None:
    manifest = client.get("/manifest.webmanifest").json()
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    assert {(one["sizes"], one["purpose"]) for one in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    worker = client.get("/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker.headers["Cache-Control"]
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    assert "no connection" in client.get("/offline/").content.decode()
