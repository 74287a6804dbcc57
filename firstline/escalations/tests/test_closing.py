"""The loop is closed by a release: whoever waits is told once, in their language, and nobody of a fix that is none."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from firstline.answers.models import Diagnosis
from firstline.contacts.models import Organization
from firstline.conversations.actions import assigning, statuses
from firstline.conversations.models import Conversation, Draft, Message, Note, Status
from firstline.core import clock
from firstline.escalations import queries, texts
from firstline.escalations.actions import asking, engineers, following, problems
from firstline.escalations.models import Engineer, HelpRequest, Issue, Problem, Severity, Told, Waiting, Way
from firstline.escalations.tests import tracker
from firstline.escalations.tests.conftest import MONDAY
from firstline.escalations.tests.tracker import PLACE, Repository
from firstline.events.recording import MACHINE
from firstline.inboxes.actions import create_inbox
from firstline.upstream.actions import releasing
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

URL = f"https://github.com/{PLACE}/issues/7"


@pytest.fixture
def repository(people: People) -> Iterator[Repository]:
    """orbit/cli with issue 7, and an inbox that has a way in."""
    with tracker.running() as found:
        found.issues[7] = tracker.Issue(7)
        found.commit("base", MONDAY)
        options = {"repository": PLACE, "token": "t", "api_url": found.url}
        create_inbox(channel="github", name="cli", address=PLACE, options=options, teams=[*people.ada.teams.all()])
        yield found


@pytest.fixture
def problem(people: People, repository: Repository) -> Problem:
    """What is wrong, with its issue."""
    made = problems.begin("Publish stops at 100 %", by=people.ada, severity=Severity.STOPS)
    problems.link_issue(made, URL, by=people.ada)
    return made


def waits(people: People, problem: Problem, name: str, *, language: str = "") -> Conversation:
    """Somebody writes, Ada has it, and it waits for the problem."""
    sender = factories.contact(name)
    sender.contact.language = language
    sender.contact.save()
    made = factories.arrives(people.inbox, sender, factories.mail(f"{name}: publish stops")).conversation
    assigning.assign(made, people.ada, by=people.ada)
    problems.wait_for(problem, [made], by=people.ada)
    return made


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def look(number: float) -> None:
    """The desk reads the issues on that day."""
    with clock.at(day(number)):
        following.follow(clock.now())


def told(conversation: Conversation) -> list[str]:
    return list(Told.objects.filter(conversation=conversation).order_by("pk").values_list("outcome", flat=True))


def draft(conversation: Conversation) -> str:
    return Draft.objects.get(conversation=conversation, mode="reply").text


def status(conversation: Conversation) -> str:
    conversation.refresh_from_db()
    return conversation.status


def test_only_a_release_that_holds_the_fix_tells_and_only_once(
    people: People, problem: Problem, repository: Repository
) -> None:
    casey, noor = waits(people, problem, "casey"), waits(people, problem, "noor", language="de")
    issue = repository.issues[7]
    assert status(casey) == Status.WAITING_ON_ENGINEERING
    repository.release("v4.1.0", day(0.5))
    repository.commit("fix1", day(1))
    repository.closes(issue, day(1), sha="fix1", pull=12)
    look(1.1)
    assert (told(casey), status(casey)) == ([], Status.WAITING_ON_ENGINEERING)
    repository.release("v4.2.0-rc.1", day(2), prerelease=True)
    look(2.1)
    assert told(casey) == []
    repository.release("v4.2.0", day(3))
    look(3.1)
    look(3.2)

    assert (told(casey), told(noor), status(casey), status(noor)) == (
        ["fixed"], ["fixed"], Status.TELL_CONTACT, Status.TELL_CONTACT,
    )  # fmt: skip
    assert draft(casey).startswith("Hello Casey,")
    assert "fixed in 4.2.0" in draft(casey)
    assert draft(noor).startswith("Hallo Noor,")
    assert "in 4.2.0 behoben" in draft(noor)
    assert not Message.objects.filter(author_user__isnull=False).exists()
    late = waits(people, problem, "kim")
    look(3.4)
    assert told(late) == ["fixed"]


def test_a_tag_without_a_release_counts_and_a_package_must_be_published(
    people: People, problem: Problem, repository: Repository
) -> None:
    Problem.objects.update(package="orbit")
    casey = waits(people, problem, "casey")
    repository.commit("fix1", day(1))
    repository.closes(repository.issues[7], day(1), sha="fix1")
    repository.commit("next", day(1.5))
    repository.tag("v4.2.0")
    look(2)
    assert told(casey) == []
    with clock.at(day(2.1)):
        releasing.released("orbit", "4.2.0", by=MACHINE)
        run_reactions()
    assert told(casey) == ["fixed"]


def test_not_planned_is_told_after_a_day_unless_it_is_taken_back(
    people: People, problem: Problem, repository: Repository
) -> None:
    casey = waits(people, problem, "casey")
    issue = repository.issues[7]
    repository.closes(issue, day(1), reason="NOT_PLANNED")
    look(1.5)
    repository.reopens(issue, day(1.6))
    look(2.5)
    assert told(casey) == []
    repository.closes(issue, day(3), reason="NOT_PLANNED")
    look(4.1)
    assert told(casey) == ["wont_fix"]
    assert URL in draft(casey)
    assert "fixed" not in draft(casey)


def test_a_duplicate_that_is_linked_onward_follows_the_other_issue(
    people: People, problem: Problem, repository: Repository
) -> None:
    casey = waits(people, problem, "casey")
    repository.closes(repository.issues[7], day(1), reason="DUPLICATE")
    other = repository.issues[9] = tracker.Issue(9)
    problems.link_issue(problem, f"https://github.com/{PLACE}/issues/9", by=people.ada)
    look(3)
    assert told(casey) == []
    repository.commit("fix1", day(4))
    repository.closes(other, day(4), sha="fix1", pull=3)
    repository.release("v5.0.0", day(5))
    look(5.1)
    assert told(casey) == ["fixed"]


def test_fixed_then_reverted_before_the_release_tells_nobody_after_it_says_sorry_once(
    people: People, problem: Problem, repository: Repository
) -> None:
    casey = waits(people, problem, "casey")
    repository.commit("fix1", day(1))
    repository.closes(repository.issues[7], day(1), sha="fix1", pull=12)
    repository.commit("undo", day(1.5), f'Revert "x"\n\nReverts {PLACE}#12')
    repository.release("v4.2.0", day(2))
    look(2.1)
    assert told(casey) == []
    repository.commit("fix2", day(3))
    repository.closes(repository.issues[7], day(3), sha="fix2", pull=13)
    repository.release("v4.3.0", day(4))
    look(4.1)
    assert told(casey) == ["fixed"]
    Draft.objects.all().delete()
    repository.commit("undo2", day(5), "This reverts commit fix2.")
    repository.release("v4.3.1", day(6))
    look(6.1)
    look(6.2)
    assert told(casey) == ["fixed", "reverted"]
    assert "had to be taken back" in draft(casey)
    repository.commit("fix3", day(7))
    repository.closes(repository.issues[7], day(7), sha="fix3", pull=14)
    repository.release("v4.4.0", day(8))
    look(8.1)
    assert told(casey) == ["fixed", "reverted", "fixed"]


def test_somebody_with_two_conversations_is_told_in_the_newest(
    people: People, problem: Problem, repository: Repository
) -> None:
    old, new = waits(people, problem, "casey"), waits(people, problem, "casey")
    statuses.resolve(old, by=people.ada)
    repository.commit("fix1", day(1))
    repository.closes(repository.issues[7], day(1), sha="fix1")
    repository.release("v4.2.0", day(2))
    look(2.1)
    assert (told(old), told(new), status(old)) == ([], ["fixed"], Status.TELL_CONTACT)
    assert Told.objects.count() == 1


def test_who_says_that_it_works_is_not_told(people: People, problem: Problem, repository: Repository) -> None:
    casey = waits(people, problem, "casey")
    factories.answers(casey, factories.contact("casey"), factories.mail(text="It works now, thanks!"))
    repository.commit("fix1", day(1))
    repository.closes(repository.issues[7], day(1), sha="fix1")
    repository.release("v4.2.0", day(2))
    Message.objects.update(created_at=day(0.2))
    look(2.1)
    assert told(casey) == []


def test_scenario_10_a_fix_ships_37_are_told_and_4_say_that_it_is_none(
    people: People, problem: Problem, repository: Repository
) -> None:
    waiting = [waits(people, problem, f"person{number}", language="de" if number % 2 else "") for number in range(37)]
    issue = repository.issues[7]
    look(0.5)
    assert "**37 people wait for this**" in issue.comments[0]["body"]
    repository.commit("fix1", day(1))
    repository.closes(issue, day(1), sha="fix1", pull=12)
    repository.release("v4.2.0", day(2))
    look(2.1)
    look(2.2)
    assert [told(one) for one in waiting] == [["fixed"]] * 37
    assert len({draft(one) for one in waiting}) == 37  # each by their own name

    with clock.at(day(3)):
        for number in range(4):
            sender = factories.contact(f"person{number}")
            factories.answers(waiting[number], sender, factories.mail(text="Updated to 4.2.0 and it is still broken."))
    look(3.1)
    look(3.2)
    said = [one["body"] for one in issue.comments]
    assert issue.state == "OPEN"
    assert sum("4 people updated to 4.2.0 and still meet this." in one for one in said) == 1
    assert "4 people have it still" in said[0]
    assert len(said) == 2
    assert [told(one) for one in waiting] == [["fixed"]] * 37

    repository.commit("fix2", day(4))
    repository.closes(issue, day(4), sha="fix2", pull=15)
    look(4.1)
    repository.release("v4.2.1", day(5))
    look(5.1)
    assert [len(told(one)) for one in waiting] == [2] * 4 + [1] * 33
    assert "4.2.1" in Told.objects.order_by("-pk").values_list("text", flat=True)[0]


def test_scenario_6_twelve_alike_in_three_weeks_are_proposed_and_become_an_issue_with_its_impact(
    people: People, repository: Repository, client: Client
) -> None:
    client.force_login(people.ada)
    acme = Organization.objects.create(name="Acme", plan="team")
    for number in range(12):
        with clock.at(day(number)):
            sender = factories.contact(f"win{number}")
            if number < 2:
                sender.contact.organization = acme
                sender.contact.save()
            message = factories.arrives(people.inbox, sender, factories.mail("esbuild-win32-x64 is spam?"))
        Diagnosis.objects.create(
            message=message, conversation=message.conversation, signature="spam-filter-win32",
            cause="The spam filter takes platform packages for spam.", created_at=day(number),
        )  # fmt: skip
    with clock.at(day(13)):
        page = client.get(reverse("escalations:problems")).content.decode()
        assert "12 people in three weeks" in page
        client.post(reverse("escalations:accept_problem"), {"signature": "spam-filter-win32"})
        made = Problem.objects.get()
        assert Waiting.objects.filter(problem=made).count() == 12
        client.post(reverse("escalations:problem_issue", args=[made.pk]), {"place": PLACE})
    issue = Issue.objects.get()
    assert (issue.place, issue.number) == (PLACE, 8)
    look(13.5)
    body = repository.issues[8].comments[0]["body"]
    assert "**12 people wait for this**: 1 organisation, 1 of them pays." in body
    assert "Impact: 32." in body  # two who pay by three, ten by one, hindered: by two
    assert "Acme" not in body
    assert "win0" not in body
    assert queries.proposals(people.ada, day(13)) == []


def test_the_impact_at_the_issue_is_one_comment_written_again_only_when_it_changed(
    people: People, problem: Problem, repository: Repository
) -> None:
    waits(people, problem, "casey")
    for number in (1, 2, 3):
        look(number)
    issue = repository.issues[7]
    assert [method for method, path in repository.asked if path.endswith("/comments") and method == "POST"] == ["POST"]
    assert not [path for method, path in repository.asked if method == "PATCH"]
    waits(people, problem, "noor")
    look(4)
    assert len(issue.comments) == 1
    assert "**2 people wait for this**" in issue.comments[0]["body"]
    Issue.objects.update(comment="")  # a crash lost the id: it is found by its mark
    waits(people, problem, "kim")
    look(5)
    assert len(issue.comments) == 1


def test_an_engineer_answers_by_a_comment_at_the_issue(
    people: People, problem: Problem, repository: Repository, rui: Engineer
) -> None:
    casey = waits(people, problem, "casey")
    made = asking.ask(casey, rui, asking.Brief("question", "What does it wait for?"), by=people.ada)
    repository.says(repository.issues[7], "somebody", "me too", day(1))
    repository.says(repository.issues[7], "Rui-O", "Run `orbit publish --chunked` until it is fixed.", day(1))
    look(1.1)
    made.refresh_from_db()
    assert (made.way, HelpRequest.objects.open().count()) == (Way.GITHUB, 0)
    assert "--chunked" in Note.objects.get().text
    assert "--chunked" in draft(casey)


def test_a_tracker_that_does_not_answer_is_said_so_and_asked_again(
    people: People, problem: Problem, repository: Repository, client: Client
) -> None:
    waits(people, problem, "casey")
    repository.is_down = True
    look(1)
    issue = Issue.objects.get()
    assert issue.failure
    client.force_login(people.ada)
    assert issue.failure in client.get(reverse("escalations:problem", args=[problem.pk])).content.decode()
    repository.is_down = False
    look(1.1)
    issue.refresh_from_db()
    assert (issue.failure, issue.title) == ("", "Publish stops at 100 %")


def test_owners_are_read_from_the_repository_unless_a_person_keeps_them(people: People, repository: Repository) -> None:
    repository.owners = "/lib/auth/ @mira-d\n"
    assert following.read_owners(MONDAY) == 1
    assert following.read_owners(day(0.5)) == 0
    assert following.read_owners(day(2)) == 1
    engineers.keep_owners(PLACE, "/ @mira-d", by=people.lena)
    assert following.read_owners(day(9)) == 0


def test_a_conversation_is_linked_by_its_page_and_let_go(
    people: People, repository: Repository, client: Client
) -> None:
    client.force_login(people.ada)
    made = factories.conversation(people, "Publish stops")
    page = reverse("escalations:choose_problem", args=[made.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"title": "x", "url": "https://example.org/1"}).status_code == 422
    assert client.post(page, {"title": "Publish stops at 100 %", "severity": "4", "url": URL}).status_code == 302
    assert (status(made), Waiting.objects.get().conversation) == (Status.WAITING_ON_ENGINEERING, made)
    panel = client.get(reverse("escalations:panel", args=[made.pk])).content.decode()
    assert "orbit/cli#7" in panel
    assert "1 person waits" in panel

    other = factories.conversation(people, "Publish stops too")
    found = Problem.objects.get(waiting__isnull=False)
    client.post(reverse("escalations:choose_problem", args=[other.pk]), {"problem": found.pk})
    assert Waiting.objects.count() == 2
    client.post(reverse("escalations:leave_problem", args=[other.pk]))
    assert status(other) == Status.OPEN
    stranger = Client()
    stranger.force_login(people.rita)
    assert stranger.get(reverse("escalations:problem", args=[found.pk])).status_code == 404


@pytest.mark.parametrize("outcome", ["fixed", "wont_fix", "duplicate", "reverted"])
def test_each_end_has_words_of_its_own_in_each_language_and_short_ones_for_posts(outcome: str) -> None:
    news = texts.News(outcome, "4.2.0", URL)
    said = {
        texts.letter(news, name="Noor", language=language, channel=channel)
        for language in ("en", "de", "fr")
        for channel in ("email", "mastodon")
    }
    assert len(said) == 6
    assert all(len(one) < 280 for one in said if not one.startswith(("Hello", "Hallo", "Bonjour")))


def test_the_list_of_problems_takes_the_same_few_queries_for_many(
    people: People, repository: Repository, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(people.ada)
    for number in range(3):
        made = problems.begin(f"Problem {number}", by=people.ada)
        problems.link_issue(made, f"https://github.com/{PLACE}/issues/{20 + number}", by=people.ada)
        waits(people, made, f"kim{number}")
    with django_assert_num_queries(7):
        assert "Problem 2" in client.get(reverse("escalations:problems")).content.decode()
