"""From a message that arrived to a proposal in the composer."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers import actions
from firstline.answers.models import Citation, Diagnosis, Suggestion, SuggestionState
from firstline.conversations.actions import drafting, replying
from firstline.conversations.actions.storing import NewFile
from firstline.conversations.models import Conversation, Draft, DraftMode, Message
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, Visibility
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db

PASTE = """Since this morning I can't publish any more.

npm error code E404
npm error 404 Not Found - PUT https://registry.orbit.example/@acme%2fkit - Not found
"""
BODY = """Your package is still there: the token is dead.

## Get publishing again

1. Ask who you are: `npm whoami`
2. Make a new token, see [tokens](/help/?q=tokens).

## Still stuck?

Write to us.
"""


@pytest.fixture
def people() -> People:
    return factories.people()


@pytest.fixture
def article(people: People, run_reactions: Callable[[], int]) -> Article:
    """The article that answers PASTE, published and indexed; a second one that does not."""
    found = knowledge.draft_article(
        by=people.lena, title="Publishing answers 404", body=BODY, signatures=["npm-publish-404-means-auth"]
    )
    knowledge.publish(found, by=people.lena)
    other = knowledge.draft_article(by=people.lena, title="Invoices and VAT", body="Look under billing.")
    knowledge.publish(other, by=people.lena)
    run_reactions()
    found.refresh_from_db()
    return found


def written(people: People, text: str = PASTE, subject: str = "Publishing fails") -> Conversation:
    return factories.conversation(people, subject, text=text)


def newest(conversation: Conversation) -> Message:
    message = conversation.messages.order_by("-id").first()
    assert message is not None
    return message


def test_a_paste_is_diagnosed_and_answered_from_the_article(
    people: People, article: Article, run_reactions: Callable[[], int]
) -> None:
    conversation = written(people)
    run_reactions()
    diagnosis = Diagnosis.objects.get(conversation=conversation)
    assert diagnosis.signature == "npm-publish-404-means-auth"
    assert diagnosis.facts["package"] == "@acme/kit"
    lines = newest(conversation).text.split("\n")
    assert any("404 Not Found - PUT" in lines[number] for number in diagnosis.telling_lines)
    suggestion = Suggestion.objects.get(conversation=conversation)
    assert suggestion.state == SuggestionState.PROPOSED
    assert suggestion.strength == "strong"
    assert suggestion.text.startswith("Hi Casey,\n\nYour package is still there")
    assert "Write to us" not in suggestion.text
    citations = list(Citation.objects.filter(suggestion=suggestion))
    assert {one.article_id for one in citations} == {article.pk}
    assert all(one.quote in BODY for one in citations)
    kinds = set(Event.objects.filter(conversation_id=conversation.pk).values_list("kind", flat=True))
    assert {Kind.DIAGNOSIS_MADE, Kind.SUGGESTION_MADE} <= kinds


def test_the_job_may_run_twice(people: People, article: Article) -> None:
    message = newest(written(people))
    first, second = actions.suggest(message.pk), actions.suggest(message.pk)
    assert first == second
    assert Event.objects.filter(kind=Kind.SUGGESTION_MADE).count() == 1
    assert Diagnosis.objects.count() == 1


def test_a_newer_message_supersedes(people: People, article: Article, run_reactions: Callable[[], int]) -> None:
    conversation = written(people)
    run_reactions()
    late = factories.answers(conversation, people.casey, factories.mail("Re: x", "Now npm error code EOTP. What now?"))
    run_reactions()
    states = dict(Suggestion.objects.values_list("message_id", "state"))
    assert SuggestionState.SUPERSEDED in states.values()
    assert states[late.pk] != SuggestionState.SUPERSEDED


def test_nothing_is_proposed_without_a_source(
    people: People, article: Article, client: Client, run_reactions: Callable[[], int]
) -> None:
    conversation = written(people, "Wollen wir morgen Kuchen backen?", "Kuchen")
    run_reactions()
    suggestion = Suggestion.objects.get(conversation=conversation)
    assert suggestion.state == SuggestionState.NOTHING
    assert suggestion.text == ""
    assert not Diagnosis.objects.filter(conversation=conversation).exists()
    client.force_login(people.ada)
    page = client.get(reverse("answers:suggestion", args=[conversation.pk])).content.decode()
    assert "Nothing I could back with a source" in page
    assert not client.get(reverse("answers:diagnosis", args=[conversation.pk])).content.strip()


def test_thanks_get_neither_a_proposal_nor_a_panel(
    people: People, article: Article, client: Client, run_reactions: Callable[[], int]
) -> None:
    conversation = written(people, "Thanks, it works now!", "Re: Publishing fails")
    run_reactions()
    client.force_login(people.ada)
    assert not client.get(reverse("answers:suggestion", args=[conversation.pk])).content


def test_ours_and_automatic_messages_are_not_read(people: People, article: Article) -> None:
    conversation = written(people)
    Message.objects.filter(pk=newest(conversation).pk).update(is_automatic=True)
    assert actions.suggest(newest(conversation).pk) is None
    reply = replying.reply(conversation, by=people.ada, text="Hello")
    assert actions.suggest(reply.pk) is None


class TestPanels:
    @pytest.fixture
    def conversation(self, people: People, article: Article, run_reactions: Callable[[], int]) -> Conversation:
        found = written(people)
        run_reactions()
        return found

    def test_show_cause_facts_steps_and_source(
        self, people: People, client: Client, conversation: Conversation
    ) -> None:
        client.force_login(people.ada)
        diagnosis = client.get(reverse("answers:diagnosis", args=[conversation.pk])).content.decode()
        assert "the registry answers 404 when the credential is dead" in diagnosis
        assert "@acme/kit" in diagnosis
        assert "fact--missing" in diagnosis
        dock = client.get(reverse("answers:suggestion", args=[conversation.pk])).content.decode()
        assert "Insert and edit" in dock
        assert "Publishing answers 404" in dock
        assert "strong match" in dock
        said = Suggestion.objects.get().confidence
        assert said is None or f"{int(said * 100)}%" in dock
        line = client.get(reverse("answers:suggestion", args=[conversation.pk]) + "?line=1").content.decode()
        assert "answer-line" in line

    @pytest.mark.parametrize("name", ["diagnosis", "suggestion"])
    def test_are_not_for_other_teams(
        self, name: str, people: People, client: Client, conversation: Conversation
    ) -> None:
        address = reverse(f"answers:{name}", args=[conversation.pk])
        assert client.get(address).status_code == 302
        client.force_login(people.rita)
        assert client.get(address).status_code == 404
        client.force_login(people.ada)
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 405

    def test_cost_few_queries(
        self,
        people: People,
        client: Client,
        conversation: Conversation,
        django_assert_max_num_queries: Callable[..., object],
    ) -> None:
        client.force_login(people.ada)
        address = reverse("answers:suggestion", args=[conversation.pk])
        client.get(address)
        with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
            client.get(address)

    def test_insert_tells_the_composer_and_the_articles_page(
        self, people: People, article: Article, client: Client, conversation: Conversation
    ) -> None:
        suggestion = Suggestion.objects.get()
        client.force_login(people.ada)
        address = reverse("answers:insert", args=[suggestion.pk])
        response = client.post(address, {"how": "edit"}, headers={"HX-Request": "true"})
        event = response.headers["HX-Trigger"]
        assert "firstline:insert" in event
        assert "npm whoami" in event
        assert "/help/?q=tokens)" in event
        assert "](/help" not in event
        assert f"/help/{article.slug}/" in event
        suggestion.refresh_from_db()
        assert (suggestion.state, suggestion.decided_by) == (SuggestionState.EDITED, people.ada)
        assert Event.objects.get(kind=Kind.SUGGESTION_INSERTED).data["article"] == article.pk

    def test_insert_without_javascript_fills_the_draft(
        self, people: People, client: Client, conversation: Conversation
    ) -> None:
        drafting.save_draft(conversation, by=people.ada, mode=DraftMode.REPLY, text="Dear Casey,")
        client.force_login(people.ada)
        response = client.post(reverse("answers:insert", args=[Suggestion.objects.get().pk]))
        assert response.status_code == 302
        text = Draft.objects.get(user=people.ada, mode=DraftMode.REPLY).text
        assert text.startswith("Dear Casey,")
        assert "npm whoami" in text

    def test_dismiss_wants_a_reason(self, people: People, client: Client, conversation: Conversation) -> None:
        suggestion = Suggestion.objects.get()
        address = reverse("answers:dismiss", args=[suggestion.pk])
        client.force_login(people.rita)
        assert client.post(address, {"reason": "wrong"}).status_code == 404
        client.force_login(people.ada)
        assert client.post(address, {"reason": "nonsense"}).status_code == 400
        assert client.post(address, {"reason": "outdated"}, headers={"HX-Request": "true"}).status_code == 200
        suggestion.refresh_from_db()
        assert (suggestion.state, suggestion.dismissed_reason) == (SuggestionState.DISMISSED, "outdated")
        with pytest.raises(actions.SuggestionGone):
            actions.insert(suggestion, by=people.ada)

    def test_an_internal_source_is_shown_but_not_inserted(
        self, people: People, article: Article, client: Client, conversation: Conversation
    ) -> None:
        Article.objects.filter(pk=article.pk).update(visibility=Visibility.INTERNAL)
        client.force_login(people.ada)
        dock = client.get(reverse("answers:suggestion", args=[conversation.pk])).content.decode()
        assert "team only" in dock
        assert "Insert and edit" not in dock
        with pytest.raises(actions.SuggestionGone):
            actions.insert(Suggestion.objects.get(), by=people.ada)

    def test_the_panel_is_gone_once_somebody_answered(
        self, people: People, client: Client, conversation: Conversation
    ) -> None:
        replying.reply(conversation, by=people.ada, text="npm login, please.")
        client.force_login(people.ada)
        assert not client.get(reverse("answers:suggestion", args=[conversation.pk])).content.strip()


def test_while_the_job_is_expected_the_panel_asks_again_and_later_it_says_that_it_rests(
    people: People, client: Client
) -> None:
    conversation = written(people)
    client.force_login(people.ada)
    address = reverse("answers:suggestion", args=[conversation.pk])
    assert 'hx-trigger="load delay' in client.get(address).content.decode()
    message = newest(conversation)
    Message.objects.filter(pk=message.pk).update(created_at=message.created_at.replace(year=2020))
    assert "Suggestions are resting" in client.get(address).content.decode()


def zipped(name: str, content: bytes) -> bytes:
    """An archive of one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


LOG = b"npm error code EOTP\n"


@pytest.mark.parametrize(
    "file",
    [
        NewFile("debug.log", "text/plain", LOG),
        NewFile("debug.log", "text/plain", b"npm verbose stack\n" * 30_000 + LOG),
        NewFile("logs.zip", "application/zip", zipped("debug.log", LOG)),
    ],
    ids=["log", "long log", "zip"],
)
def test_attached_logs_are_read_too(people: People, file: NewFile) -> None:
    message = factories.arrives(people.inbox, people.casey, factories.mail("It fails", "See file."), files=(file,))
    actions.suggest(message.pk)
    assert Diagnosis.objects.get(message=message).signature == "npm-otp-required"


@pytest.mark.corpus
def test_the_machine_loads_the_starter_set(people: People) -> None:
    assert knowledge.install_pack("npm", MACHINE).added >= 30
