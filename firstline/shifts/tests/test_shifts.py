"""Away and hand-over by the doors; and random shifts in which nobody may wait on somebody who is not there."""

import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.accounts.models import User
from firstline.conversations.actions import assigning, promising, replying, statuses
from firstline.conversations.models import OURS, UNRESOLVED, Conversation, Promise, Status
from firstline.core import clock
from firstline.shifts import actions, queries
from firstline.shifts.models import HandOver
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    client.force_login(people.ada)
    return client


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def given_to(people: People, to: User, subject: str = "EACCES") -> Conversation:
    made = factories.conversation(people, subject)
    assigning.assign(made, to, by=people.lena)
    return made


def owner(conversation: Conversation) -> User | None:
    conversation.refresh_from_db()
    return conversation.assignee


def test_who_goes_away_leaves_their_turn_to_the_team_with_two_lines(ada: Client, people: People) -> None:
    with clock.at(MONDAY):
        conversation = given_to(people, people.ada)
        promising.promise(conversation, at(30), by=people.ada)
        assert ada.post("/shift/away/", {"until": "2020-01-01T10:00"}).status_code == 422
        ada.post("/shift/away/", {"until": "2026-11-25T09:00"})
        assert owner(conversation) is None
        lines = ada.get(f"/conversations/{conversation.pk}/hand-over/").content.decode()
        assert "Ada is away; this is the team’s" in lines
        assert "Casey Rivers had waited since" in lines
        assert "Promised for" in lines
        assert "You are away until" in ada.get("/shift/").content.decode()
    with clock.at(at(0.5)):
        replying.reply(conversation, by=people.mina, text="I take over.")
    with clock.at(at(1)):
        run_reactions()
        factories.answers(conversation, people.casey, factories.mail("Re", "Thanks!"))
        assert ada.get(f"/conversations/{conversation.pk}/hand-over/").status_code == 204
        ada.post("/shift/away/", {})
        assert not queries.away(clock.now())


def test_a_contact_who_answers_somebody_away_gets_the_team(people: People) -> None:
    with clock.at(MONDAY):
        conversation = given_to(people, people.ada)
        statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=people.ada)
        actions.go_away(people.ada, at(48))
        assert owner(conversation) == people.ada, "nobody waits on them yet"
    with clock.at(at(1)):
        factories.answers(conversation, people.casey, factories.mail("Re", "Still there?"))
        run_reactions()
    assert owner(conversation) is None
    assert HandOver.objects.get().giver == people.ada


def test_at_night_nothing_moves_and_the_morning_gives_it_back(people: People) -> None:
    with clock.at(MONDAY):
        conversation = given_to(people, people.ada)
        statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=people.ada)
        actions.go_away(people.ada, at(48))
    with clock.at(at(12)):
        factories.answers(conversation, people.casey, factories.mail("Re", "At night"))
        run_reactions()
        actions.sweep(clock.now())
    assert owner(conversation) == people.ada
    with clock.at(at(23)):
        assert actions.sweep(clock.now()) == 1
    assert owner(conversation) is None


def test_a_shift_is_handed_over_in_one_action(ada: Client, people: People) -> None:
    with clock.at(MONDAY):
        ours, waiting, other = (given_to(people, people.ada, name) for name in ("Ours", "Waiting", "Kept"))
        statuses.set_status(waiting, Status.WAITING_ON_CONTACT, by=people.ada)
        theirs = given_to(people, people.mina, "Of Mina")
        page = ada.get("/shift/").content.decode()
        assert "Ours" in page
        assert "Of Mina" not in page
        assert ada.post("/shift/hand-over/", {"conversations": [theirs.pk]}).status_code == 422
        assert ada.post("/shift/hand-over/", {"to": people.rita.pk, "conversations": [ours.pk]}).status_code == 422
        fields = {"conversations": [ours.pk, waiting.pk], "to": people.mina.pk, "words": "Their CI runs at five."}
        ada.post("/shift/hand-over/", fields)
        assert [owner(one) for one in (ours, waiting, other, theirs)] == [
            people.mina,
            people.mina,
            people.ada,
            people.mina,
        ]
        assert "Their CI runs at five." in ada.get(f"/conversations/{ours.pk}/hand-over/").content.decode()


def test_own_hours_count_and_shares_go_to_who_is_here(ada: Client, people: People) -> None:
    with clock.at(MONDAY):
        assert ada.post("/shift/hours/", {"zone": "UTC", "day_0": "late"}).status_code == 422
        ada.post("/shift/hours/", {"zone": "UTC", "day_0": "13-17"})
        assert queries.away(clock.now()) == {people.ada.pk}
        assert assigning.fairest([people.ada, people.mina]) == people.mina
        assert assigning.fairest([people.ada]) == people.ada, "rather somebody away than nobody"
        ada.post("/shift/hours/", {"zone": "UTC"})
        assert queries.away(clock.now()) == set()


def test_a_promise_that_falls_due_comes_back_as_our_turn(people: People) -> None:
    with clock.at(MONDAY):
        conversation = given_to(people, people.ada)
        promising.promise(conversation, at(5), by=people.ada)
        statuses.snooze(conversation, at(100), by=people.ada)
    with clock.at(at(3)):
        actions.sweep(clock.now())
        conversation.refresh_from_db()
        assert conversation.is_snoozed(clock.now())
    with clock.at(at(4.2)):
        actions.sweep(clock.now())
        actions.sweep(clock.now())
        conversation.refresh_from_db()
        assert (conversation.is_snoozed(clock.now()), conversation.status) == (False, Status.OPEN)


SHIFTS = int(os.environ.get("SHIFTS", "12"))
FIVE, QUARTER = timedelta(minutes=5), timedelta(minutes=15)


@settings(max_examples=SHIFTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_in_a_random_shift_nobody_waits_on_who_is_away_and_no_promise_is_lost(seed: int, people: People) -> None:
    """`SHIFTS=1000` takes a thousand; the figure is in docs/reference/measured.md."""
    with transaction.atomic():
        _shift(Random(seed), people)
        transaction.set_rollback(True)  # the thousandth shift finds the desk as empty as the first


def _shift(luck: Random, people: People) -> None:
    """Four conversations, three people, fourteen things that happen."""
    team = [people.ada, people.mina, people.lena]
    stranded_since: dict[int, datetime] = {}
    now = MONDAY - timedelta(minutes=90)
    with clock.at(now):
        found = [given_to(people, luck.choice(team), f"Number {number}") for number in range(4)]
    for _ in range(14):
        now += FIVE * luck.randint(1, 12)
        with clock.at(now):
            _happens(luck, found, team, people)
            _worker(now)
            _judge(now, stranded_since)


def _happens(luck: Random, found: list[Conversation], team: list[User], people: People) -> None:
    """One thing that happens in a shift."""
    conversation = Conversation.objects.get(pk=luck.choice(found).pk)
    who = luck.choice(team)
    match luck.randrange(7):
        case 0:
            factories.answers(conversation, people.casey, factories.mail("Re", "Hello?"))
        case 1:
            statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=who)
        case 2:
            statuses.snooze(conversation, clock.now() + timedelta(hours=luck.randint(1, 30)), by=who)
        case 3:
            actions.go_away(who, clock.now() + timedelta(hours=luck.randint(1, 40)))
        case 4:
            actions.go_away(who, None)
        case 5:
            promising.promise(conversation, clock.now() + timedelta(hours=luck.randint(1, 30)), by=who)
        case _:
            desk = [one for part in queries.on_desk(who).values() for one in part]
            here = queries.present([one for one in team if one != who])
            actions.end_shift(desk, by=who, to=luck.choice([*here, None]))


def _worker(now: datetime) -> None:
    """What the worker's minute does: wake, follow, sweep."""
    statuses.wake_due(now)
    run_reactions()
    actions.sweep(now)


def _judge(now: datetime, stranded_since: dict[int, datetime]) -> None:
    """No contact waits longer than a quarter of an hour, in hours, on somebody away; every due promise is on a desk."""
    absent = queries.away(now)
    waiting = Conversation.objects.filter(status__in=OURS, assignee__in=absent, waiting_since__isnull=False)
    awake = [one for one in waiting if not one.is_snoozed(now)]
    if queries.is_open(now):
        for one in awake:
            assert now - stranded_since.setdefault(one.pk, now) <= QUARTER
    for pk in set(stranded_since) - {one.pk for one in awake}:
        del stranded_since[pk]
    for promise in Promise.objects.filter(kept_at=None, due_at__lte=now, conversation__status__in=UNRESOLVED):
        there = promise.conversation
        assert there.is_ours
        assert not there.is_snoozed(now)
        assert not queries.is_open(now) or there.assignee_id not in absent
