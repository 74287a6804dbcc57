"""Questions in other languages: matched by the model that knows them, else left to people, which the card says."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers.models import Suggestion, SuggestionState
from firstline.answers.tasks import keep_up
from firstline.conversations.models import Conversation
from firstline.events.models import Event
from firstline.knowledge import actions as knowledge
from firstline.models_ai import languages, multilingual
from firstline.search.actions import others
from firstline.search.models import OtherVector
from firstline.search.queries import retrieve
from tests import factories
from tests.factories import People

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not languages.available(), reason="the language model is not installed"),
]
needs_all = pytest.mark.skipif(not multilingual.available(), reason="the multilingual model is not installed")
Run = Callable[..., int]
GERMAN = "Guten Tag, ich habe mein Passwort vergessen. Wie kann ich mein Passwort zurücksetzen?"
PASTE = """Guten Tag, seit heute geht bei uns gar nichts mehr, was können wir tun?

npm error code EOTP
npm error This operation requires a one-time password from your authenticator.
"""


@pytest.fixture
def people(run_reactions: Run) -> People:
    found = factories.people()
    for title, body, signatures in (
        ("How do I reset my password?", "Use the link on the sign-in page.", []),
        ("How do I delete a package?", "Within 72 hours: `npm unpublish`.", []),
        ("A one-time code is asked for", "Give a fresh code: `npm publish --otp=123456`.", ["npm-otp-required"]),
    ):
        knowledge.publish(
            knowledge.draft_article(by=found.lena, title=title, body=body, signatures=signatures), by=found.lena
        )
    run_reactions()
    return found


def asks(people: People, run_reactions: Run, text: str) -> Conversation:
    message = factories.arrives(people.inbox, people.casey, factories.mail("Frage zu meinem Konto", text))
    run_reactions()
    return message.conversation


def card(client: Client, conversation: Conversation) -> str:
    return client.get(reverse("answers:suggestion", args=[conversation.pk])).content.decode()


@needs_all
def test_the_first_question_makes_the_desk_read_its_articles_in_other_languages(
    client: Client, people: People, run_reactions: Run
) -> None:
    assert not OtherVector.objects.exists()
    first = asks(people, run_reactions, GERMAN)
    assert Event.objects.filter(kind="language.met").count() == 1
    assert OtherVector.objects.count() == 3
    keep_up(0)
    suggestion = Suggestion.objects.get(conversation=first)
    assert (suggestion.state, suggestion.language, suggestion.engine) == ("proposed", "de", "extract-1/multilingual")
    assert suggestion.citations.all()[0].title == "How do I reset my password?"
    client.force_login(people.ada)
    assert "asked in German" in card(client, first)
    asks(people, run_reactions, GERMAN)
    assert Event.objects.filter(kind="language.met").count() == 1


@needs_all
def test_what_is_published_later_is_read_too_and_what_is_gone_is_dropped(people: People, run_reactions: Run) -> None:
    assert others.keep_up() == 0
    assert others.read_in_other_languages() == 3
    later = knowledge.draft_article(by=people.lena, title="Where are my invoices?", body="Under billing.")
    knowledge.publish(later, by=people.lena)
    run_reactions()
    assert others.keep_up() == 1
    assert retrieve("Wo finde ich meine Rechnungen?", audience="public")[0].title == "Where are my invoices?"
    knowledge.retire(later, by=people.lena)
    run_reactions()
    assert others.keep_up() == 0
    assert OtherVector.objects.count() == 3


def test_without_the_model_people_answer_and_the_card_says_so(
    client: Client, people: People, run_reactions: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multilingual, "FILES", {"absent": ""})
    conversation = asks(people, run_reactions, GERMAN)
    suggestion = Suggestion.objects.get(conversation=conversation)
    assert (suggestion.state, suggestion.language) == (SuggestionState.NOTHING, "de")
    client.force_login(people.ada)
    page = card(client, conversation)
    assert "Written in German" in page
    assert "a person answers" in page
    assert not Event.objects.filter(kind="language.met").exists()


def test_a_log_speaks_in_any_language(people: People, run_reactions: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "FILES", {"absent": ""})
    suggestion = Suggestion.objects.get(conversation=asks(people, run_reactions, PASTE))
    assert (suggestion.state, suggestion.language) == ("proposed", "de")
    assert suggestion.citations.all()[0].title == "A one-time code is asked for"
