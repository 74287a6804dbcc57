"""From noticed to resolved: declared, told in public, told one by one, clocks that stand still, and taken back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Address, ParsedMessage, Thread
from firstline.contacts import actions as contacts
from firstline.conversations.actions import drafting, noting
from firstline.conversations.models import Conversation, Delivery, DraftMode, Message, Status
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.incidents import queries
from firstline.incidents.actions import declaring, detecting, reminding, telling
from firstline.incidents.models import Belonging, Component, Incident, Phase, Telling
from firstline.incidents.tests.conftest import NOON, Report
from firstline.notifications.models import Notification, Why
from firstline.sla.models import Pause, Reason
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
TEXT = "Hello {{ contact.first_name }},\n\nHalf of the traffic goes elsewhere now. Try once more in ten minutes."


@pytest.fixture
def incident(watched: People, outage: list[Conversation]) -> Incident:
    """Noticed by the desk, declared by Ada."""
    with clock.at(NOON + timedelta(minutes=9)):
        (found,) = detecting.watch()
    with clock.at(NOON + timedelta(minutes=12)):
        return declaring.declare("Installs answer 503", by=watched.ada, suspected=found)


def publish(incident: Incident, people: People, phase: str = Phase.INVESTIGATING, minutes: int | None = 30) -> None:
    """Ada tells the public."""
    declaring.publish(incident, by=people.ada, text="We see it too.", phase=phase, minutes=minutes, affected={})


def test_declaring_attaches_what_looks_alike(incident: Incident, outage: list[Conversation]) -> None:
    assert set(incident.attached.filter(state=Belonging.ATTACHED).values_list("conversation", flat=True)) == {
        one.pk for one in outage
    }
    assert incident.declared_at == NOON + timedelta(minutes=12)


def test_two_people_can_not_decide_differently(incident: Incident, people: People) -> None:
    with pytest.raises(declaring.Refused):
        declaring.dismiss(incident, by=people.lena)
    with pytest.raises(declaring.Refused):
        declaring.declare("Again", by=people.lena, suspected=incident)


def test_clocks_stand_still_once_the_public_was_told_and_go_on_when_it_is_over(
    incident: Incident, people: People, outage: list[Conversation]
) -> None:
    assert not Pause.objects.exists()

    publish(incident, people)
    assert Pause.objects.filter(ended_at=None, reason=Reason.INCIDENT).count() == len(outage)

    publish(incident, people, Phase.RESOLVED, None)
    assert not Pause.objects.filter(ended_at=None).exists()
    incident.refresh_from_db()
    assert incident.phase == Phase.RESOLVED
    assert incident.resolved_at is not None


def test_a_clock_that_stands_still_for_another_reason_goes_on_standing(
    incident: Incident, people: People, outage: list[Conversation]
) -> None:
    from firstline.sla import actions as clocks

    clocks.pause(outage[0], Reason.LEGAL, by=people.lena)
    publish(incident, people)
    publish(incident, people, Phase.RESOLVED, None)

    assert list(Pause.objects.filter(ended_at=None).values_list("conversation", flat=True)) == [outage[0].pk]


def test_what_is_taken_out_is_not_offered_again(
    incident: Incident, people: People, outage: list[Conversation], report: Report
) -> None:
    publish(incident, people)
    declaring.detach(incident, outage[0], by=people.ada)
    detecting.offer(incident.pk, {outage[0].pk: NOON})

    assert incident.attached.get(conversation=outage[0]).state == Belonging.DECLINED
    assert not Pause.objects.filter(conversation=outage[0], ended_at=None).exists()


def test_a_phase_must_follow_from_the_last(incident: Incident, people: People) -> None:
    publish(incident, people, Phase.RESOLVED, None)

    with pytest.raises(declaring.Refused):
        publish(incident, people, Phase.MONITORING)
    publish(incident, people, Phase.INVESTIGATING)
    incident.refresh_from_db()
    assert incident.is_going_on


def test_everybody_is_told_once_by_their_own_name(
    incident: Incident, people: People, outage: list[Conversation]
) -> None:
    telling.ask(incident, TEXT, by=people.ada)
    assert not Message.objects.filter(author_user=people.ada).exists()

    for minutes in (1, 2):  # the half minute, then the window of each reply
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            run_reactions()
    sent = Message.objects.filter(author_user=people.ada)
    assert sorted(one.text.splitlines()[0] for one in sent) == [f"Hello Person{number}," for number in range(5)]
    assert {one.state for one in sent} == {Delivery.SENT}
    assert {one.status for one in Conversation.objects.filter(pk__in=[one.pk for one in outage])} == {
        Status.WAITING_ON_CONTACT
    }
    rows, _hidden = queries.people(incident, people.ada)
    assert all(one.told_at for one in rows)


def test_a_job_that_runs_twice_tells_nobody_twice(incident: Incident, people: People) -> None:
    from firstline.events.kinds import Kind
    from firstline.events.models import Event

    telling.ask(incident, TEXT, by=people.ada)
    event = Event.objects.get(kind=Kind.INCIDENT_TELLING_ASKED)

    assert telling.tell(event) == 5
    assert telling.tell(event) == 0
    assert Message.objects.filter(author_user=people.ada).count() == 5


def test_taken_back_in_time_nobody_is_told(incident: Incident, people: People) -> None:
    made = telling.ask(incident, TEXT, by=people.ada)
    telling.take_back(made, by=people.ada)
    run_reactions(clock.now() + timedelta(minutes=2))

    assert not Message.objects.filter(author_user=people.ada).exists()


def test_too_late_to_take_back(incident: Incident, people: People) -> None:
    made = telling.ask(incident, TEXT, by=people.ada)
    run_reactions(clock.now() + timedelta(minutes=2))

    with pytest.raises(declaring.Refused):
        telling.take_back(made, by=people.ada)


def test_who_is_not_told_and_why(
    incident: Incident, people: People, outage: list[Conversation], report: Report, repository: Inbox
) -> None:
    """A begun answer is not swept away, a resolved one not woken, a person told once, no private word made public."""
    from firstline.conversations.actions import statuses

    drafting.save_draft(outage[0], by=people.ada, mode=DraftMode.REPLY, text="I was just writing")
    statuses.resolve(outage[1], by=people.ada)
    again = report("person2", "503 here as well, on the second machine", NOON + timedelta(minutes=15))
    public = github_issue(repository)
    noting.add_note(
        public, by=people.ada, text="Their private token id is AB-4711-XQ-99, cause: edge-fra-7.internal.example"
    )
    declaring.attach(incident, [again, public], by=people.ada)

    text = f"{TEXT}\n\nThe cause: edge-fra-7.internal.example"
    held = {one.conversation.pk: one.held for one in telling.letters(incident, text, by=people.ada)}

    assert "answer of your own" in held[outage[0].pk]
    assert "not open" in held[outage[1].pk]
    assert f"#{again.pk}" in held[outage[2].pk]
    assert "edge-fra-7" in held[public.pk]
    assert [held[one.pk] for one in (again, outage[3], outage[4])] == ["", "", ""]


def github_issue(repository: Inbox) -> Conversation:
    """A public issue about it."""
    opener = contacts.identify(channel="github", address="quay-ci", name="quay-ci", key="id-quay")
    thread = Thread(key="gh:7", address="orbit/cli#7", title="503 on install", opener=Address("", "quay-ci"))
    said = ParsedMessage(
        external_id="issue-7", subject="503 on install", text="503 since noon", reply_text="503 since noon"
    )
    return factories.arrives(repository, opener, said.within(thread)).conversation


def test_a_text_with_a_blank_that_nobody_fills_is_held_back(incident: Incident, people: People) -> None:
    with pytest.raises(declaring.Refused):
        telling.ask(incident, "Hello {{ contact.shoe_size }}", by=people.ada)


def test_the_same_text_is_not_said_twice(incident: Incident, people: People) -> None:
    telling.ask(incident, TEXT, by=people.ada)
    run_reactions(clock.now() + timedelta(minutes=2))

    with pytest.raises(declaring.Refused):
        telling.ask(incident, TEXT, by=people.ada)


def test_what_was_promised_to_the_public_is_remembered_once(incident: Incident, people: People) -> None:
    with clock.at(NOON + timedelta(minutes=13)):
        publish(incident, people)
    with clock.at(NOON + timedelta(minutes=30)):
        assert reminding.remind() == 0
    with clock.at(NOON + timedelta(minutes=39)):
        assert reminding.remind() == 1
        assert reminding.remind() == 0
        run_reactions()

    assert Notification.objects.filter(why=Why.UPDATE_DUE, user=people.ada).count() == 1


def test_what_was_learned_comes_after_the_end(incident: Incident, people: People) -> None:
    with pytest.raises(declaring.Refused):
        declaring.look_back(incident, "Too early", by=people.ada)
    publish(incident, people, Phase.RESOLVED, None)
    declaring.look_back(incident, "A time-out was too short.", by=people.ada)

    incident.refresh_from_db()
    assert incident.phase == Phase.POSTMORTEM


def test_pages_from_noticed_to_learned(watched: People, outage: list[Conversation], ada: Client) -> None:
    """What an agent does, by the forms of the pages."""
    part = Component.objects.create(name="Installing")
    with clock.at(NOON + timedelta(minutes=9)):
        (found,) = detecting.watch()
    place = reverse("incidents:incident", args=[found.pk])
    assert "Is it an incident?" in ada.get(place).content.decode()
    assert ada.post(reverse("incidents:confirm", args=[found.pk]), {"title": ""}).status_code == 422

    fields = {"title": "Installs answer 503", f"affected_{part.pk}": "down"}
    ada.post(reverse("incidents:confirm", args=[found.pk]), fields)
    assert "People in this incident" in ada.get(place).content.decode()

    update = {"text": "We see it too.", "phase": "identified", "minutes": "", f"affected_{part.pk}": "slow"}
    refused = ada.post(reverse("incidents:update", args=[found.pk]), update)
    assert refused.status_code == 422
    assert "We see it too." in refused.content.decode()
    answer = ada.post(reverse("incidents:update", args=[found.pk]), {**update, "minutes": "30", "tell": "on"})
    assert answer.headers["Location"] == reverse("incidents:tell", args=[found.pk])

    tell = reverse("incidents:tell", args=[found.pk])
    assert ada.post(tell, {"text": "Another text", "act": "send", "seen": "old"}).status_code == 422
    assert not Telling.objects.exists()
    previewed = ada.post(tell, {"text": TEXT, "act": "preview"})
    assert "Hello Person3," in previewed.content.decode()
    from_browser = TEXT.replace("\n", "\r\n")
    ada.post(tell, {"text": from_browser, "act": "send", "seen": previewed.context["digest"]})
    made = Telling.objects.get()
    assert "Take it back" in ada.get(place).content.decode()
    ada.post(reverse("incidents:take_back", args=[found.pk, made.pk]))
    made.refresh_from_db()
    assert made.cancelled_at is not None

    ada.post(reverse("incidents:detach", args=[found.pk, outage[0].pk]))
    ada.post(reverse("incidents:facts", args=[found.pk]), {"facts": "Frankfurt only"})
    ada.post(reverse("incidents:update", args=[found.pk]), {"text": "It is over.", "phase": "resolved"})
    ada.post(reverse("incidents:lessons", args=[found.pk]), {"lessons": "A time-out was too short."})
    shown = ada.get(place).content.decode()
    assert "Frankfurt only" in shown
    assert "A time-out was too short." in shown
    assert "Installs answer 503" in ada.get(reverse("incidents:index")).content.decode()


def test_an_incident_begins_with_a_conversation(people: People, report: Report, ada: Client) -> None:
    first = report("early", "Publishing hangs", NOON)
    address = reverse("incidents:declare")
    assert f"#{first.pk}" in ada.get(address, {"conversation": first.pk}).content.decode()
    ada.post(address, {"title": "Publishing hangs", "conversation": first.pk})

    assert Incident.objects.get().attached.get().conversation == first
    assert "Part of the incident" in ada.get(reverse("incidents:panel", args=[first.pk])).content.decode()
