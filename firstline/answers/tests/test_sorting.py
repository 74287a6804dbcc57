"""What a new conversation is about: proposed, accepted, corrected, learned from; who else asks; who was told before."""

from collections.abc import Callable

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from firstline.answers import queries
from firstline.answers.actions import learning, sorting
from firstline.answers.models import Alike, Asked, Sorting, SortingKind, SortingModel, SortingState
from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.actions import assigning, replying, statuses, tagging
from firstline.conversations.models import Conversation, Priority
from firstline.events.models import Event
from firstline.knowledge import actions as knowledge
from firstline.models_ai import embedder, languages
from firstline.search import routing
from tests import factories
from tests.factories import People

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not languages.available(), reason="the language model is not installed"),
]
Run = Callable[..., int]
DENIED = """It stops since this morning.

npm error code E503
npm error 503 Service Unavailable - GET https://registry.example.org/kite
"""
BILLING = [
    f"{verb} my {what}"
    for verb in ("Where is", "Please send", "I need", "Lost")
    for what in ("invoice", "receipt", "bill")
]
LOGIN = [
    f"{verb} my {what}"
    for verb in ("I forgot", "Reset", "Cannot use", "Lost")
    for what in ("password", "login", "two factor code")
]


@pytest.fixture
def people() -> People:
    return factories.people()


def asks(
    people: People, run_reactions: Run, subject: str, text: str, sender: ContactIdentity | None = None
) -> Conversation:
    message = factories.arrives(people.inbox, sender or people.casey, factories.mail(subject, text))
    run_reactions()
    return message.conversation


def told(conversation: Conversation) -> dict[str, str]:
    return dict(Sorting.objects.filter(conversation=conversation).values_list("kind", "value"))


def panel(client: Client, conversation: Conversation) -> str:
    return client.get(reverse("answers:beside", args=[conversation.pk])).content.decode()


def taught(people: People, run_reactions: Run, *, again: int = 2) -> SortingModel:
    """A desk that has tagged questions of two kinds, and learned from them."""
    for number in range(again):
        for texts, tag in ((BILLING, "billing"), (LOGIN, "login")):
            for text in texts:
                message = factories.arrives(
                    people.inbox, people.casey, factories.mail(text, f"{text}, please ({number}).")
                )
                tagging.add_tag(message.conversation, tag, by=people.ada)
    run_reactions()
    model = learning.learn(SortingKind.TOPIC)
    assert model is not None
    return model


def test_a_diagnosis_gives_case_type_and_urgency_on_the_first_day(
    client: Client, people: People, run_reactions: Run
) -> None:
    conversation = asks(people, run_reactions, "Registry down", DENIED)
    assert (told(conversation)["case"], told(conversation)["priority"]) == ("NET-01", str(Priority.URGENT.value))
    client.force_login(people.ada)
    page = panel(client, conversation)
    assert "Registry 5xx, site down" in page
    assert "% sure" in page
    client.post(reverse("answers:sort", args=[conversation.pk]))
    conversation.refresh_from_db()
    assert conversation.priority == Priority.URGENT
    decided = Sorting.objects.filter(conversation=conversation).values_list("state", "decided_by")
    assert set(decided) == {(SortingState.ACCEPTED, people.ada.pk)}
    assert "% sure" not in panel(client, conversation)


def test_it_learns_topics_from_tags_and_abstains_from_what_it_does_not_know(
    client: Client, people: People, run_reactions: Run
) -> None:
    before = asks(people, run_reactions, "The invoice of May", "Where do I find it?")
    assert "topic" not in told(before)
    model = taught(people, run_reactions)
    sorting.set_precision(0.8, by=people.lena)
    bill = asks(people, run_reactions, "Please send my invoice", "I need the invoice of last month.")
    assert told(bill)["topic"] == "billing"
    assert Sorting.objects.get(conversation=bill, kind="topic").model == model
    other = asks(people, run_reactions, "Kites", "What wind is best for flying a kite over the hills?")
    assert "topic" not in told(other)
    client.force_login(people.ada)
    client.post(reverse("answers:sort", args=[bill.pk]))
    assert list(bill.tags.values_list("name", flat=True)) == ["billing"]


def test_a_correction_is_learned_the_next_night_and_the_same_is_not_learned_twice(
    client: Client, people: People, run_reactions: Run
) -> None:
    first = taught(people, run_reactions)
    assert learning.learn(SortingKind.TOPIC) is None
    conversation = asks(people, run_reactions, "Please send my invoice", "I need it again.")
    client.force_login(people.ada)
    address = reverse("answers:correct_sorting", args=[conversation.pk, "topic"])
    assert client.post(address, {"value": ""}).status_code == 422
    client.post(address, {"value": "login"})
    sorted_ = Sorting.objects.get(conversation=conversation, kind="topic")
    assert (sorted_.state, sorted_.decided) == (SortingState.CORRECTED, "login")
    second = learning.learn(SortingKind.TOPIC)
    assert second is not None
    assert second.rows == first.rows + 1
    first.refresh_from_db()
    assert bytes(first.content) == b""
    assert queries.newest_models() == {"topic": second.pk}


def test_a_case_type_that_an_agent_sets_is_what_the_desk_learns(
    client: Client, people: People, run_reactions: Run
) -> None:
    conversation = asks(people, run_reactions, "A name that nobody uses", "May I have the name left-thing?")
    client.force_login(people.ada)
    client.post(reverse("answers:correct_sorting", args=[conversation.pk, "case"]), {"value": "PKG-04"})
    (example,) = queries.examples(SortingKind.CASE)
    assert example.label == "PKG-04"
    assert "left-thing" in example.text
    assert "Dispute, abandoned name" in panel(client, conversation)


def test_what_nobody_said_a_word_on_is_read_off_the_end(people: People, run_reactions: Run) -> None:
    right, wrong = (asks(people, run_reactions, f"Registry down {n}", DENIED) for n in (1, 2))
    assigning.set_priority(right, Priority.URGENT, by=people.ada)
    for conversation in (right, wrong):
        conversation.refresh_from_db()
        statuses.resolve(conversation, by=people.ada)
    assert learning.settle() == 2
    states = Sorting.objects.filter(kind="priority").order_by("conversation").values_list("state", "decided")
    assert list(states) == [(SortingState.ACCEPTED, "1"), (SortingState.CORRECTED, "3")]


def test_a_priority_set_by_hand_is_not_proposed_again(client: Client, people: People, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions, "Registry down", DENIED)
    assigning.set_priority(conversation, Priority.HIGH, by=people.ada)
    client.force_login(people.ada)
    assert "Urgent" not in panel(client, conversation)
    client.post(reverse("answers:sort", args=[conversation.pk]))
    conversation.refresh_from_db()
    assert conversation.priority == Priority.HIGH


@pytest.mark.skipif(not languages.available(), reason="the language model is not installed")
def test_another_language_is_proposed_and_kept_with_the_contact(
    client: Client, people: People, run_reactions: Run
) -> None:
    text = "Guten Tag, seit gestern kann ich mein Paket nicht mehr veröffentlichen. Was muss ich tun?"
    conversation = asks(people, run_reactions, "Veröffentlichen geht nicht", text)
    assert told(conversation)["language"] == "de"
    client.force_login(people.ada)
    client.post(reverse("answers:sort", args=[conversation.pk]))
    assert Contact.objects.get(pk=conversation.contact_id).language == "de"


def test_it_may_run_twice_and_only_first_messages_are_sorted(people: People, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions, "Hello", "Nothing that anybody could sort.")
    later = factories.answers(conversation, people.casey, factories.mail("Re: Hello", DENIED))
    run_reactions()
    sorting.sort(later.pk)
    sorting.sort(conversation.messages.earliest("pk").pk)
    assert told(conversation) == {}
    assert Asked.objects.count() == 1


def test_open_conversations_that_ask_the_same_find_each_other(
    client: Client, people: People, run_reactions: Run
) -> None:
    ours = asks(people, run_reactions, "Token for CI", "How do I make a token that my CI can publish with?")
    noor = factories.contact("noor")
    same = asks(people, run_reactions, "CI token", "How can I create a token for publishing from CI?", noor)
    asks(people, run_reactions, "Kites", "What wind is best for flying a kite over the hills?", noor)
    factories.arrives(
        people.other_inbox, noor, factories.mail("CI token", "How do I make a token that CI can publish with?")
    )
    run_reactions()
    assert Alike.objects.filter(one=ours, other=same).exists()
    client.force_login(people.ada)
    for conversation, other in ((ours, same), (same, ours)):
        page = panel(client, conversation)
        assert reverse("conversations:permalink", args=[other.pk]) in page
        assert page.count("<li>") == 1
    statuses.resolve(Conversation.objects.get(pk=same.pk), by=people.ada)
    assert "Others ask this now" not in panel(client, ours)


def test_the_same_failure_finds_the_others(client: Client, people: People, run_reactions: Run) -> None:
    first = asks(people, run_reactions, "Is it you?", DENIED)
    second = asks(
        people, run_reactions, "Our builds are red", f"Nothing installs here.\n{DENIED}", factories.contact("noor")
    )
    client.force_login(people.ada)
    assert reverse("conversations:permalink", args=[first.pk]) in panel(client, second)


@pytest.fixture
def article(people: People, run_reactions: Run) -> str:
    body = "Make a token.\n\n## Steps\n\n1. `npm token create`\n2. `npm whoami`\n"
    found = knowledge.draft_article(by=people.lena, title="A token for CI", body=body)
    knowledge.publish(found, by=people.lena)
    run_reactions()
    return reverse("helpcenter:article", args=[found.slug])


@pytest.mark.parametrize("how", ["link", "steps"])
def test_what_this_person_was_told_before_is_shown(
    client: Client, people: People, run_reactions: Run, article: str, how: str
) -> None:
    question = "How do I make a token that my CI can publish with?"
    earlier = asks(people, run_reactions, "Token for CI", question)
    said = (
        f"See {settings.BASE_URL}{article} for it."
        if how == "link"
        else "Run `npm token create` and then `npm whoami`."
    )
    replying.reply(earlier, by=people.ada, text=said)
    run_reactions()
    again = asks(people, run_reactions, "CI token again", question)
    client.force_login(people.ada)
    page = panel(client, again)
    assert "Already told" in page
    assert ("A token for CI" if how == "link" else "The same steps as suggested now") in page
    assert "They had what is suggested now" in page
    someone = asks(people, run_reactions, "CI token", question, factories.contact("noor"))
    assert "Already told" not in panel(client, someone)


def test_the_panel_asks_the_database_the_same_whatever_it_shows(
    client: Client, people: People, run_reactions: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = asks(people, run_reactions, "Registry down", DENIED)
    client.force_login(people.ada)
    panel(client, conversation)
    with django_assert_num_queries(13):
        panel(client, conversation)
    for number in range(6):
        asks(people, run_reactions, f"Registry down {number}", DENIED, factories.contact(f"more{number}"))
        replying.reply(
            asks(people, run_reactions, f"Other {number}", "A question of Casey's."), by=people.ada, text="Hi."
        )
    with django_assert_num_queries(13):
        assert "And more like them." in panel(client, conversation)


def test_the_report_tells_of_each_version(client: Client, people: People, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions, "Registry down", DENIED)
    sorting.correct(conversation, SortingKind.PRIORITY, "2", by=people.ada)
    client.force_login(people.lena)
    address = reverse("answers:set_precision")
    assert client.post(address, {"target": "0.95"}).status_code == 302
    assert client.post(address, {"target": "0.3"}).status_code == 302
    assert queries.target() == 0.95
    page = client.get(reverse("answers:report")).content.decode()
    assert "by the diagnosis or the language itself" in page
    assert {one.label: one.wrong for one in queries.by_model()} == {"Case type": 0, "Priority": 1}
    assert Event.objects.filter(kind="sorting.decided", actor_id=people.ada.pk).count() == 1


def test_without_a_model_of_vectors_nothing_is_learned_and_the_diagnosis_still_counts(
    people: People, run_reactions: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("FIRSTLINE_MODELS", str(tmp_path))
    embedder.forget()
    conversation = asks(people, run_reactions, "Registry down", DENIED)
    monkeypatch.undo()
    embedder.forget()
    assert told(conversation)["case"] == "NET-01"
    assert not Asked.objects.exists()


def test_a_stored_sorter_says_what_scikit_learn_says() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    from firstline.search.rules import sorting as weights

    texts, labels = [*BILLING, *LOGIN, "npm ERR! E404"], ["bill"] * len(BILLING) + ["login"] * len(LOGIN) + ["log"]
    model = embedder.load()
    vectors = model.encode(texts)
    kept = weights.from_bytes(routing.train(texts, labels, vectors, model=model.sha256).to_bytes())
    asked = ["the receipt, please", "PASSWORD lost", "E404 and npm"]
    words = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True),
    )
    by_words = LogisticRegression(C=routing.WORDS_C, max_iter=routing.STEPS).fit(words.fit_transform(texts), labels)
    by_vectors = LogisticRegression(C=routing.VECTORS_C, max_iter=routing.STEPS, class_weight="balanced")
    by_vectors.fit(vectors, labels)
    theirs = (by_words.predict_proba(words.transform(asked)) + by_vectors.predict_proba(model.encode(asked))) / 2
    assert np.allclose(kept.probabilities(asked, model.encode(asked)), theirs, atol=2e-3)
