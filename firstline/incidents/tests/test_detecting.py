"""The desk notices what several people report: within a minute of the fifth, once, and for those who may see it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Address, ParsedMessage, Thread
from firstline.contacts import actions as contacts
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.incidents import queries
from firstline.incidents.actions import declaring, detecting
from firstline.incidents.models import Belonging, Heard, Incident, Phase, Watch
from firstline.incidents.tests.conftest import NOON, OUTAGE, Report
from firstline.notifications.models import Notification, Why
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
AFTER = NOON + timedelta(minutes=9)


def watch_at(minutes: float) -> list[Incident]:
    """What the job of that minute finds."""
    with clock.at(NOON + timedelta(minutes=minutes)):
        return detecting.watch()


def test_the_fifth_person_is_enough(watched: People, outage: list[Conversation]) -> None:
    (incident,) = watch_at(9)

    assert incident.phase == Phase.SUSPECTED
    assert incident.title == "Trouble with the service: 503" or "503" in incident.title
    assert incident.first_report_at == NOON
    assert set(incident.attached.values_list("conversation", flat=True)) == {one.pk for one in outage}


def test_four_people_are_none(watched: People, report: Report) -> None:
    for number, text in enumerate(OUTAGE[:4]):
        report(f"person{number}", text, NOON + timedelta(minutes=number))

    assert watch_at(9) == []


def test_one_person_who_writes_five_times_is_one(watched: People, report: Report) -> None:
    for number, text in enumerate(OUTAGE):
        report("grim", text, NOON + timedelta(minutes=number))

    assert watch_at(9) == []


def test_minute_by_minute_it_is_noticed_within_five_minutes_of_the_fifth_person(
    watched: People, report: Report
) -> None:
    """The state is kept between the jobs: each reads only what is new."""
    found = []
    for number, text in enumerate(OUTAGE):
        report(f"person{number}", text, NOON + timedelta(minutes=2 * number, seconds=10))
        found += [(minute, one) for minute in (2 * number + 1, 2 * number + 2) for one in watch_at(minute)]

    ((minute, _incident),) = found
    assert minute - 8 <= 5


def test_watching_twice_changes_nothing(watched: People, outage: list[Conversation]) -> None:
    watch_at(9)
    memory = Watch.objects.get().memory

    assert watch_at(9) == []
    assert Watch.objects.get().memory == memory
    assert Heard.objects.count() == 5


def test_what_was_read_for_good_is_not_read_again(watched: People, outage: list[Conversation]) -> None:
    watch_at(9)
    watch_at(12)
    with clock.at(NOON + timedelta(hours=4)):
        detecting.watch()

    assert Heard.objects.count() == 0
    assert Incident.objects.count() == 1


def test_later_ones_are_offered(watched: People, outage: list[Conversation], report: Report) -> None:
    watch_at(9)
    late = report("late", "still 503 on install", NOON + timedelta(minutes=30))
    watch_at(31)

    assert Incident.objects.get().attached.get(conversation=late).state == Belonging.OFFERED


def test_what_is_dismissed_is_not_raised_again(watched: People, outage: list[Conversation], report: Report) -> None:
    (incident,) = watch_at(9)
    declaring.dismiss(incident, by=watched.lena)
    late = report("late", "still 503 on install", NOON + timedelta(minutes=20))

    assert watch_at(21) == []
    assert not incident.attached.filter(conversation=late).exists()


def test_mail_that_was_moved_here_is_no_news(watched: People) -> None:
    for number, text in enumerate(OUTAGE):
        with clock.at(NOON + timedelta(minutes=number)):
            old = factories.mail(text, text, date=NOON - timedelta(days=200))
            message = factories.arrives(watched.inbox, factories.contact(f"old{number}"), old)
            type(message).objects.filter(pk=message.pk).update(written_at=NOON - timedelta(days=200))

    assert watch_at(9) == []


def test_a_new_desk_learns_for_a_day_before_it_says_anything(people: People, outage: list[Conversation]) -> None:
    assert watch_at(9) == []
    assert Watch.objects.get().memory["since"] is not None


def test_the_bell_rings_for_who_may_declare_and_see_it(watched: People, outage: list[Conversation]) -> None:
    watch_at(9)
    run_reactions()

    told = Notification.objects.filter(why=Why.INCIDENT)
    assert set(told.values_list("user__name", flat=True)) == {"Ada Example", "Mina Example", "Lena Example"}


def test_what_is_only_suspected_is_for_its_team(watched: People, outage: list[Conversation], client: Client) -> None:
    (incident,) = watch_at(9)
    client.force_login(watched.rita)

    assert client.get(reverse("incidents:incident", args=[incident.pk])).status_code == 404
    assert incident.title not in client.get(reverse("incidents:index")).content.decode()


def test_a_title_names_no_host_and_no_package() -> None:
    assert queries.describe("at registry.example.org") == "Trouble with the service"
    assert queries.describe("install+503") == "Trouble with installing: 503"
    assert queries.describe("install+slow") == "Trouble with installing and speed"


def test_beside_a_conversation_stands_what_it_looks_like(
    watched: People, outage: list[Conversation], ada: Client
) -> None:
    watch_at(9)

    shown = ada.get(reverse("incidents:panel", args=[outage[0].pk])).content.decode()
    assert "Several people report the same." in shown


def test_an_incident_that_people_declare_is_offered_what_looks_like_it(watched: People, report: Report) -> None:
    first = report("early", "Publishing hangs, ETIMEDOUT", NOON)
    with clock.at(NOON + timedelta(minutes=1)):
        incident = declaring.declare("Publishing hangs", by=watched.ada, conversations=[first])
    late = report("late", "npm publish hangs forever, ETIMEDOUT", NOON + timedelta(hours=3))
    watch_at(181)

    assert incident.attached.get(conversation=late).state == Belonging.OFFERED


def test_scenario_1_forty_pastes_of_e429_in_twenty_minutes_are_one_cluster(
    watched: People, repository: Inbox, report: Report
) -> None:
    """domain.md section 11, scenario 1: 2020-02-17 again, over channels, three with the noise of warnings."""
    found: list[tuple[int, Incident]] = []
    noise = "npm WARN deprecated request@2.88.2: request has been deprecated\nnpm WARN old lockfile\n"
    for number in range(40):
        code = "429 Too Many Requests" if number % 2 else "403 Forbidden"
        log = f"npm ERR! code E{code[:3]}\nnpm ERR! {code} - GET https://registry.example.org/left-trim - {number}"
        text = f"{noise if number in (3, 11, 27) else ''}Plain installs stop since eleven.\n{log}"
        at = NOON + timedelta(seconds=30 * number)
        if number % 4 == 0:
            issue(repository, f"user{number}", number, text, at)
        else:
            report(f"person{number}", text, at)
        if number % 2:
            minute = number // 2 + 1
            found += [(minute, one) for one in watch_at(minute)]

    ((minute, incident),) = found
    fifth = 2.0
    assert minute - fifth <= 5
    assert incident.attached.count() == 40


def issue(inbox: Inbox, login: str, number: int, text: str, at: object) -> Conversation:
    """A public issue about it."""
    with clock.at(at):  # type: ignore[arg-type]  # a moment
        opener = contacts.identify(channel="github", address=login, name=login, key=f"id-{login}")
        thread = Thread(key=f"gh:{number}", address=f"orbit/cli#{number}", title=text[:60], opener=Address("", login))
        said = ParsedMessage(external_id=f"issue-{number}", subject=text[:60], text=text, reply_text=text).within(
            thread
        )
        return factories.arrives(inbox, opener, said).conversation


def test_scenario_11_five_people_ask_whether_a_phishing_mail_is_ours(watched: People, report: Report) -> None:
    """domain.md section 11, scenario 11: the address in our name is what they share."""
    texts = (
        "I got a mail from support@orbit-help.example, is this you? The link looks wrong.",
        "Suspicious mail from support@orbit-help.example asks me to update 2FA. Something is wrong, is it real?",
        "Is orbit-help.example yours? It wants my token, problem?",
        "Phishing? support@orbit-help.example says my account is in trouble and will be gone",
        "Mail by orbit-help.example about expired 2FA, is that really you?",
    )
    for number, text in enumerate(texts):
        report(f"person{number}", text, NOON + timedelta(minutes=3 * number))

    (incident,) = watch_at(13)
    assert incident.attached.count() == 5
