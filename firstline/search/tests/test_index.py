"""The index follows what happens: messages, notes, articles, questions, resolved conversations."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from firstline.accounts.models import User
from firstline.conversations.actions import noting, replying, statuses
from firstline.core import clock
from firstline.events.models import Event
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, Visibility
from firstline.models_ai import embedder
from firstline.search import queries
from firstline.search.actions import articles, reindexing
from firstline.search.models import ContactText, MessageText, Passage
from firstline.search.queries import nearest
from firstline.search.tasks import index
from tests import factories

pytestmark = pytest.mark.django_db
with_model = pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")
Run = Callable[..., int]


@pytest.fixture
def people() -> factories.People:
    """The desk's people."""
    return factories.people()


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desk on which nobody has installed the model."""
    monkeypatch.setenv("FIRSTLINE_MODELS", str(tmp_path))
    embedder.forget()
    yield
    embedder.forget()


def article(by: User, title: str, body: str, *questions: str, signatures: tuple[str, ...] = ()) -> Article:
    """A published article."""
    made = knowledge.draft_article(by=by, title=title, body=body, signatures=signatures)
    for question in questions:
        knowledge.add_phrasing(made, question, by=by)
    return knowledge.publish(made, by=by)


def test_a_received_message_its_author_and_a_note_are_indexed(people: factories.People, run_reactions: Run) -> None:
    conversation = factories.conversation(people)
    noting.add_note(conversation, by=people.ada, text="Known trouble with prefixes.")
    run_reactions()
    assert MessageText.objects.filter(conversation=conversation, message__isnull=False).count() == 1
    assert MessageText.objects.filter(conversation=conversation, note__isnull=False).count() == 1
    assert ContactText.objects.filter(contact=people.casey.contact).count() == 1


def test_indexing_the_same_event_twice_is_once(people: factories.People, run_reactions: Run) -> None:
    factories.conversation(people)
    run_reactions()
    before = MessageText.objects.count()
    for event in Event.objects.filter(kind__in=["message.received"]):
        index(event_id=event.pk)
    assert MessageText.objects.count() == before == 1


def test_words_are_found_by_stem_and_code(people: factories.People, run_reactions: Run) -> None:
    factories.conversation(people, "Cannot publish", text="E403 on @orbit/lantern")
    run_reactions()
    with connection.cursor() as cursor:
        for asked, expected in (("'publish'", 1), ("'@orbit/lantern'", 1), ("'lantern'", 1), ("'nothing'", 0)):
            cursor.execute("SELECT count(*) FROM search_messagetext WHERE tsv @@ %s::tsquery", [asked])
            assert cursor.fetchone() == (expected,)


def test_a_published_article_is_found_and_a_retired_one_is_not(people: factories.People, run_reactions: Run) -> None:
    made = article(
        people.ada, "Publishing asks for a one-time password", "EOTP means two-factor.\n\n## Lost phone\nUse a code."
    )
    run_reactions()
    hits = queries.retrieve("npm ERR! code EOTP one-time password", audience="public")
    assert [hit.article_id for hit in hits] == [made.pk]
    assert hits[0].revision_id == made.texts.get().published_revision_id
    assert hits[0].passage
    knowledge.retire(made, by=people.ada)
    run_reactions()
    assert queries.retrieve("EOTP one-time password", audience="public") == []
    assert not Passage.objects.filter(article=made).exists()


def test_readers_outside_find_no_internal_article(people: factories.People, run_reactions: Run) -> None:
    made = article(people.ada, "How we refund invoices", "Ask billing.")
    Article.objects.filter(pk=made.pk).update(visibility=Visibility.INTERNAL)
    run_reactions()
    assert queries.retrieve("refund invoices", audience="public") == []
    assert [hit.article_id for hit in queries.retrieve("refund invoices", audience="agent")] == [made.pk]


def test_a_draft_is_not_found_until_it_is_published(people: factories.People, run_reactions: Run) -> None:
    made = knowledge.draft_article(by=people.ada, title="Rotating a leaked token", body="Revoke it first.")
    run_reactions()
    assert queries.retrieve("leaked token", audience="agent") == []
    knowledge.publish(made, by=people.ada)
    run_reactions()
    assert queries.retrieve("leaked token", audience="agent")[0].title == "Rotating a leaked token"


def test_without_a_model_words_still_find(no_model: None, people: factories.People, run_reactions: Run) -> None:
    article(people.ada, "Rotating a leaked token", "Revoke it first.", "my key is on github")
    article(people.ada, "Deleting a package", "Within 72 hours.")
    run_reactions()
    assert queries.engine() == "text"
    hits = queries.retrieve("the key is public on github", audience="public")
    assert [hit.title for hit in hits] == ["Rotating a leaked token"]
    assert (hits[0].cosine, hits[0].part, hits[0].parts) == (0.0, "text", {})
    assert queries.similar_conversations("anything", user=people.ada) == []


@with_model
def test_the_next_asker_is_led_by_an_earlier_question(people: factories.People, run_reactions: Run) -> None:
    asked = "My phone fell into a lake and now the site wants six digits from it"
    made = article(people.ada, "Getting back in with recovery codes", "Use one of the codes.", asked)
    article(people.ada, "Where invoices are", "Under billing.")
    run_reactions()
    hits = queries.retrieve("lost my phone in the water, the page asks for six digits", audience="public")
    assert hits[0].article_id == made.pk
    assert (hits[0].part, hits[0].asked) == ("question", asked)
    assert hits[0].parts["question"] == pytest.approx(hits[0].cosine)


@with_model
def test_the_diagnosed_error_lifts_the_article_that_names_it(people: factories.People, run_reactions: Run) -> None:
    article(people.ada, "Publishing a package", "Run npm publish.")
    named = article(people.ada, "Names that are taken", "Choose a scope.", signatures=("npm-e403-name",))
    run_reactions()
    hits = queries.retrieve("npm publish fails", audience="agent", signature="npm-e403-name")
    assert (hits[0].article_id, hits[0].has_signature) == (named.pk, True)
    assert queries.retrieve("npm publish fails", audience="agent")[0].article_id != named.pk


@with_model
def test_unchanged_text_keeps_its_vector(people: factories.People, run_reactions: Run) -> None:
    made = article(people.ada, "Rotating a leaked token", "Revoke it first.")
    run_reactions()
    before = {passage.text: bytes(passage.vector or b"") for passage in Passage.objects.all()}
    knowledge.add_phrasing(made, "key leaked", by=people.ada)
    run_reactions()
    after = {passage.text: bytes(passage.vector or b"") for passage in Passage.objects.all()}
    assert after.items() > before.items()
    assert len(after["key leaked"]) == 768
    ids = set(Passage.objects.values_list("pk", flat=True))
    articles.index_article(made.pk)
    assert set(Passage.objects.values_list("pk", flat=True)) == ids


@with_model
@pytest.mark.parametrize("by_column", [True, False])
def test_a_like_question_finds_the_answered_conversation(
    people: factories.People, run_reactions: Run, by_column: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_column and not nearest.has_column():
        assert connection.settings_dict["NAME"]  # this server has no pgvector: the other case is all there is
        return
    asked = factories.conversation(people, "Lost my phone", text="I cannot sign in, my authenticator is gone.")
    replying.reply(asked, by=people.ada, text="Use a recovery code.")
    statuses.resolve(asked, by=people.ada)
    run_reactions()
    monkeypatch.setattr(nearest, "has_column", lambda: by_column)
    found = queries.similar_conversations("authenticator gone with my old phone", user=people.ada)
    assert [similar.conversation.pk for similar in found] == [asked.pk]
    assert found[0].cosine > 0.5
    assert queries.similar_conversations("authenticator gone", user=people.rita) == []
    assert queries.similar_conversations("authenticator gone", user=people.ada, but=asked.pk) == []


def test_a_moved_article_is_found_at_its_new_address(people: factories.People, run_reactions: Run) -> None:
    made = article(people.ada, "Rotating a leaked token", "Revoke it first.")
    run_reactions()
    assert queries.retrieve("leaked token", audience="public")[0].slug == "rotating-a-leaked-token"
    knowledge.save_details(
        made, by=people.ada, category=None, visibility=Visibility.PUBLIC, signatures=["leak"], slug="leaked"
    )
    run_reactions()
    hit = queries.retrieve("leaked token", audience="public", signature="leak")[0]
    assert (hit.slug, hit.has_signature) == ("leaked", True)


def test_a_resolved_conversation_that_was_no_answer_leaves_no_passage(
    people: factories.People, run_reactions: Run
) -> None:
    conversation = factories.conversation(people)
    statuses.resolve(conversation, by=people.ada, resolution="duplicate")
    run_reactions()
    assert not Passage.objects.filter(conversation=conversation).exists()


def test_reindexing_builds_what_the_reactions_would_have(people: factories.People, run_reactions: Run) -> None:
    factories.conversation(people)
    article(people.ada, "Rotating a leaked token", "Revoke it first.")
    run_reactions()
    words = MessageText.objects.values_list("tsv", flat=True).get()
    MessageText.objects.all().delete()
    counts = reindexing.reindex()
    assert (counts.messages, counts.articles, counts.contacts) == (1, 1, 1)
    assert MessageText.objects.values_list("tsv", flat=True).get() == words


def test_an_event_about_something_deleted_is_nothing(people: factories.People) -> None:
    event = Event.objects.create(kind="message.received", at=clock.now(), actor_kind="machine", subject_id=10**9)
    index(event_id=event.pk)
    assert MessageText.objects.count() == 0
