"""Clocks by the doors: set by events, stood still with a reason, kept over a merge, first in lists, said once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from firstline.conversations.actions import assigning, merging, statuses
from firstline.conversations.models import Conversation, Status
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.sla import actions
from firstline.sla.models import Calendar, Pause
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PROMISED = {"first_1": "1 h", "next_1": "1 h", "first_3": "4 h", "next_3": "8 h"}


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def lena(people: People, client: Client) -> Client:
    client.force_login(people.lena)
    return client


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def arrived(people: People, hours: float, subject: str = "EACCES") -> Conversation:
    with clock.at(at(hours)):
        made = factories.conversation(people, subject)
        run_reactions()
    return made


def due(conversation: Conversation) -> datetime | None:
    conversation.refresh_from_db()
    return conversation.due_at


def test_a_promise_sets_clocks_and_lists_start_with_what_is_due(lena: Client, people: People) -> None:
    normal, later = arrived(people, 0, "Normal one"), arrived(people, 1, "Urgent one")
    assert due(normal) is None
    with clock.at(at(1)):
        assert lena.post("/settings/clocks/promises/", PROMISED).status_code == 302
        assigning.set_priority(later, 1, by=people.lena)
        run_reactions()
    assert (due(normal), due(later)) == (at(4), at(2))
    with clock.at(at(1.5)):
        page = lena.get("/desk/unassigned/").content.decode()
    assert page.index("Urgent one") < page.index("Normal one")
    assert "due in 30 min" in page
    assert "due in 2 h" in page
    with clock.at(at(2.5)):
        assert "30 min late" in lena.get("/desk/unassigned/").content.decode()


def test_an_answer_stops_the_clock_and_the_next_question_starts_another(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    with clock.at(at(1)):
        lena.post(f"/conversations/{conversation.pk}/reply/", {"text": "Try a prefix of your own."})
        with clock.at(at(1.1)):
            run_reactions()
    assert due(conversation) is None
    with clock.at(at(2)):
        factories.answers(conversation, people.casey, factories.mail("Re", "It still fails."))
        run_reactions()
    assert due(conversation) == at(26), "five hours of Monday and three of Tuesday"
    with clock.at(at(3)):
        factories.answers(conversation, people.casey, factories.mail("Re", "And again."))
        run_reactions()
    assert due(conversation) == at(26), "a second message does not move the promise"


def test_a_clock_stands_still_with_a_reason_and_the_pause_is_added(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    page = f"/conversations/{conversation.pk}/clock/"
    with clock.at(at(1)):
        assert "due 14:00" in lena.get(page).content.decode()
        assert lena.post(f"{page}pause/", {"reason": "because"}).status_code == 400
        lena.post(f"{page}pause/", {"reason": "incident"})
        assert due(conversation) is None
        assert "An outage" in lena.get(page).content.decode()
    with clock.at(at(2)):
        factories.answers(conversation, people.casey, factories.mail("Re", "Any news?"))
        run_reactions()
        assert due(conversation) is None, "an outage goes on whoever asks"
        lena.post(f"{page}resume/")
    assert due(conversation) == at(5)
    said = set(Event.objects.filter(conversation_id=conversation.pk).values_list("kind", flat=True))
    assert {Kind.CLOCK_PAUSED, Kind.CLOCK_RESUMED} <= said


def test_the_contact_ends_a_wait_that_they_asked_for(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    with clock.at(at(1)):
        actions.pause(conversation, "contact_asked", by=people.lena)
        actions.pause(conversation, "legal", by=people.lena)
    with clock.at(at(3)):
        factories.answers(conversation, people.casey, factories.mail("Re", "I am back."))
        run_reactions()
    assert due(conversation) == at(6)
    assert Pause.objects.filter(ended_at=None).count() == 0


def test_a_pause_ends_with_the_turn(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    actions.pause(conversation, "incident", by=people.lena)
    statuses.resolve(conversation, by=people.lena)
    run_reactions()
    assert Pause.objects.get().ended_at is not None


def test_a_merge_keeps_the_earliest_start(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    first, second = arrived(people, 0), arrived(people, 2)
    assert due(second) == at(6)
    with clock.at(at(3)):
        merging.merge(first, second, by=people.lena)
        assert due(second) == at(4)
        run_reactions()
    assert (due(second), due(first)) == (at(4), None)


def test_asleep_nothing_is_due_and_waking_sets_the_clock_again(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    with clock.at(at(1)):
        statuses.snooze(conversation, at(2), by=people.lena)
    assert due(conversation) is None
    with clock.at(at(2)):
        actions.reckon()
        statuses.wake_due(at(2))
        run_reactions()
    assert due(conversation) == at(4)


def test_an_inbox_may_promise_something_of_its_own(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    lena.post("/settings/clocks/promises/", {"inbox": "desk", "own": "on", "first_3": "30 min"})
    conversation = arrived(people, 0)
    assert due(conversation) == at(0.5)
    assert "its own promises" in lena.get("/settings/clocks/").content.decode()
    assert 'value="30 min"' in lena.get("/settings/clocks/?inbox=desk").content.decode()
    lena.post("/settings/clocks/promises/", {"inbox": "desk", "first_3": "30 min"})
    with clock.at(at(0.2)):
        run_reactions()
    assert due(conversation) == at(4)


def test_hours_are_kept_and_every_clock_follows(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    bad = {"zone": "Mars/Base", "day_0": "nine to five"}
    refused = lena.post("/settings/clocks/hours/", bad)
    assert refused.status_code == 422
    assert "Europe/Lisbon" in refused.content.decode()
    assert "09:00–12:30" in refused.content.decode()
    assert lena.post("/settings/clocks/hours/", {"zone": "UTC"}).status_code == 422
    lena.post("/settings/clocks/hours/", {"zone": "Europe/Berlin", "day_0": "09:00-12:00, 13:00-17:00"})
    with clock.at(at(0.1)):
        run_reactions()
    assert due(conversation) == at(5)  # 10:00 in London is 11:00 in Berlin, and lunch is an hour
    assert Calendar.objects.get().zone == "Europe/Berlin"


def test_near_and_passed_are_said_once(lena: Client, people: People) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    conversation = arrived(people, 0)
    counts = []
    for hours in (2, 3.5, 3.6, 4, 4.1):
        with clock.at(at(hours)):
            counts.append(actions.warn())
    assert counts == [0, 1, 0, 1, 0]
    kinds = [Kind.CLOCK_AT_RISK, Kind.CLOCK_MISSED]
    said = Event.objects.filter(conversation_id=conversation.pk, kind__in=kinds).order_by("pk")
    assert list(said.values_list("kind", flat=True)) == kinds


def test_setting_all_clocks_takes_as_many_statements_for_many_as_for_few(
    lena: Client, people: People, django_assert_max_num_queries: object
) -> None:
    lena.post("/settings/clocks/promises/", PROMISED)
    for number in range(12):
        with clock.at(at(number / 10)):
            factories.conversation(people, f"Number {number}")
    with django_assert_max_num_queries(8), clock.at(at(2)):  # type: ignore[operator]
        assert actions.reckon() == 12
    assert actions.reckon() == 0
    assert Conversation.objects.filter(status=Status.OPEN, due_at=None).count() == 0


def test_clocks_are_a_leads_to_set(people: People, client: Client) -> None:
    client.force_login(people.ada)
    assert client.get("/settings/clocks/").status_code == 403
    assert client.post("/settings/clocks/promises/", PROMISED).status_code == 403
    page = client.get("/settings/").content.decode()
    assert "/settings/clocks/" not in page
    assert "/accounts/me/" in page
