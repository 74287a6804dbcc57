"""Articles in the browser: the list, the editor, the panel beside a conversation."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstline.accounts.models import Team
from firstline.accounts.permissions import Role
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.knowledge import actions
from firstline.knowledge.models import Article, Phrasing
from firstline.knowledge.tests.test_actions import answered, published
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
As = Callable[[str], Client]


@pytest.fixture
def everybody() -> People:
    return factories.people()


@pytest.fixture
def signed_in(everybody: People) -> As:
    """A browser in which one of the people is signed in; "admin" is somebody who is nothing else."""
    everybody_else = {"admin": factories.person("otto", [Role.ADMIN], Team.objects.get(name="Desk"))}

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(everybody_else.get(name) or getattr(everybody, name))
        return client

    return sign_in


def test_the_list_shows_articles_by_status_and_finds_words(everybody: People, signed_in: As) -> None:
    published(everybody, "A dead token")
    actions.draft_article(by=everybody.ada, title="Peers disagree", body="ERESOLVE")
    page = signed_in("ada").get(reverse("knowledge:index"))
    assert page.status_code == 200
    assert "A dead token" in page.text
    assert "Peers disagree" in page.text
    found = signed_in("ada").get(reverse("knowledge:index"), {"q": "eresolve"}, headers={"HX-Target": "article-list"})
    assert "Peers disagree" in found.text
    assert "A dead token" not in found.text
    assert "<html" not in found.text


def test_the_list_costs_the_same_for_any_number_of_articles(everybody: People, signed_in: As) -> None:
    client = signed_in("ada")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("knowledge:index")).status_code == 200
        return len(captured)

    published(everybody, "One")
    few = queries()
    for number in range(8):
        published(everybody, f"Article {number}")
    assert queries() == few
    assert few <= 4  # session, person, articles; the rail fetches its counts by itself


def test_who_may_open_what(everybody: People, signed_in: As) -> None:
    article = published(everybody)
    pages = [reverse("knowledge:index"), reverse("knowledge:new"), reverse("knowledge:edit", args=[article.pk])]
    pages += [reverse(f"knowledge:{name}", args=[article.pk]) for name in ("questions", "history")]
    for page in pages:
        anonymous = Client().get(page)
        assert anonymous.status_code == 302, page
        assert anonymous["Location"].startswith("/accounts/login/?next="), page
        assert signed_in("ada").get(page).status_code == 200, page
        assert signed_in("admin").get(page).status_code == 403, page
    assert signed_in("ada").get(reverse("knowledge:edit", args=[article.pk + 1])).status_code == 404


def test_writing_an_article_from_title_to_readers(signed_in: As) -> None:
    client = signed_in("ada")
    begun = client.post(reverse("knowledge:new"), {"title": "A dead token"})
    article = Article.objects.get()
    assert begun["Location"] == reverse("knowledge:edit", args=[article.pk])
    saved = client.post(
        reverse("knowledge:save", args=[article.pk]),
        {"title": "A dead token", "body": "Log in.", "seen": article.updated_at.isoformat(), "language": "en"},
        headers={"HX-Request": "true"},
    )
    article.refresh_from_db()
    assert article.updated_at.isoformat() in saved.text
    done = client.post(
        reverse("knowledge:publish", args=[article.pk]),
        {"title": "A dead token", "body": "Log in again.", "seen": article.updated_at.isoformat(), "language": "en"},
    )
    assert done.status_code == 302
    assert article.texts.get().published_revision.body == "Log in again."  # type: ignore[union-attr]  # just published


def test_a_stale_page_is_told_and_keeps_its_words(everybody: People, signed_in: As) -> None:
    article = published(everybody)
    seen = article.updated_at.isoformat()
    actions.save_draft(article, by=everybody.mina, title="A dead token", body="Mina's words.")
    late = {"title": "A dead token", "body": "Ada's words.", "seen": seen, "language": "en"}
    quietly = signed_in("ada").post(reverse("knowledge:save", args=[article.pk]), late, headers={"HX-Request": "true"})
    plainly = signed_in("ada").post(reverse("knowledge:save", args=[article.pk]), late)
    assert quietly.status_code == plainly.status_code == 409
    assert "Somebody saved this article" in quietly.text
    assert "Ada&#x27;s words." in plainly.text
    assert article.texts.get().body == "Mina's words."


def test_what_needs_which_permission(everybody: People, signed_in: As) -> None:
    article = published(everybody)
    posts = {
        "save": {"title": "x", "body": "y"},
        "details": {"visibility": "internal", "slug": "elsewhere"},
        "publish": {},
        "retire": {},
        "discard": {},
        "add_question": {"text": "why?"},
    }
    for name, data in posts.items():
        address = reverse(f"knowledge:{name}", args=[article.pk])
        assert Client().post(address, data).status_code == 302, name
        assert signed_in("admin").post(address, data).status_code == 403, name
        assert signed_in("lena").get(address).status_code == 405, name
    assert signed_in("ada").post(reverse("knowledge:retire", args=[article.pk])).status_code == 403
    article.refresh_from_db()
    assert (article.slug, article.status, article.phrasings.count()) == ("a-dead-token", "published", 0)
    assert signed_in("lena").post(reverse("knowledge:retire", args=[article.pk])).status_code == 302
    article.refresh_from_db()
    assert article.status == "retired"


def test_forms_without_a_token_are_refused(everybody: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(everybody.ada)
    assert client.post(reverse("knowledge:new"), {"title": "x"}).status_code == 403
    assert not Article.objects.exists()


def test_details_hold_at_once(everybody: People, signed_in: As) -> None:
    article, client = published(everybody), signed_in("ada")
    address = reverse("knowledge:details", args=[article.pk])
    data = {
        "visibility": "internal",
        "slug": "dead-token",
        "new_category": "Signing in",
        "signatures": "npm-e404, npm-eotp",
    }
    assert client.post(address, data).status_code == 302
    article.refresh_from_db()
    assert (article.visibility, article.slug, article.signatures) == (
        "internal",
        "dead-token",
        ["npm-e404", "npm-eotp"],
    )
    assert article.category is not None
    assert article.category.name == "Signing in"
    refused = client.post(address, data | {"slug": "topics"})
    assert refused.status_code == 422
    assert "had, that address" in refused.text
    assert client.post(address, data | {"signatures": "<b>"}).status_code == 422
    assert client.post(address, data | {"slug": "no spaces"}).status_code == 422


def test_questions_are_added_and_removed(everybody: People, signed_in: As) -> None:
    article, client = published(everybody), signed_in("ada")
    client.post(reverse("knowledge:add_question", args=[article.pk]), {"text": "why 404?"})
    question = article.phrasings.get()
    assert "why 404?" in client.get(reverse("knowledge:questions", args=[article.pk])).text
    assert client.post(reverse("knowledge:add_question", args=[article.pk]), {"text": ""}).status_code == 422
    other = published(everybody, "Another")
    foreign = reverse("knowledge:remove_question", args=[other.pk, question.pk])
    assert client.post(foreign).status_code == 404
    client.post(reverse("knowledge:remove_question", args=[article.pk, question.pk]))
    assert not Phrasing.objects.exists()


def test_history_shows_changes_and_puts_old_words_back(everybody: People, signed_in: As) -> None:
    article, client = published(everybody), signed_in("ada")
    actions.save_draft(article, by=everybody.ada, title="A dead token", body="Log in twice.")
    actions.publish(article, by=everybody.ada)
    page = client.get(reverse("knowledge:history", args=[article.pk]))
    assert "− Log in again." in page.text
    assert "+ Log in twice." in page.text
    first = article.texts.get().revisions.get(number=1)
    foreign = reverse("knowledge:restore", args=[published(everybody, "Other").pk, first.pk])
    assert client.post(foreign).status_code == 404
    client.post(reverse("knowledge:restore", args=[article.pk, first.pk]))
    assert article.texts.get().body == "Log in again."


def test_hostile_words_stay_words(everybody: People, signed_in: As) -> None:
    article = published(everybody, HOSTILE, f"{HOSTILE}\n\n[x](javascript:alert(3))\n\n```{HOSTILE}\n{HOSTILE}\n```")
    actions.add_phrasing(article, HOSTILE, by=everybody.ada)
    actions.save_draft(article, by=everybody.ada, title=HOSTILE, body="# other\n" + HOSTILE)
    actions.publish(article, by=everybody.ada)
    client = signed_in("ada")
    pages = [client.get(reverse(f"knowledge:{name}", args=[article.pk])) for name in ("edit", "questions", "history")]
    pages.append(client.get(reverse("knowledge:index")))
    pages.append(client.post(reverse("knowledge:preview"), {"body": HOSTILE + "\n\n[x](javascript:alert(3))"}))
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text


def test_reading_changes_nothing(everybody: People, signed_in: As) -> None:
    article = published(everybody)
    conversation = answered(everybody)
    client = signed_in("ada")
    before = list(Article.objects.values())
    for name in ("edit", "questions", "history"):
        client.get(reverse(f"knowledge:{name}", args=[article.pk]))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("knowledge:edit", args=[article.pk]))
        client.get(reverse("knowledge:panel", args=[conversation.pk]))
    assert not [one["sql"] for one in captured if not one["sql"].startswith(("SELECT", "DECLARE"))]
    assert list(Article.objects.values()) == before


# ---------- beside a conversation ----------


def test_the_panel_appears_once_somebody_has_answered(everybody: People, signed_in: As) -> None:
    open_one = factories.conversation(everybody, "Nobody has answered yet")
    assert signed_in("ada").get(reverse("knowledge:panel", args=[open_one.pk])).text.strip() == ""
    panel = signed_in("ada").get(reverse("knowledge:panel", args=[answered(everybody).pk]))
    assert "Make it an article" in panel.text


def test_the_panel_and_its_acts_are_for_those_who_see_the_conversation(everybody: People, signed_in: As) -> None:
    conversation, article = answered(everybody), published(everybody)
    panel, propose, attach = (
        reverse(f"knowledge:{name}", args=[conversation.pk]) for name in ("panel", "propose", "attach")
    )
    assert Client().get(panel).status_code == 302
    assert signed_in("rita").get(panel).status_code == 404
    assert signed_in("rita").post(propose).status_code == 404
    assert signed_in("rita").post(attach, {"article": article.pk}).status_code == 404
    assert signed_in("admin").get(panel).status_code == 403
    assert Article.objects.count() == 1
    assert not Phrasing.objects.exists()


def test_one_click_makes_the_draft_and_shows_what_was_left_out(everybody: People, signed_in: As) -> None:
    conversation, client = answered(everybody), signed_in("ada")
    response = client.post(reverse("knowledge:propose", args=[conversation.pk]))
    article = Article.objects.get()
    assert response["Location"] == reverse("knowledge:edit", args=[article.pk])
    page = client.get(response["Location"]).text
    assert f"Draft from conversation #{conversation.pk}" in page
    assert "2 things were left out" in page
    assert "Hi Casey," in page
    assert "Hi Casey" not in signed_in("rita").get(response["Location"]).text
    panel = client.get(reverse("knowledge:panel", args=[conversation.pk])).text
    assert reverse("knowledge:edit", args=[article.pk]) in panel
    assert "Make it an article" not in panel


def test_a_question_can_go_to_an_article_that_answers_it_already(everybody: People, signed_in: As) -> None:
    known, conversation, client = (
        published(everybody, "E404 on PUT: the token expired"),
        answered(everybody),
        signed_in("ada"),
    )
    client.post(reverse("knowledge:propose", args=[conversation.pk]))
    draft = Article.objects.exclude(pk=known.pk).get()
    page = client.get(reverse("knowledge:edit", args=[draft.pk])).text
    assert "There may be an answer already." in page
    response = client.post(reverse("knowledge:attach", args=[conversation.pk]), {"article": known.pk, "drop": draft.pk})
    assert response["Location"] == reverse("knowledge:edit", args=[known.pk])
    assert Article.objects.get() == known
    assert known.phrasings.get().text.startswith("E404 on PUT: token expired. Why do I get 404")


def test_the_contacts_words_are_added_from_the_panel(everybody: People, signed_in: As) -> None:
    known, conversation, client = (
        published(everybody, "E404 on PUT: the token expired"),
        answered(everybody),
        signed_in("ada"),
    )
    address = reverse("knowledge:attach", args=[conversation.pk])
    panel = client.post(address, {"article": known.pk}, headers={"HX-Request": "true"})
    assert "Their words help to find" in panel.text
    assert known.phrasings.count() == 1
    assert client.post(address, {"article": "none"}).status_code == 404
    assert client.post(address, {"article": known.pk, "drop": known.pk}).status_code == 404


def test_after_a_suggestion_was_used_the_panel_offers_that_article_first(everybody: People, signed_in: As) -> None:
    used, conversation = published(everybody, "Something that sounds quite different"), answered(everybody)
    record(
        Kind.SUGGESTION_INSERTED,
        by=everybody.ada,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        article=used.pk,
    )
    panel = signed_in("ada").get(reverse("knowledge:panel", args=[conversation.pk])).text
    assert "Add their words to that article" in panel
    assert f'<option value="{used.pk}">' in panel
