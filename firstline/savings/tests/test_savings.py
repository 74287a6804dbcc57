"""What articles save: expected when proposed, reckoned from the desk's own questions, held back only where allowed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers.models import Diagnosis
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, Revision
from firstline.models_ai import embedder
from firstline.savings import actions, rules
from firstline.savings.models import Forecast, FruitlessSearch, HoldOut, Realised, SearchDay, Showing
from firstline.savings.queries import page
from firstline.search.models import Part, Passage, PassageVisibility
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
with_model = pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")
Run = Callable[[], int]

UNTOUCHED = [f"made-up-{number}" for number in range(9)]
DAY = timedelta(days=1)


@pytest.fixture
def people() -> People:
    return factories.people()


def article(people: People, title: str, signature: str, *, days_ago: int) -> Article:
    """A published article about one failure, out for so many days."""
    made = knowledge.draft_article(by=people.ada, title=title, body=f"What to do about {title}.")
    Article.objects.filter(pk=made.pk).update(signatures=[signature])
    published = knowledge.publish(made, by=people.ada)
    Article.objects.filter(pk=made.pk).update(published_at=clock.now() - days_ago * DAY)
    Revision.objects.filter(text__article=made).update(created_at=clock.now() - days_ago * DAY)
    published.refresh_from_db()
    return published


def asked(people: People, signature: str, *days_ago: int) -> None:
    """Resolved conversations that began with this failure, as search keeps them."""
    for days in days_ago:
        message = factories.arrives(people.inbox, people.casey, factories.mail(f"about {signature}"))
        Diagnosis.objects.filter(message=message).delete()
        Diagnosis.objects.create(message=message, conversation=message.conversation, signature=signature)
        at = clock.now() - days * DAY
        Conversation.objects.filter(pk=message.conversation_id).update(created_at=at)
        Passage.objects.create(
            conversation=message.conversation, part=Part.QUESTION, text=signature, visibility=PassageVisibility.INTERNAL
        )


def history(people: People) -> Article:
    """Nine causes that go on as before, and one that an article of six weeks ago has quartered."""
    for signature in UNTOUCHED:
        article(people, f"All about {signature}", signature, days_ago=300)
        asked(people, signature, *range(45, 80, 5), *range(3, 38, 5))
    written = article(people, "Old lockfiles", "lockfile", days_ago=42)
    asked(people, "lockfile", *range(43, 83, 2), *range(2, 40, 8))
    return written


def test_what_came_after_a_publication_is_compared_with_causes_that_nothing_was_written_about(people: People) -> None:
    written = history(people)
    assert actions.reckon(clock.now()) == 10
    found = Realised.objects.get(article=written)
    assert (found.days, found.before, found.after) == (42, 20, 5)
    assert found.untouched >= 9
    assert found.share == pytest.approx(0.74, abs=0.05)
    assert found.low is not None
    assert found.low < (found.share or 0) < (found.high or 0)

    (row,) = [row for row in page.rows(clock.now()) if row.article == written]
    assert row.saved_a_month == pytest.approx(20 * 0.74 * 30 / 42, rel=0.1)
    assert actions.reckon(clock.now()) == 1, "the others have had their eight weeks; their figures stay"


def test_a_cause_whose_article_was_edited_meanwhile_is_not_compared_with(people: People) -> None:
    written = history(people)
    actions.reckon(clock.now())
    before = Realised.objects.get(article=written).untouched
    edited = Article.objects.get(signatures=[UNTOUCHED[0]]).texts.get()
    Revision.objects.filter(text=edited).update(created_at=clock.now() - 20 * DAY)
    actions.reckon(clock.now())
    assert Realised.objects.get(article=written).untouched == before - 1


def test_too_little_is_said_to_be_too_little(people: People, client: Client) -> None:
    article(people, "Rarely asked", "rare", days_ago=40)
    asked(people, "rare", 45, 50, 60, 5)
    actions.reckon(clock.now())
    client.force_login(people.lena)
    shown = client.get(reverse("savings:index")).content.decode()
    assert "Too little to say: 3 asked before, 1 since" in " ".join(shown.split())


def test_an_article_of_last_week_is_not_judged_yet(people: People) -> None:
    article(people, "Brand new", "new", days_ago=7)
    assert actions.reckon(clock.now()) == 0


@with_model
def test_a_proposed_article_says_what_it_would_save_and_that_this_is_a_guess(
    people: People, run_reactions: Run, client: Client
) -> None:
    model = embedder.load()
    questions = [
        "How do I put a VAT number on an invoice?",
        "our invoice lacks the VAT number",
        "Which logo may I print?",
    ]
    for question, vector in zip(questions, model.encode(questions), strict=True):
        one = factories.conversation(people, "A question", question)
        Passage.objects.create(
            conversation=one, part=Part.QUESTION, text=question, visibility=PassageVisibility.INTERNAL,
            vector=vector.astype("<f2").tobytes(), model=model.sha256,
        )  # fmt: skip
    drafted = knowledge.draft_article(by=people.ada, title="Put a VAT number on an invoice", body="Open Billing.")
    run_reactions()
    forecast = Forecast.objects.get(article=drafted)
    assert (forecast.asked_a_month, forecast.is_assumed) == (2.0, True)
    actions.foresee(Article.objects.get(pk=drafted.pk))
    assert Forecast.objects.count() == 1

    client.force_login(people.ada)
    said = client.get(reverse("savings:expected", args=[drafted.pk])).content.decode()
    assert "between 0 and 1" in said
    assert "That is a guess" in said


def test_what_a_desk_measured_itself_takes_the_place_of_the_guess(people: People) -> None:
    for number, share in enumerate((0.1, 0.2, 0.3, 0.4, 0.5)):
        one = article(people, f"Article {number}", f"failure-{number}", days_ago=90)
        Realised.objects.create(article=one, days=56, before=20, after=10, untouched=9, expected=20.0, share=share)
    *shares, is_assumed = actions._usual_share()
    assert shares == pytest.approx([0.3, 0.14, 0.46])
    assert not is_assumed


def known_article(people: People, signature: str = "npm-eresolve") -> Article:
    return article(people, "Two packages want different versions", signature, days_ago=90)


def sessions(one: Article, number: int) -> None:
    for place in range(number):
        actions.show(f"earlier {place}", [one.pk])


def test_a_lead_holds_an_article_back_from_one_session_in_ten_and_reads_what_it_does(
    people: People, client: Client
) -> None:
    one = known_article(people)
    sessions(one, rules.LEAST_SESSIONS)
    client.force_login(people.lena)
    client.post(reverse("savings:hold_out", args=[one.pk]), {"act": "begin"})
    assert HoldOut.objects.get(article=one).ended_at is None

    shown = {f"s{place}": actions.show(f"s{place}", [one.pk]) for place in range(300)}
    held = [session for session, articles in shown.items() if not articles]
    assert held == [session for session in shown if rules.is_held(session, one.pk)]
    for session in held:
        actions.asked(session)
    (row,) = page.rows(clock.now())
    assert row.trial is not None
    assert row.trial.share == pytest.approx(1.0), "those who saw it never wrote, those who did not all did"
    assert "100 % of those who saw it asked no more" in client.get(reverse("savings:index")).content.decode()

    client.post(reverse("savings:hold_out", args=[one.pk]), {"act": "end"})
    assert actions.show(held[0] + " again", [one.pk]) == [one.pk]
    assert Showing.objects.filter(is_held=True).count() == len(held)


@pytest.mark.parametrize(("signature", "number", "sentence"), [
    ("npm-eresolve", 199, "fewer than 200 asking sessions"),
    ("no-such-failure", 200, "Nobody goes without"),
    ("npm-token-dead", 200, "Nobody goes without"),
])  # fmt: skip
def test_a_hold_out_is_refused_with_a_sentence(
    people: People, client: Client, signature: str, number: int, sentence: str
) -> None:
    one = known_article(people, signature)
    sessions(one, number)
    client.force_login(people.lena)
    answer = client.post(reverse("savings:hold_out", args=[one.pk]), {"act": "begin"}, follow=True)
    assert sentence in answer.content.decode()
    assert not HoldOut.objects.exists()


def test_agents_read_the_page_and_only_leads_hold_back(people: People, client: Client) -> None:
    one = known_article(people)
    client.force_login(people.ada)
    assert client.get(reverse("savings:index")).status_code == 200
    assert client.post(reverse("savings:hold_out", args=[one.pk]), {"act": "begin"}).status_code == 403


def test_searches_in_vain_are_counted_and_kept_masked_without_abuse(people: People, client: Client) -> None:
    token = "npm_" + "a1B2" * 9
    actions.record_search("Yarn Berry", found=True)
    for words in ("  Deno   support ", "deno support", f"what is {token}", "you stupid idiots, kill yourselves"):
        actions.record_search(words, found=False)
    day = SearchDay.objects.get()
    assert (day.searches, day.fruitless) == (5, 4)
    assert set(FruitlessSearch.objects.values_list("words", "count")) >= {("deno support", 2)}
    assert FruitlessSearch.objects.count() == 2
    assert not FruitlessSearch.objects.filter(words__contains=token.casefold()).exists()
    client.force_login(people.ada)
    assert "4 of 5 searches found nothing (80 %)" in client.get(reverse("savings:index")).content.decode()

    actions.forget(clock.now() + timedelta(days=91))
    assert not FruitlessSearch.objects.exists()


def test_the_page_says_how_many_answers_came_with_an_article_and_which_disappoint(
    people: People, client: Client
) -> None:
    from firstline.conversations.actions.statuses import resolve

    one = known_article(people)
    for place in range(4):
        knowledge.record_vote(one, helped=place == 0)
    knowledge.record_reason(one, "old")
    resolved = factories.conversation(people)
    resolve(resolved, by=people.ada)
    client.force_login(people.ada)
    shown = " ".join(client.get(reverse("savings:index")).content.decode().split())
    assert "0 of 1 resolved conversations were answered with an article" in shown
    assert "3 of 4" in shown
    assert "Out of date 1" in shown
