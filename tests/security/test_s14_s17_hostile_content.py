"""S-14 to S-17 in a real browser: nothing that others wrote runs, reaches out, or reaches the desk."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.journeys.browser import Watch, watched
from tests.journeys.desk import Desk, Trap, a_mail, new_home, wait_for
from tests.security import corpora
from tests.security.browsing import REPORT, open_conversation, seeded, suspects

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A desk of this module's own: what is put into it would be in the way of other tests."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


@pytest.fixture
def alarmed(browser: Browser, desk: Desk, trap: Trap, signed_in: StorageState) -> Iterator[tuple[Page, Watch]]:
    """A signed-in page on which a vector that runs says so."""
    with watched(browser, desk, trap, storage_state=signed_in) as (page, watch):
        page.context.add_init_script(REPORT)
        yield page, watch


def test_s14_the_corpus_is_big_enough_and_an_alarm_is_heard(browser: Browser, desk: Desk, trap: Trap) -> None:
    """The instruments work: a vector that does run is noticed, and so is a request to another host."""
    assert len(corpora.scripts()) >= 300
    assert len(corpora.trackers()) >= 60
    context = browser.new_context()
    watch = Watch(desk, trap)
    watch.follow(context)
    context.add_init_script(REPORT)
    page = context.new_page()
    page.goto("data:text/html,<p>x</p>")
    page.set_content(f"<img src=data:, onerror='{corpora.CALL}'><img src=http://{corpora.REMOTE}/control>")
    page.wait_for_load_state("networkidle")
    assert any("xss" in problem for problem in watch.problems)
    assert corpora.REMOTE in trap.visits
    context.close()


def test_s14_s17_nothing_that_others_wrote_runs(alarmed: tuple[Page, Watch], desk: Desk) -> None:
    page, watch = alarmed
    where = seeded(desk, "hostile")
    assert where["outcome"].startswith("quarantined:")
    shown = 0
    for conversation in where["conversations"]:
        shown += open_conversation(page, desk, conversation)
        assert not suspects(page)
    assert shown >= 300
    page.goto(f"/quarantine/{where['quarantined']}/")
    page.goto("/quarantine/")
    for place in ("/desk/open/", "/articles/", "/search/?q=img+onerror", "/help/?q=img+onerror", "/help/"):
        page.goto(place)
        assert not watch.problems
    for article in where["articles"]:
        page.goto(f"/articles/{article['pk']}/")
        assert not suspects(page)
        page.goto(f"/help/{article['slug']}/")
        assert not suspects(page)
    page.goto(f"/articles/{where['articles'][0]['pk']}/questions/")
    page.goto(f"/articles/{where['articles'][0]['pk']}/history/")


def test_s14_every_row_of_the_list_is_only_text(alarmed: tuple[Page, Watch]) -> None:
    """Scrolled to its end, the list holds a row for each vector: as subject, as name and as preview."""
    page, _watch = alarmed
    page.goto("/desk/open/")
    rows = page.locator("#rows .list-row")
    for _ in range(100):
        page.locator("#rows").evaluate("list => list.scrollTo(0, list.scrollHeight)")
        if rows.count() >= len(corpora.scripts()):
            break
        page.wait_for_timeout(200)
    assert rows.count() >= len(corpora.scripts())


def test_s14_the_original_of_a_mail_is_only_text(alarmed: tuple[Page, Watch], desk: Desk) -> None:
    page, _watch = alarmed
    desk.send(
        a_mail("Casey <casey@original.example>", "<script>hit(1)</script>", "x", html="<img src=x onerror=hit(1)>")
    )
    page.goto("/search/?q=from:casey@original.example")
    link = page.locator("main a[href^='/conversations/']").first
    wait_for(lambda: page.reload() and link.count(), "the mail is found", 90)
    link.click()
    page.get_by_role("link", name="Show original").click()
    expect(page.locator("main")).to_contain_text("onerror=hit(1)")


def test_s15_a_mail_is_shown_where_it_can_reach_nothing(alarmed: tuple[Page, Watch], desk: Desk) -> None:
    page, watch = alarmed
    where = seeded(desk, "tracking")
    assert open_conversation(page, desk, where["conversations"][0])
    frame = page.frames[1]
    element = page.locator("iframe.as-sent__frame").first
    assert urlsplit(frame.url).netloc == urlsplit(desk.content_url).netloc != urlsplit(page.url).netloc
    allowed = set((element.get_attribute("sandbox") or "").split())
    assert allowed <= {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert frame.evaluate("window.origin") == "null"
    for reach in ("parent.document.title", "top.location.href", "document.cookie", "localStorage.length"):
        assert frame.evaluate(f"(() => {{ try {{ return String({reach}) }} catch (e) {{ return e.name }} }})()") in {
            "SecurityError",
            "TypeError",
        }
    answer = page.request.get(frame.url)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert not [name for cookie in page.context.cookies(desk.content_url) if (name := cookie.get("name"))]
    assert not watch.problems


def test_s16_opening_a_mail_asks_nobody_for_anything(alarmed: tuple[Page, Watch], desk: Desk, trap: Trap) -> None:
    page, watch = alarmed
    before = len(trap.visits)
    where = seeded(desk, "tracking")
    shown = sum(open_conversation(page, desk, conversation) for conversation in where["conversations"])
    assert shown == len(corpora.trackers())
    page.wait_for_load_state("networkidle")
    assert {f"http://{urlsplit(url).netloc}" for url in watch.requests if url.startswith("http")} == set(watch.own)
    assert trap.visits[before:] == []
