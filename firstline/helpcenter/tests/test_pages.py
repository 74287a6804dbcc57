"""The help centre as strangers meet it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstline.events.models import Event
from firstline.helpcenter import views
from firstline.helpcenter.rules import MAX_PASTE
from firstline.knowledge import actions
from firstline.knowledge.models import Article, Category, Visibility
from firstline.operations import exporting
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
TOKEN = "npm_abcdefghijklmnopqrstuvwxyz0123456789"
PASTE = (
    "npm error code ERESOLVE\nnpm error ERESOLVE could not resolve\nnpm error While resolving: tide-app@0.4.0\n"
    'npm error Found: kitewind@5.0.1\nnpm error peer kitewind@"^4.2.0" from paper-crane@1.4.0\n'
)
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def everybody() -> People:
    return factories.people()


@pytest.fixture
def article(everybody: People, run_reactions: Callable[[], int]) -> Article:
    """A public article on a shelf, in the index."""
    draft = actions.draft_article(
        by=everybody.ada,
        title="Two packages want different versions (ERESOLVE)",
        body="npm stops.\n\n## Why it happens\n\nPeers.\n\n## Three ways out\n\n```sh\nnpm view x\n```\n",
        category=actions.create_category("Installing"),
        signatures=["npm-eresolve"],
    )
    published = actions.publish(draft, by=everybody.ada)
    run_reactions()
    return published


def address(article: Article) -> str:
    return f"/help/{article.slug}/"


def test_the_front_page_has_shelves_and_articles(article: Article) -> None:
    page = Client().get("/help/")
    assert page.status_code == 200
    for words in ("Stuck?", "Installing", "Two packages want different versions", "Search 1 article,", "support@"):
        assert words in page.text


def test_an_article_has_contents_code_and_its_shelf(article: Article) -> None:
    page = Client().get(address(article)).text
    assert '<h2 id="three-ways-out">' in page
    assert 'href="#three-ways-out"' in page
    assert "data-copy-code" in page
    assert "/help/topics/installing/" in page
    assert "Two packages" in Client().get("/help/topics/installing/").text


def test_only_published_public_words_are_shown(article: Article, everybody: People) -> None:
    actions.save_draft(article, by=everybody.ada, title="Secret plans", body="Secret plans")
    client = Client()
    assert "Secret plans" not in client.get(address(article)).text
    draft = actions.draft_article(by=everybody.ada, title="A draft", body="x")
    assert client.get(address(draft)).status_code == 404
    actions.save_details(
        article,
        by=everybody.ada,
        category=article.category,
        visibility=Visibility.INTERNAL,
        signatures=[],
        slug=article.slug,
    )
    assert client.get(address(article)).status_code == 404
    assert client.get("/help/topics/installing/").status_code == 404
    assert "Two packages" not in client.get("/help/").text


def test_search_finds_and_says_when_it_does_not(article: Article) -> None:
    client = Client()
    assert "Two packages want different versions" in client.get("/help/", {"q": "eresolve versions"}).text
    nothing = client.get("/help/", {"q": "zebra crossing"})
    assert "Nothing for “zebra crossing”" in nothing.text
    assert "<script>" not in client.get("/help/", {"q": HOSTILE}).text.replace("<script nonce", "")


def test_a_pasted_error_is_read_and_nothing_is_kept(article: Article) -> None:
    client = Client()
    before = Event.objects.count()
    with CaptureQueriesContext(connection) as captured:
        page = client.post("/help/read/", {"text": f"{PASTE}//registry.orbit.example/:_authToken={TOKEN}"}).text
    assert "We think it is this" in page
    assert f'href="{address(article)}"' in page
    assert "masked a credential" in page
    assert TOKEN[4:] not in page
    assert not [one["sql"] for one in captured if not one["sql"].startswith("SELECT")]
    assert Event.objects.count() == before
    fragment = client.post("/help/read/", {"text": PASTE}, headers={"HX-Request": "true"}).text
    assert fragment.strip().startswith('<div id="reading"')


def test_pastes_that_cannot_be_read_get_a_sentence(article: Article) -> None:
    client = Client()
    empty = client.post("/help/read/", {"text": "  "})
    huge = client.post("/help/read/", {"text": "x" * (MAX_PASTE + 1)}, headers={"HX-Request": "true"})
    unknown = client.post("/help/read/", {"text": "zebra crossing"})
    assert (empty.status_code, huge.status_code, unknown.status_code) == (422, 422, 200)
    assert "Paste what your terminal" in empty.text
    assert "more than 200 kB" in huge.text
    assert "We think it is this" not in unknown.text


def test_reading_is_throttled_by_address(article: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "READINGS_A_MINUTE", 2)
    client = Client()
    answers = [client.post("/help/read/", {"text": "what"}).status_code for _ in range(3)]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/help/read/", {"text": "what"})
    assert answers == [200, 200, 429]
    assert elsewhere.status_code == 200


def test_one_browser_counts_once(article: Article) -> None:
    client = Client()
    first = client.post(f"{address(article)}helped/", {"answer": "yes"})
    assert first["Location"] == f"{address(article)}#helped"
    client.post(f"{address(article)}helped/", {"answer": "no"})
    assert "Good to hear" in client.get(address(article)).text
    other = Client().post(f"{address(article)}helped/", {"answer": "no"}, headers={"HX-Request": "true"})
    assert "let a person look" in other.text
    forged = Client()
    forged.cookies[views.VOTE_COOKIE] = f"{article.pk}y"
    forged.post(f"{address(article)}helped/", {"answer": "no"})
    article.refresh_from_db()
    assert (article.helped, article.did_not_help) == (1, 2)
    assert Client().post("/help/unknown/helped/", {"answer": "yes"}).status_code == 404


def test_posts_need_a_token_and_gets_count_nothing(article: Article) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{address(article)}helped/", {"answer": "yes"}).status_code == 403
    assert strict.post("/help/read/", {"text": PASTE}).status_code == 403
    assert Client().get(f"{address(article)}helped/").status_code == 405
    assert Client().get("/help/read/").status_code == 405
    article.refresh_from_db()
    assert article.helped == 0


def test_nobody_gets_a_session(article: Article) -> None:
    pages = [
        "/help/",
        "/help/?q=eresolve",
        address(article),
        "/help/topics/installing/",
        "/help/none/",
        "/accounts/login/",
    ]
    for number in range(18):
        client = Client()
        client.get(pages[number % len(pages)])
        client.get("/accounts/login/?next=/desk/mine/")
        client.post("/help/read/", {"text": "what"})
        client.post(f"{address(article)}helped/", {"answer": "yes"})
        assert "firstline" not in client.cookies
    assert not Session.objects.exists()


def test_a_reader_who_has_it_already_gets_304(article: Article, everybody: People) -> None:
    client = Client()
    first = client.get(address(article))
    same = client.get(address(article), headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    assert same["ETag"] == first["ETag"]
    assert "Content-Security-Policy" in first
    assert "Content-Security-Policy" not in same  # the browser keeps the page's own, with its nonce
    assert "max-age=0" in first["Cache-Control"]
    actions.save_draft(article, by=everybody.ada, title="Other", body="Other words")
    actions.publish(article, by=everybody.ada)
    changed = client.get(address(article), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "Other words" in changed.text
    client.post(f"{address(article)}helped/", {"answer": "yes"})
    assert client.get(address(article), headers={"If-None-Match": changed["ETag"]}).status_code == 200


def test_a_former_address_leads_on_for_good(article: Article, everybody: People) -> None:
    old = address(article)
    actions.save_details(
        article, by=everybody.ada, category=None, visibility=Visibility.PUBLIC, signatures=[], slug="eresolve"
    )
    moved = Client().get(old)
    assert (moved.status_code, moved["Location"]) == (301, "/help/eresolve/")
    actions.retire(article, by=everybody.lena)
    assert Client().get(old).status_code == 404
    assert Client().get("/help/eresolve/").status_code == 404


@pytest.mark.parametrize("path", ["/help/none/", "/help/no/where/at/all/", "/help/topics/none/", "/help/%3Cscript%3E/"])
def test_a_wrong_address_offers_the_search(article: Article, path: str) -> None:
    page = Client().get(path)
    assert page.status_code == 404
    assert 'type="search"' in page.text


def test_articles_speak_the_readers_language(article: Article, everybody: People) -> None:
    actions.save_draft(article, by=everybody.ada, title="Zwei Pakete streiten", body="npm hält an.", language="de")
    actions.publish(article, by=everybody.ada)
    client = Client()
    german = client.get(address(article), {"lang": "de"}).text
    assert 'lang="de"' in german
    assert "npm hält an." in german
    assert "npm hält an." in client.get(address(article)).text, "the choice is remembered"
    client = Client()
    assert "npm stops." in client.get(address(article)).text
    assert "Zwei Pakete streiten" in client.get("/help/", headers={"Accept-Language": "de"}).text
    assert "npm stops." in client.get(address(article), {"lang": "xx"}).text


def test_hostile_words_stay_words(everybody: People) -> None:
    draft = actions.draft_article(
        by=everybody.ada,
        title=HOSTILE,
        body=f"## {HOSTILE}\n\n{HOSTILE}\n\n[x](javascript:alert(3))\n\n```{HOSTILE}\nx\n```",
    )
    shelf = Category.objects.create(name=HOSTILE, slug="hostile", description=HOSTILE)
    actions.save_details(
        draft, by=everybody.ada, category=shelf, visibility=Visibility.PUBLIC, signatures=[], slug="hostile"
    )
    actions.publish(draft, by=everybody.ada)
    for path in ("/help/", "/help/hostile/", "/help/topics/hostile/"):
        page = Client().get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text


def test_lists_cost_the_same_for_any_number_of_articles(article: Article, everybody: People) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(path).status_code == 200
        return len(captured)

    paths = ("/help/", "/help/topics/installing/", address(article))
    few = [cost(path) for path in paths]
    for number in range(8):
        extra = actions.draft_article(by=everybody.ada, title=f"More {number}", body="x", category=article.category)
        actions.publish(extra, by=everybody.ada)
    assert cost(address(article)) == few[2] - 1, "read before, it is kept whole"
    cache.clear()
    assert [cost(path) for path in paths] == few
    assert few == [5, 3, 3], "one of each is the banner of incidents, and one more its part of the ETag"


def test_unfinished_words_are_answered_while_one_types(article: Article) -> None:
    page = Client().get("/help/typing/", {"q": "ERESOL"})
    assert article.slug in page.text
    assert "<html" not in page.text
    assert Client().get("/help/typing/", {"q": "E"}).text.strip() == ""


def test_a_reason_is_counted_once_somebody_said_no(article: Article) -> None:
    browser, quick = Client(), {"HX-Request": "true"}
    browser.post(f"/help/{article.slug}/why/", {"why": "old"})
    assert not article.unhelpful.exists()
    page = browser.post(f"/help/{article.slug}/helped/", {"answer": "no"}, headers=quick)
    assert "Out of date" in page.text
    for said in ("old", "nonsense"):
        assert "Thank you" in browser.post(f"/help/{article.slug}/why/", {"why": said}, headers=quick).text
    assert [(one.reason, one.count) for one in article.unhelpful.all()] == [("old", 1)]


def test_machines_find_changes_and_addresses(article: Article, everybody: People) -> None:
    actions.save_draft(article, by=everybody.ada, title="Zwei Pakete", body="Deutsch.", language="de")
    actions.publish(article, by=everybody.ada)
    feed = Client().get("/help/changes.atom").text
    assert "<title>Zwei Pakete</title>" in feed
    places = Client().get("/help/sitemap.xml").text
    assert re.findall(rf"<loc>[^<]*/help/{article.slug}/</loc>", places)
    assert places.count("<xhtml:link") == 2


def test_an_article_says_what_it_is_to_those_who_pass_it_on(article: Article) -> None:
    page = Client().get(f"/help/{article.slug}/").text
    assert '<meta property="og:title" content="Two packages want different versions (ERESOLVE)">' in page
    assert '<meta name="description" content="npm stops.' in page


def test_an_export_stands_without_a_server(article: Article, everybody: People, tmp_path: Path) -> None:
    actions.save_draft(article, by=everybody.ada, title="Zwei Pakete", body="Deutsch.", language="de")
    actions.publish(article, by=everybody.ada)
    count = exporting.export(tmp_path)
    page = (tmp_path / "help" / article.slug / "index.html").read_text()
    assert "Two packages want different versions" in page
    assert "Zwei Pakete" in (tmp_path / "help" / article.slug / "de" / "index.html").read_text()
    files = [file for file in (tmp_path / "help").rglob("*") if file.is_file()]
    assert len(files) == count
    for file in files:
        words = file.read_text()
        assert 'method="post"' not in words
        for address in re.findall(r'(?:href|src)="(/[^"#?]*)', words):
            there = tmp_path / address.lstrip("/")
            assert there.is_file() or (there / "index.html").is_file(), f"{file.name} points to {address}"
    actions.retire(article, by=everybody.ada)
    exporting.export(tmp_path)
    assert not (tmp_path / "help" / article.slug).exists()
