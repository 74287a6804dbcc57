"""Searching as a person does: what is found, what is not seen, and what it costs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.conversations.actions import assigning, noting, statuses, tagging
from firstline.conversations.models import Conversation, Reader
from firstline.core import clock
from firstline.knowledge import actions as knowledge
from firstline.search import queries
from firstline.search.queries import conversations as by_conversation
from firstline.search.rules import grammar
from tests import factories

pytestmark = pytest.mark.django_db
Run = Callable[..., int]


@pytest.fixture
def people() -> factories.People:
    """The desk's people."""
    return factories.people()


@pytest.fixture
def ada(people: factories.People, client: Client) -> Client:
    """Ada at her browser."""
    client.force_login(people.ada)
    return client


@pytest.fixture
def two(people: factories.People, run_reactions: Run) -> tuple[Conversation, Conversation]:
    """A conversation about publishing and one about an invoice."""
    first = factories.conversation(people, "Cannot publish @orbit/lantern", text="npm ERR! code E403 forbidden")
    second = factories.conversation(people, "Invoice for March", text="Our accountant asks for the publishing invoice.")
    run_reactions()
    return first, second


def found(user: object, text: str, **options: int) -> list[int]:
    """Ids of the conversations that a search finds."""
    result = queries.search_conversations(user, grammar.parse(text), **options)  # type: ignore[arg-type]  # a User
    return [row.pk for row in result.rows]


def test_a_word_in_the_subject_outranks_one_in_the_text(
    people: factories.People, two: tuple[Conversation, ...]
) -> None:
    assert found(people.ada, "publishing") == [two[0].pk, two[1].pk]


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("E403", [0]),
        ("@orbit/lantern", [0]),
        ("lantern forbidden", [0]),
        ('"asks for the publishing invoice"', [1]),
        ('"invoice publishing"', []),
        ("publishing -invoice", [0]),
        ("status:open invoice", [1]),
        ("-status:open publish", []),
        ("assignee:mina", [1]),
        ("assignee:none", [0]),
        ("is:mine", []),
        ("tag:Billing", [1]),
        ("-tag:billing", [0]),
        ("from:casey publish E403", [0]),
        ("from:nobody", []),
        ("inbox:desk", [1, 0]),
        ("inbox:partners", []),
        ("has:log", [0]),
        ("has:note", [1]),
        ("-has:log", [1]),
        ("is:new", [1, 0]),
        ("is:resolved", []),
        ("after:2020-01-01 E403", [0]),
        ("before:2020-01-01", []),
    ],
)
def test_operators(
    people: factories.People, two: tuple[Conversation, ...], run_reactions: Run, text: str, which: list[int]
) -> None:
    assigning.assign(two[1], people.mina, by=people.ada)
    tagging.add_tag(two[1], "billing", by=people.ada)
    noting.add_note(two[1], by=people.ada, text="Asked accounts.")
    run_reactions()
    assert sorted(found(people.ada, text)) == sorted(two[number].pk for number in which)


def test_a_note_is_found_and_shown_as_one(
    people: factories.People, two: tuple[Conversation, ...], run_reactions: Run
) -> None:
    noting.add_note(two[0], by=people.ada, text="The registry mirror in Oslo was stale.")
    run_reactions()
    result = queries.search_conversations(people.ada, grammar.parse("oslo"))
    assert [(row.pk, row.in_note) for row in result.rows] == [(two[0].pk, True)]
    assert [piece.text for piece in result.rows[0].pieces if piece.marked] == ["Oslo"]


def test_another_team_finds_nothing_of_it(people: factories.People, two: tuple[Conversation, ...]) -> None:
    assert found(people.rita, "publish") == []
    assert found(people.rita, "status:open") == []
    assert found(people.rita, "has:log") == []
    assert queries.by_number(people.rita, two[0].pk) is None
    assert queries.search_people(people.rita, grammar.parse("casey")) == []
    assert [contact.pk for contact in queries.search_people(people.ada, grammar.parse("casey"))] == [
        people.casey.contact_id
    ]


def test_a_sealed_conversation_is_for_its_list(
    people: factories.People, two: tuple[Conversation, ...], run_reactions: Run
) -> None:
    Conversation.objects.filter(pk=two[0].pk).update(sealed=True)
    assert found(people.ada, "E403") == []  # even before the index has heard of it
    noting.add_note(two[0], by=people.ada, text="sealed now")
    run_reactions()
    assert found(people.ada, "E403") == []
    Reader.objects.create(conversation=two[0], user=people.ada)
    assert found(people.ada, "E403") == [two[0].pk]


def test_more_hits_than_are_ranked_are_said(
    people: factories.People, two: tuple[Conversation, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_conversation, "CAP", 1)
    result = queries.search_conversations(people.ada, grammar.parse("publish"))
    assert result.capped
    assert [row.pk for row in result.rows] == [two[1].pk]  # the newest


def test_pages_follow_each_other(people: factories.People, two: tuple[Conversation, ...]) -> None:
    first = queries.search_conversations(people.ada, grammar.parse("publish"), limit=1)
    assert (first.has_more, first.total) == (True, 2)
    assert found(people.ada, "publish", limit=1, offset=1) == [two[1].pk]
    assert found(people.ada, "status:open", limit=1) + found(people.ada, "status:open", limit=1, offset=1) == [
        two[1].pk,
        two[0].pk,
    ]


def test_a_search_that_takes_too_long_is_stopped_and_the_connection_lives(
    people: factories.People, two: tuple[Conversation, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_conversation, "TIMEOUT", "1ms")
    monkeypatch.setattr(by_conversation, "RANKED", SLEEPING)
    with pytest.raises(queries.TooSlow):
        queries.search_conversations(people.ada, grammar.parse("publish"))
    assert Conversation.objects.count() == 2


SLEEPING = by_conversation.RANKED.replace("FROM spoken", "FROM spoken CROSS JOIN pg_sleep(1)")


def test_the_page_shows_three_groups(ada: Client, people: factories.People, two: tuple[Conversation, ...]) -> None:
    page = ada.get("/search/", {"q": "casey"}).content.decode()
    assert "People" in page
    assert "casey@contact.example" in page
    page = ada.get("/search/", {"q": "publish"}).content.decode()
    assert f"/conversations/{two[0].pk}/" in page
    assert "<mark>publishing</mark>" in page


def test_a_fragment_has_no_frame(ada: Client, two: tuple[Conversation, ...]) -> None:
    fragment = ada.get("/search/", {"q": "publish"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="found"' in fragment
    assert "<html" not in fragment


def test_articles_are_found_while_typing(ada: Client, people: factories.People, run_reactions: Run) -> None:
    made = knowledge.publish(
        knowledge.draft_article(by=people.ada, title="Recovery codes", body="Keep them."), by=people.ada
    )
    run_reactions()
    fragment = ada.get("/search/palette/", {"q": "recov"}).content.decode()
    assert f'href="/articles/{made.pk}/"' in fragment
    assert 'role="option"' in fragment


def test_the_palette_jumps_to_a_number(ada: Client, two: tuple[Conversation, ...]) -> None:
    fragment = ada.get("/search/palette/", {"q": f"#{two[0].pk}"}).content.decode()
    assert f"/conversations/{two[0].pk}/" in fragment
    assert ada.get("/search/palette/", {"q": "#999999"}).content.decode().count("option") == 0


def test_wrong_values_are_said_in_a_sentence(ada: Client) -> None:
    page = ada.get("/search/", {"q": "status:cheese", "page": "x"}).content.decode()
    assert "status: knows open, tell, waiting, engineering, resolved, spam, not “cheese”." in page


def test_what_was_typed_cannot_break_out(ada: Client) -> None:
    page = ada.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert(1)" not in page


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get("/search/", {"q": "x"}).status_code == 302
    assert client.get("/search/palette/", {"q": "x"}).status_code == 302


@pytest.mark.parametrize(("text", "count"), [("publish", 8), ("status:open publish", 9), ("status:open", 6)])
def test_a_search_costs_the_same_for_one_result_and_many(
    people: factories.People, run_reactions: Run, text: str, count: int
) -> None:
    for number in range(6):
        factories.conversation(people, f"publish {number}")
        if number in (0, 5):
            run_reactions()
            user = type(people.ada).objects.get(pk=people.ada.pk)
            with CaptureQueriesContext(connection) as captured:
                assert len(found(user, text)) == number + 1
            assert len(captured) == count


def test_snoozed_and_urgent_states(people: factories.People, two: tuple[Conversation, ...]) -> None:
    statuses.snooze(two[0], clock.now() + timedelta(hours=1), by=people.ada)
    assigning.set_priority(two[1], 1, by=people.ada)
    assert found(people.ada, "is:snoozed") == [two[0].pk]
    assert found(people.ada, "is:urgent") == [two[1].pk]
