"""The form answers while one types, keeps nothing of it, and counts who asked after all."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from firstline.ask import views
from firstline.ask.tests.test_ask import GOOD, stamp
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, ArticleStatus, Visibility
from firstline.savings import actions as savings
from firstline.savings import rules
from firstline.savings.models import HoldOut, Showing
from tests.factories import People

QUESTION = "npm install stops with ERESOLVE, two packages want different versions"


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()


@pytest.fixture
def article(people: People, run_reactions: Callable[[], int]) -> Article:
    made = knowledge.draft_article(
        by=people.ada,
        title="Two packages want different versions (ERESOLVE)",
        body="npm install stops with ERESOLVE when two packages want different versions.",
    )
    knowledge.save_details(
        made, by=people.ada, category=None, visibility=Visibility.PUBLIC, signatures=("npm-eresolve",), slug="eresolve"
    )
    published = knowledge.publish(made, by=people.ada)
    run_reactions()
    return published


def typed(client: Client, form: Inbox, text: str, page: str) -> str:
    answer = client.post(reverse("ask:answers", args=[form.name, "publish"]), {"text": text, "stamp": page})
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_an_unfinished_question_is_answered_beside_the_form(client: Client, form: Inbox, article: Article) -> None:
    shown = typed(client, form, QUESTION, stamp(form))
    assert 'href="/help/eresolve/" target="_blank" rel="noopener"' in shown
    page = client.get(reverse("ask:ask", args=[form.name, "publish"])).content.decode()
    assert reverse("ask:answers", args=[form.name, "publish"]) in page
    assert 'hx-params="text,stamp"' in page, "an address that is being typed goes nowhere"


def test_too_few_words_a_foreign_stamp_and_a_flood_get_nothing(
    client: Client, form: Inbox, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(client, form, "npm ERESOLVE", stamp(form)).strip() == ""
    assert typed(client, form, QUESTION, "made up").strip() == ""
    monkeypatch.setattr(views, "PAUSES_A_MINUTE", 0)
    assert typed(client, form, QUESTION, stamp(form)).strip() == ""
    assert not Showing.objects.exists()


def test_what_may_not_be_true_any_more_answers_nobody(client: Client, form: Inbox, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(status=ArticleStatus.STALE)
    assert "eresolve" not in typed(client, form, QUESTION, stamp(form))


def test_whoever_asks_after_all_is_counted_and_who_it_was_is_not_kept(
    client: Client, form: Inbox, article: Article
) -> None:
    stays, leaves = stamp(form, nonce=1), stamp(form, nonce=2)
    typed(client, form, QUESTION, stays)
    typed(client, form, QUESTION, stays)
    typed(client, form, QUESTION, leaves)
    assert client.post(reverse("ask:ask", args=[form.name, "publish"]), {**GOOD, "stamp": stays}).status_code == 303
    assert sorted(Showing.objects.values_list("article", "is_held", "is_asked")) == [
        (article.pk, False, False),
        (article.pk, False, True),
    ]
    assert not Showing.objects.filter(session__in=[stays, leaves]).exists()


def test_in_a_hold_out_one_in_ten_does_not_see_the_article_however_often_they_type(
    client: Client, form: Inbox, article: Article, people: People
) -> None:
    for number in range(rules.LEAST_SESSIONS):
        savings.show(f"earlier {number}", [article.pk])
    savings.begin_hold_out(article, by=people.lena)
    assert HoldOut.objects.get().started_at <= clock.now()
    pages = [stamp(form, nonce=number) for number in range(100, 500)]
    held = [page for page in pages if rules.is_held(views._session(page), article.pk)][:3]
    others = [page for page in pages if not rules.is_held(views._session(page), article.pk)][:3]
    assert len(held) == len(others) == 3
    for page in [*held, *others, *held]:
        assert ("/help/eresolve/" in typed(client, form, QUESTION, page)) == (page in others)
