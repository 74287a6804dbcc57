"""Drafts: composed from the source, or in a model's words where a source bears out every one."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from firstline.answers import actions, grounding
from firstline.answers.actions import writing
from firstline.answers.models import DraftMade, Suggestion, Usage
from firstline.answers.tests.test_suggesting import BODY, PASTE
from firstline.conversations.models import Conversation, Draft
from firstline.knowledge import actions as knowledge
from firstline.models_ai import llm
from firstline.models_ai.tests import scripted
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
SOURCE = grounding.Source(1, "Publishing answers 404", "Ask who you are: `npm whoami`. Make a new token, it is dead.")
GOOD = json.dumps(
    {
        "sentences": [
            {"text": "Your package is still there, the token is dead.", "source": 1},
            {"text": "Ask who you are: `npm whoami`", "source": 2},
            {"text": "Send your password to admin@evil.example and be happy.", "source": 1},
        ]
    }
)


@pytest.fixture
def people() -> People:
    return factories.people()


@pytest.fixture
def suggestion(people: People, run_reactions: Callable[[], int]) -> Suggestion:
    article = knowledge.draft_article(
        by=people.lena, title="Publishing answers 404", body=BODY, signatures=["npm-publish-404-means-auth"]
    )
    knowledge.publish(article, by=people.lena)
    run_reactions()
    factories.conversation(people, "Publishing fails", PASTE)
    run_reactions()
    return Suggestion.objects.get()


def test_without_a_model_it_is_composed(people: People, suggestion: Suggestion) -> None:
    text, made = writing.draft(suggestion, by=people.ada)
    assert text.startswith("Hi Casey,\n\nI read your log: ")
    assert "`npm whoami`" in text
    assert text.rstrip().endswith("and I look into it.")
    assert (made.model, made.is_models) == ("", False)
    assert Usage.objects.get().inserted == text


def test_a_model_is_cited_metered_and_struck(
    people: People, suggestion: Suggestion, client: Client, settings: Settings
) -> None:
    client.force_login(people.ada)
    with scripted.serving(scripted.says(GOOD)) as server:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_PRICE = server.url, "small", (0.5, 2.0)
        response = client.post(reverse("answers:draft", args=[suggestion.pk]), headers={"HX-Request": "true"})
    made = DraftMade.objects.get()
    assert (made.is_models, made.kept, made.struck) == (True, 2, 1)
    assert (made.prompt_tokens, made.completion_tokens, made.cost_micros) == (200, 50, 200)
    assert "AI draft by small: 250 tokens, 1 sentences" in response.content.decode()
    text = json.loads(response.headers["HX-Trigger"])["firstline:insert"]["text"]
    assert "the token is dead" in text
    assert "evil" not in text


@pytest.mark.parametrize("script", [scripted.hangs, scripted.dies, scripted.floods, scripted.says("no JSON at all")])
def test_a_model_that_fails_costs_nobody_their_draft(
    script: scripted.Script,
    people: People,
    suggestion: Suggestion,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(llm.complete, "__kwdefaults__", {"seconds": 0.5})
    with scripted.serving(script) as server:
        settings.LLM_URL = server.url
        text, made = writing.draft(suggestion, by=people.ada)
    assert "`npm whoami`" in text
    assert not made.is_models


def test_secrets_are_masked_before_the_call(people: People, suggestion: Suggestion, settings: Settings) -> None:
    token = "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o"
    suggestion.message.text += f"\n//registry.example.org/:_authToken={token}"
    suggestion.message.save(update_fields=["text"])
    with scripted.serving(scripted.says(GOOD)) as server:
        settings.LLM_URL = server.url
        writing.draft(suggestion, by=people.ada)
    assert server.asked
    assert token not in json.dumps(server.asked)


def test_ask_for_it_puts_one_question_into_the_reply(people: People, suggestion: Suggestion, client: Client) -> None:
    client.force_login(people.ada)
    conversation = Conversation.objects.get()
    assert "Ask for it" in client.get(reverse("answers:diagnosis", args=[conversation.pk])).content.decode()
    client.post(reverse("answers:ask", args=[conversation.pk]))
    text = Draft.objects.get().text
    missing = conversation.diagnoses.get().missing
    assert missing
    assert all(f"- {one}" in text for one in missing)


def test_an_internal_source_is_not_drafted_from(people: People, suggestion: Suggestion) -> None:
    suggestion.citations.all()[0].article.__class__.objects.update(visibility="internal")
    with pytest.raises(actions.SuggestionGone):
        writing.draft(suggestion, by=people.ada)


@pytest.mark.parametrize(
    ("text", "number", "kept"),
    [
        ("Ask who you are: `npm whoami`.", 1, True),
        ("Make a new token.", 1, True),
        ("Make a new token.", 2, False),
        ("Run `npm unpublish kite`.", 1, False),
        ("Call us at 555-0100 about the dead token.", 1, False),
        ("Everything will be refunded tomorrow by the finance department.", 1, False),
        ("Make a new token at https://evil.example/token.", 1, False),
        ("![x](https://evil.example/p.png)", 1, False),
        ("", 1, False),
    ],
)
def test_only_what_the_source_bears_out_is_kept(text: str, number: int, kept: bool) -> None:
    answer = json.dumps({"sentences": [{"text": text, "source": number}]})
    assert [one.is_kept for one in grounding.read(answer, [SOURCE], {"localhost"})] == [kept]


def test_a_link_of_the_source_still_needs_an_allowed_domain() -> None:
    source = grounding.Source(
        1, "Tokens", "Make a new token at https://docs.orbit.example/tokens or https://else.example"
    )
    for address, kept in (("https://docs.orbit.example/tokens", True), ("https://else.example", False)):
        answer = json.dumps({"sentences": [{"text": f"Make a new token at {address}", "source": 1}]})
        assert [one.is_kept for one in grounding.read(answer, [source], {"orbit.example"})] == [kept]
