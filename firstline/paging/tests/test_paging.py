"""Calls by the doors: each of the three reasons rings once, is passed on within five minutes, ends with an answer."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.answers.actions import sorting
from firstline.answers.models import SortingKind
from firstline.channels.base import ChannelError
from firstline.conversations.actions import assigning, covering
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import Conversation, Origin
from firstline.conversations.models import Reason as Cause
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry, Event
from firstline.events.recording import MACHINE, record
from firstline.incidents.actions import declaring
from firstline.incidents.models import Incident, Phase
from firstline.moderation.actions import caring
from firstline.moderation.models import Care, Preference, SafetyContact
from firstline.notifications.actions import subscribe
from firstline.paging import actions, tasks
from firstline.paging.models import Call, Page, Pager, PagerKind, Reason
from firstline.paging.rules import PASSED_ON_AFTER
from tests import factories, push_service
from tests.factories import People
from tests.jobs import run_reactions, waiting
from tests.push_service import Browser, Service

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MARKER = "Xylographer-7731"
FIVE = timedelta(minutes=5)
KEY = "R0123456789abcdefghij"


@pytest.fixture(autouse=True)
def night() -> Iterator[None]:
    with clock.at(NIGHT):
        yield


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return push_service.serve(monkeypatch, tmp_path)


@pytest.fixture
def people(db: None) -> People:
    found = factories.people()
    order = {f"place_{one.pk}": number for number, one in enumerate((found.ada, found.mina, found.lena), 1)}
    lead = signed_in(found.lena)
    assert lead.post("/settings/on-call/", {"zone": "UTC", "day": 0, "at": "09:00", **order}).status_code == 302
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def phone(user: User) -> Browser:
    browser = Browser(user.first_name.lower())
    subscribe(user, **browser.fields, device="Phone")
    return browser


def called() -> list[str]:
    return [one.user.first_name if one.user else "" for one in Call.objects.order_by("pk")]


def after(minutes: float) -> None:
    with clock.at(NIGHT + timedelta(minutes=minutes)):
        run_reactions()


def in_danger(people: People) -> Conversation:
    conversation = factories.conversation(people, f"{MARKER} subject")
    caring.ask(conversation, message=conversation.messages.get(), by=None)
    return conversation


def test_somebody_in_danger_calls_the_next_until_one_has_it(people: People, service: Service) -> None:
    ada, mina = phone(people.ada), phone(people.mina)
    conversation = in_danger(people)
    run_reactions()
    [body] = service.to(ada.path)
    said = ada.read(body)
    assert said["title"] == f"Somebody may be in danger (#{conversation.pk})"
    assert service.got[0][1]["urgency"] == "high"
    after(4.5)
    assert called() == ["Ada"]
    after(5)
    assert called() == ["Ada", "Mina"]
    assert (len(service.to(ada.path)), len(service.to(mina.path))) == (1, 1)
    page = Page.objects.get()
    with clock.at(NIGHT + timedelta(minutes=7)):
        client = signed_in(people.mina)
        assert "Nobody has said yet" in client.get(f"/on-call/pages/{page.pk}/").content.decode()
        client.post(f"/on-call/pages/{page.pk}/answer/")
        assert "Mina has it." in client.get(f"/on-call/pages/{page.pk}/").content.decode()
        answered = signed_in(people.ada).post(f"/on-call/pages/{page.pk}/answer/", follow=True).content.decode()
        assert "Somebody has it already." in answered
    after(60)
    assert called() == ["Ada", "Mina"]
    assert signed_in(people.rita).get(f"/on-call/pages/{page.pk}/").status_code == 404


def test_a_second_person_is_called_for_safety_never_who_has_it_or_wants_to_be_spared(people: People) -> None:
    conversation = factories.conversation(people)
    assigning.assign(conversation, people.ada, by=people.ada)
    Preference.objects.create(user=people.mina, avoids=[Cause.SELF_HARM_RISK])
    care = caring.ask(conversation, message=None, by=people.ada)
    run_reactions()
    after(5)
    assert called() == ["Lena", "Lena"], "nobody but Lena is left, who is called again"
    with clock.at(NIGHT + timedelta(minutes=6)):
        caring.take(Care.objects.get(pk=care.pk), by=people.lena)
        run_reactions()
    assert Page.objects.get().answered_by == people.lena
    after(60)
    assert len(called()) == 2


def test_whoever_is_called_for_safety_stands_at_the_end_of_the_ladder(people: People) -> None:
    jo = factories.person("jo", [Role.AGENT], people.ada.teams.get())
    SafetyContact.objects.create(user=jo)
    in_danger(people)
    for minute in (0, 5, 10, 15):
        after(minute)
    assert called() == ["Ada", "Mina", "Lena", "Jo"]


def test_malware_calls_once_by_form_by_the_machine_and_by_a_person(people: People) -> None:
    conversation = factories.conversation(people, "A package steals tokens")
    for _again in range(2):
        sorting.correct(conversation, SortingKind.CASE, "SEC-01", by=people.ada)
    record(Kind.MALWARE_REPORTED, by=MACHINE, conversation_id=conversation.pk, inbox_id=conversation.inbox_id)
    run_reactions()
    assert [one.reason for one in Page.objects.all()] == [Reason.MALWARE]
    assert called() == ["Ada"]


def test_an_incident_calls_and_is_answered_by_whoever_declares_it(people: People, service: Service) -> None:
    signed_in(people.lena).post(
        "/settings/on-call/pager/",
        {"kind": "pagerduty", "address": f"https://{push_service.HOSTS[1]}/v2/enqueue", "secret": KEY},
    )
    signed_in(people.lena).post(
        "/settings/on-call/pager/", {"kind": "ntfy", "address": f"https://{push_service.HOSTS[2]}/our-topic"}
    )
    conversation = factories.conversation(people, f"{MARKER} subject")
    incident = Incident.objects.create(title=f"{MARKER} title", phase=Phase.SUSPECTED, noticed_at=NIGHT)
    record(
        Kind.INCIDENT_SUSPECTED,
        by=MACHINE,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=incident.pk,
    )
    run_reactions()
    after(5)
    with clock.at(NIGHT + timedelta(minutes=6)):
        declaring.dismiss(incident, by=people.mina)
        run_reactions()
    pagerduty = [json.loads(body) for body in service.to("/v2/enqueue")]
    assert [(one["event_action"], one["routing_key"]) for one in pagerduty] == [("trigger", KEY), ("acknowledge", KEY)]
    assert {one["dedup_key"] for one in pagerduty} == {f"firstline:incident:{incident.pk}"}
    assert pagerduty[0]["payload"]["severity"] == "error"
    ntfy = [json.loads(body) for body in service.to("/")]
    assert [(one["topic"], one["priority"]) for one in ntfy] == [("our-topic", 5)] * 2
    assert MARKER not in json.dumps([pagerduty, ntfy])
    assert "Ada" not in json.dumps(ntfy)
    assert Page.objects.get().answered_by == people.mina


def test_a_service_that_is_busy_is_asked_again_and_no_way_rings_twice(people: People, service: Service) -> None:
    actions.keep_pager(
        PagerKind.PAGERDUTY, address=f"https://{push_service.HOSTS[1]}/v2/enqueue", secret=KEY, by=people.lena
    )
    in_danger(people)
    tasks.call_out(Event.objects.get(kind=Kind.CARE_ASKED).pk)
    service.status = 503
    with pytest.raises(ChannelError):
        actions.ring(Event.objects.get(kind=Kind.PAGE_CALLED))
    assert (len(service.got), Pager.objects.get().problem) == (1, "The service answered 503.")
    service.status = 202
    after(1)
    for event in Event.objects.filter(kind=Kind.PAGE_CALLED):
        tasks.ring(event.pk)
    assert (len(service.got), Pager.objects.get().problem) == (2, "")
    assert [one.to for one in mail.outbox if "You are called" in one.subject] == [[people.ada.email]]


def test_nothing_covered_leaves_by_any_call(people: People, service: Service) -> None:
    browser = phone(people.ada)
    actions.keep_pager(PagerKind.NTFY, address=f"https://{push_service.HOSTS[2]}/t", secret="", by=people.lena)
    conversation = in_danger(people)
    covering.cover(conversation.messages.get(), Standing(Cause.SELF_HARM_RISK, 3, Origin.DETECTOR), by=None)
    run_reactions()
    after(5)
    said = [browser.read(body) for body in service.to(browser.path)]
    said += [json.loads(body) for body in service.to("/")]
    assert len(said) == 3
    letters = "".join(f"{one.subject}{one.body}" for one in mail.outbox)
    assert MARKER not in json.dumps(said) + letters
    assert "Casey" not in json.dumps(said) + letters


def test_three_hours_without_an_answer_end_it(people: People) -> None:
    in_danger(people)
    for minute in range(0, 200, 5):
        after(minute)
    page = Page.objects.get()
    assert (page.given_up_at is not None, len(called())) == (True, 36)


def test_one_stands_in_and_it_is_seen(people: People) -> None:
    ada = signed_in(people.ada)
    assert "Ada is on call until" in ada.get("/on-call/").content.decode()
    moments = {"begins_at": "2026-11-24T02:00", "ends_at": "2026-11-25T09:00"}
    assert ada.post("/on-call/stand-in/", {"user": people.mina.pk, **moments}).status_code == 422
    backwards = {"begins_at": "2026-11-26T02:00", "ends_at": "2026-11-25T09:00"}
    assert ada.post("/on-call/stand-in/", {"user": people.ada.pk, **backwards}).status_code == 422
    signed_in(people.mina).post("/on-call/stand-in/", {"user": people.mina.pk, **moments})
    page = ada.get("/on-call/").content.decode()
    assert "Mina is on call until" in page
    assert "stands in" in page
    in_danger(people)
    run_reactions()
    assert called() == ["Mina"]
    assert AuditEntry.objects.filter(kind=Kind.ROTA_CHANGED).count() == 2


def test_moments_are_those_of_the_rota_and_an_empty_one_calls_nobody(people: People) -> None:
    lead = signed_in(people.lena)
    zone = {"zone": "Europe/Berlin", "day": 0, "at": "09:00"}
    lead.post("/settings/on-call/", {**zone, f"place_{people.ada.pk}": 1})
    assert "Mon 30 Nov, 09:00" in lead.get("/on-call/").content.decode()
    lead.post("/settings/on-call/", zone)
    assert "Nobody is on call" in lead.get("/on-call/").content.decode()
    in_danger(people)
    run_reactions()
    assert called() == [""]
    assert "nobody who may be called" in lead.get(f"/on-call/pages/{Page.objects.get().pk}/").content.decode()


def test_what_cannot_be_kept_is_said(people: People) -> None:
    lead = signed_in(people.lena)
    assert lead.post("/settings/on-call/", {"zone": "Mars", "day": 0, "at": "09:00"}).status_code == 422
    wrong = lead.post("/settings/on-call/pager/", {"kind": "ntfy", "address": "https://ntfy.example.org"})
    assert "The topic is missing" in wrong.content.decode()
    plain = lead.post("/settings/on-call/pager/", {"kind": "ntfy", "address": "http://ntfy.example.org/topic"})
    assert plain.status_code == 422
    assert signed_in(people.ada).get("/settings/on-call/").status_code == 403


NIGHTS = int(os.environ.get("NIGHTS", "5"))
LOOKS_EVERY = 5.0
"""Seconds after which a worker sees at the latest that a delayed job is due."""


def test_random_nights_leave_no_call_waiting_and_ring_nobody_twice(people: People, service: Service) -> None:
    """`NIGHTS=1000` takes a thousand; the figure is in docs/reference/measured.md."""
    team = [people.ada, people.mina, people.lena]
    phones = {one.pk: phone(one) for one in team}
    for seed in range(NIGHTS):
        with transaction.atomic():
            page = _night(Random(seed), people, team)
            calls = list(page.calls.order_by("number"))
            assert page.answered_at is not None
            ends = [*(one.at for one in calls[1:]), page.answered_at]
            assert all(end - one.at <= FIVE for one, end in zip(calls, ends, strict=True))
            assert [one.number for one in calls] == list(range(1, len(calls) + 1))
            rung = Counter(one.user_id for one in calls)
            assert {pk: len(service.to(phones[pk].path)) for pk in phones} == {pk: rung[pk] for pk in phones}
            transaction.set_rollback(True)
        service.got.clear()


def _night(luck: Random, people: People, team: list[User]) -> Page:
    """Something happens, jobs run late and twice, and sometime somebody answers."""
    now = NIGHT + timedelta(days=luck.randrange(300), minutes=luck.randrange(600))
    answers_at = now + timedelta(seconds=luck.randint(5, 2400))
    with clock.at(now):
        conversation = in_danger(people)
        run_reactions()
        page = Page.objects.get(conversation=conversation)
    while now < answers_at:
        due = min(job.scheduled_at for job in waiting("paging.pass_on") if job.scheduled_at is not None)
        now = min(due + timedelta(seconds=luck.uniform(0, LOOKS_EVERY)), answers_at)
        with clock.at(now):
            run_reactions()
            if luck.random() < 0.3:
                _again(luck.choice(list(page.calls.all())))
    with clock.at(now):
        actions.answer(page, by=luck.choice(team), actor=MACHINE)
    with clock.at(now + timedelta(hours=1)):
        run_reactions()
    page.refresh_from_db()
    return page


def _again(call: Call) -> None:
    """The jobs of a call run once more, as after a crash."""
    tasks.ring(Event.objects.get(kind=Kind.PAGE_CALLED, subject_id=call.pk).pk)
    if clock.now() - call.at >= PASSED_ON_AFTER:
        tasks.pass_on(Event.objects.get(kind=Kind.PAGE_WAITED, subject_id=call.pk).pk)
