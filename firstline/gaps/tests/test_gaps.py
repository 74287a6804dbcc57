"""What no article answers becomes a gap; a gap becomes an article, a question of one, or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from firstline.answers.actions import dismiss as dismiss_suggestion
from firstline.answers.models import DismissReason, Suggestion, SuggestionState
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.gaps import actions, queries, rules
from firstline.gaps.models import Gap, Question, Why
from firstline.inboxes.models import Inbox
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Phrasing
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ASKED = (
    "How do I add a VAT number to an invoice that was already sent?",
    "Can you put our VAT number on invoices we already have?",
    "Our old invoices lack the VAT number, how can it be added?",
)


@pytest.fixture
def people() -> People:
    return factories.people()


@pytest.fixture
def asked(people: People, run_reactions: Callable[[], int]) -> list[Conversation]:
    """Three people ask the same, one asks something else; there is no article at all."""
    rows = [ask(people.inbox, f"buyer{number}", text) for number, text in enumerate(ASKED)]
    ask(people.inbox, "sailor", "Is there a logo of yours that I may print on a sail?")
    run_reactions()
    return rows


def ask(inbox: Inbox, who: str, text: str) -> Conversation:
    return factories.arrives(inbox, factories.contact(who), factories.mail("A question", text)).conversation


def only_gap() -> Gap:
    return Gap.objects.get()


def test_what_three_people_ask_is_one_gap_and_what_one_asks_is_none(people: People, asked: list[Conversation]) -> None:
    assert actions.collect() == 4
    assert actions.collect() == 0
    (row,) = queries.ranked(people.ada, datetime.now(UTC))
    assert (row.people, row.title in ASKED, len(row.questions)) == (3, True, 3)
    assert {question.conversation_id for question in row.questions} == {one.pk for one in asked}
    assert {question.why for question in row.questions} == {Why.NONE}


def test_a_later_question_joins_the_gap(
    people: People, asked: list[Conversation], run_reactions: Callable[[], int]
) -> None:
    actions.collect()
    ask(people.inbox, "late", "We forgot the VAT number, can it be added to past invoices?")
    run_reactions()
    actions.collect()
    assert only_gap().questions.count() == 4


def test_a_question_whose_weak_answer_was_used_after_all_is_no_gap(people: People, asked: list[Conversation]) -> None:
    actions.collect()
    Suggestion.objects.filter(conversation=asked[0]).update(state=SuggestionState.INSERTED, text="Words")
    actions.collect()
    assert only_gap().questions.count() == 2


def test_a_dismissed_answer_says_why_the_article_fell_short(
    people: People, asked: list[Conversation], run_reactions: Callable[[], int]
) -> None:
    article = knowledge.draft_article(by=people.lena, title=ASKED[0], body="Open billing and look for the number.")
    knowledge.publish(article, by=people.lena)
    run_reactions()
    conversations = [ask(people.inbox, f"again{number}", ASKED[0]) for number in range(2)]
    run_reactions()
    for conversation in conversations:
        suggestion = Suggestion.objects.get(conversation=conversation)
        assert suggestion.state == SuggestionState.PROPOSED
        dismiss_suggestion(suggestion, by=people.ada, reason=DismissReason.OUTDATED)
    actions.collect()
    rows = queries.ranked(people.ada, datetime.now(UTC))
    found = next(row for row in rows if any(one.why == Why.OUTDATED for one in row.questions))
    assert queries.nearest(found).article == article


def test_the_article_is_written_from_what_agents_said(
    client: Client, people: People, asked: list[Conversation]
) -> None:
    actions.collect()
    client.force_login(people.ada)
    refused = client.post(reverse("gaps:write", args=[only_gap().pk]), follow=True)
    assert "Nobody has answered one of these yet" in refused.content.decode()
    reply = replying.reply(
        asked[1], by=people.ada, text="Open Billing, choose the invoice and press Correct; the VAT number can be added."
    )
    Message.objects.filter(pk=reply.pk).update(state=Delivery.SENT)
    opened = client.post(reverse("gaps:write", args=[only_gap().pk]))
    article = only_gap().article
    assert article is not None
    assert opened["Location"] == reverse("knowledge:edit", args=[article.pk])
    text = article.texts.get()
    assert "press Correct" in text.body
    assert set(article.phrasings.values_list("from_message", flat=True)) == set(
        Question.objects.filter(gap=only_gap()).values_list("message_id", flat=True)
    )


def test_the_questions_are_added_to_an_article_that_answers_them(
    client: Client, people: People, asked: list[Conversation]
) -> None:
    article = knowledge.draft_article(by=people.lena, title="Invoices", body="Under billing.")
    actions.collect()
    client.force_login(people.ada)
    client.post(reverse("gaps:attach", args=[only_gap().pk]), {"article": article.pk})
    assert Phrasing.objects.filter(article=article).count() == 3
    assert client.post(reverse("gaps:attach", args=[only_gap().pk]), {"article": "x"}).status_code == 404


def test_a_gap_can_be_taken_off_the_list(client: Client, people: People, asked: list[Conversation]) -> None:
    actions.collect()
    client.force_login(people.ada)
    client.post(reverse("gaps:dismiss", args=[only_gap().pk]))
    assert only_gap().dismissed_by == people.ada
    assert ASKED[0] not in client.get(reverse("gaps:index")).content.decode()


def test_nobody_sees_or_counts_what_another_team_was_asked(
    client: Client, people: People, asked: list[Conversation], run_reactions: Callable[[], int]
) -> None:
    theirs = ask(people.other_inbox, "partner", "How can our VAT number get onto invoices we already have?")
    run_reactions()
    actions.collect()
    (of_ada,) = queries.ranked(people.ada, datetime.now(UTC))
    (of_rita,) = queries.ranked(people.rita, datetime.now(UTC))
    assert (of_ada.people, of_rita.people) == (3, 1)
    assert {question.conversation_id for question in of_rita.questions} == {theirs.pk}
    assert "How can our VAT number" in of_rita.title
    Question.objects.filter(conversation=theirs).delete()
    client.force_login(people.rita)
    assert client.get(reverse("gaps:detail", args=[only_gap().pk])).status_code == 404
    for name in ("write", "attach", "dismiss"):
        assert client.post(reverse(f"gaps:{name}", args=[only_gap().pk])).status_code == 404


def test_sealed_conversations_are_never_collected(people: People, asked: list[Conversation]) -> None:
    Conversation.objects.filter(pk=asked[0].pk).update(sealed=True)
    actions.collect()
    assert not Question.objects.filter(conversation=asked[0]).exists()


def test_pages(client: Client, people: People, asked: list[Conversation]) -> None:
    client.force_login(people.ada)
    assert "No gap" in client.get(reverse("gaps:index")).content.decode()
    actions.collect()
    page = client.get(reverse("gaps:detail", args=[only_gap().pk])).content.decode()
    assert "3 people in 30 days" in page
    assert "no article came near" in page


def test_the_list_asks_as_much_for_one_gap_as_for_many(
    people: People, asked: list[Conversation], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.collect()
    with django_assert_num_queries(3):
        queries.ranked(people.ada, datetime.now(UTC))


def test_time_spent_leaves_pauses_out_and_counts_a_minute_at_least() -> None:
    at = [NOON + timedelta(minutes=minutes) for minutes in (0, 4, 9, 60)]
    assert rules.time_spent(at) == timedelta(minutes=10)
    assert rules.time_spent([]) == timedelta()


def test_weeks_and_what_rises() -> None:
    days = (1, 2, 3, 9, 20, 40)
    counts = rules.weeks([NOON - timedelta(days=number) for number in days], NOON)
    assert counts == [0, 0, 1, 1, 3]
    assert rules.rising(counts)
    assert not rules.rising([3, 3, 3, 3, 3])
