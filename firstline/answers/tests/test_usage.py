"""From an inserted suggestion to what became of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers import actions, queries
from firstline.answers.models import Suggestion, SuggestionState, Usage
from firstline.answers.rules import is_report
from firstline.conversations.actions import replying, statuses
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.knowledge import actions as knowledge
from tests import factories
from tests.factories import People

from .test_suggesting import BODY, PASTE

pytestmark = pytest.mark.django_db
Run = Callable[..., int]


@pytest.fixture
def people() -> People:
    return factories.people()


def publish(people: People, title: str = "Publishing answers 404", body: str = BODY) -> None:
    article = knowledge.draft_article(by=people.lena, title=title, body=body, signatures=["npm-publish-404-means-auth"])
    knowledge.publish(article, by=people.lena)


def inserted(people: People, run_reactions: Run) -> tuple[Conversation, Suggestion]:
    publish(people)
    run_reactions()
    conversation = factories.conversation(people, "Publishing fails", PASTE)
    run_reactions()
    return conversation, actions.insert(Suggestion.objects.get(), by=people.ada, to_edit=True)


def test_edited_sent_resolved_reopened(people: People, run_reactions: Run) -> None:
    conversation, suggestion = inserted(people, run_reactions)
    replying.reply(conversation, by=people.ada, text=suggestion.text + "\nAnd tell me how it went, please.")
    later = clock.now() + timedelta(minutes=1)
    with clock.at(later):
        run_reactions(later)
    usage = Usage.objects.get()
    assert usage.sent is not None
    assert usage.distance is not None
    assert 0 < usage.distance < 0.5
    statuses.resolve(conversation, by=people.ada)
    run_reactions()
    statuses.reopen(conversation, by=people.ada)
    run_reactions()
    usage.refresh_from_db()
    assert usage.resolved_at is not None
    assert usage.reopened_at is not None
    assert [one.right for one in queries.judgements()] == [False]


def test_the_report_and_its_csv_are_the_leads(people: People, client: Client, run_reactions: Run) -> None:
    inserted(people, run_reactions)
    client.force_login(people.ada)
    assert client.get(reverse("answers:report")).status_code == 403
    client.force_login(people.lena)
    page = client.get(reverse("answers:report")).content.decode()
    assert "Publishing answers 404" in page
    rows = client.get(reverse("answers:usage")).content.decode().splitlines()
    assert rows[0].startswith("name,proposed,inserted")
    assert rows[1].startswith("Publishing answers 404,1,1")


def test_a_question_without_an_answer_gets_one_when_its_article_is_published(
    people: People, run_reactions: Run
) -> None:
    factories.conversation(people, "Publishing fails", PASTE)
    run_reactions()
    assert Suggestion.objects.get().state == SuggestionState.NOTHING
    publish(people)
    run_reactions()
    assert Suggestion.objects.get().state == SuggestionState.PROPOSED


def test_an_article_about_another_failure_is_no_strong_match(people: People, run_reactions: Run) -> None:
    article = knowledge.draft_article(by=people.lena, title="Publishing fails with 404", body=PASTE)
    knowledge.publish(article, by=people.lena)
    run_reactions()
    factories.conversation(people, "Publishing fails with 404", PASTE)
    run_reactions()
    assert Suggestion.objects.get().strength in ("", "weak")


@pytest.mark.parametrize(
    "text",
    [
        "Is this really from you? It wants my password.",
        "I got a phishing mail in your name.",
        "---------- Forwarded message ---------\nFrom: support@npmjs.help\nPlease take the version back",
    ],
)
def test_what_somebody_passes_on_is_not_their_question(text: str) -> None:
    assert is_report(text)
    assert not is_report("How do I take a version back?")
