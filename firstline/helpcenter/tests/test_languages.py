"""Public pages speak the reader's language; the desk speaks English."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from firstline.helpcenter import rules
from firstline.knowledge import actions
from firstline.knowledge.models import ArticleText
from tests import factories

pytestmark = pytest.mark.django_db
COOKIE = settings.LANGUAGE_COOKIE_NAME


def page(client: Client, path: str = "/help/", accepted: str = "") -> str:
    return client.get(path, headers={"accept-language": accepted} if accepted else {}).content.decode()


@pytest.mark.parametrize(("accepted", "language", "words"), [
    ("de-AT,de;q=0.9,en;q=0.5", "de", "Hängst du fest?"),
    ("fr", "fr", "Bloqué ?"),
    ("es,de;q=0.5", "en", "Stuck?"),
    ("", "en", "Stuck?"),
])  # fmt: skip
def test_a_reader_is_greeted_in_the_language_of_their_browser(
    client: Client, accepted: str, language: str, words: str
) -> None:
    shown = page(client, accepted=accepted)
    assert words in shown
    assert f'<html lang="{language}"' in shown


def test_a_choice_is_remembered_and_can_be_taken_back(client: Client) -> None:
    assert "Bloqué ?" in page(client, "/help/?lang=fr", "de")
    assert client.cookies[COOKIE].value == "fr"
    assert client.cookies[COOKIE]["httponly"]
    assert "Rien pour « zzqx »" in page(client, "/help/?q=zzqx", "de")
    assert "Stuck?" in page(client, "/help/?lang=en", "de")
    assert "Stuck?" in page(client, accepted="de")


def test_the_switch_keeps_what_was_searched_for(client: Client) -> None:
    shown = page(client, "/help/?q=zzqx")
    assert 'href="?q=zzqx&amp;lang=de" hreflang="de" lang="de"' in shown
    assert 'hreflang="en" lang="en" aria-current="true"' in shown


@pytest.mark.parametrize("chosen", ["es", "xx", "<script>"])
def test_what_there_is_no_catalogue_for_sets_no_cookie(client: Client, chosen: str) -> None:
    client.get("/help/", {"lang": chosen})
    assert COOKIE not in client.cookies


def test_an_article_in_spanish_is_still_found_by_whoever_reads_spanish(client: Client) -> None:
    everybody = factories.people()
    article = actions.draft_article(by=everybody.ada, title="Lost keys", body="Look again.")
    ArticleText.objects.create(article=article, language="es", title="Llaves perdidas", body="Busca otra vez.")
    actions.publish(article, by=everybody.ada)
    shown = page(client, reverse("helpcenter:article", args=[article.slug]), "es")
    assert "Llaves perdidas" in shown
    assert 'lang="es"' in shown


def test_the_desk_and_the_feed_stay_english(client: Client) -> None:
    client.cookies[COOKIE] = "de"
    assert "help: what is new" in page(client, reverse("helpcenter:changes"))
    client.force_login(factories.people().ada)
    assert '<html lang="en"' in page(client, reverse("knowledge:index"), "de")


@pytest.mark.parametrize(("path", "asked", "preferred", "language"), [
    ("/help/", "", "de-ch", "de"),
    ("/help/x/", "fr-CA", "de", "fr"),
    ("/help/x/", "es", "de", "de"),
    ("/ask/to/web/question/", "de", "en", "de"),
    ("/ask/inbox/3/", "de", "de", "en"),
    ("/articles/", "de", "de", "en"),
])  # fmt: skip
def test_which_language_a_page_is_in(path: str, asked: str, preferred: str, language: str) -> None:
    assert rules.interface_language(path, asked, preferred) == language


def test_a_page_in_another_sites_frame_remembers_nothing() -> None:
    assert not rules.remembers_language("/ask/to/web/question/")
    assert rules.remembers_language("/ask/mine/")
