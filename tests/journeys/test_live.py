"""Live updates while the network comes and goes, and while the list moves under the hand."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.browser import Watch
from tests.journeys.desk import Desk, a_mail

pytestmark = pytest.mark.journey


def test_a_page_that_was_cut_off_catches_up(page: Page, watch: Watch, desk: Desk) -> None:
    line = page.locator(".list-row", has_text="Sent while you were away")
    with page.expect_response("**/events/"):
        page.goto("/desk/open/")
    page.evaluate("window.neverReloaded = true")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        desk.send(a_mail("Casey <casey@cutoff.example>", "Sent while you were away", "Is anybody there?"))
    expect(line).to_have_count(0)
    page.context.set_offline(False)
    expect(line).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    away = ("ERR_INTERNET_DISCONNECTED", "htmx:")  # what the page asked for meanwhile
    watch.problems = [one for one in watch.problems if not any(word in one for word in away)]


def test_a_row_that_is_replaced_while_it_opens_opens_all_the_same(page: Page, desk: Desk) -> None:
    line = page.locator(".list-row", has_text="Open me while I move")
    with page.expect_response("**/events/"):
        page.goto("/desk/open/")
    desk.send(a_mail("Casey <casey@moves.example>", "Open me while I move", "Hello."))
    expect(line).to_be_visible()
    held: list[Route] = []
    page.route("**/desk/open/*/", lambda route: held.append(route))
    with page.expect_request("**/desk/open/*/"):
        line.click()
    page.evaluate("document.getElementById('rows').innerHTML += ''")
    held[0].continue_()
    expect(page.locator("#talk-head")).to_contain_text("Open me while I move")
    expect(page.locator("#open")).to_have_count(1)
    page.unroute_all()


CUT_THE_LISTENER = (
    "from django.db import connection; cursor = connection.cursor(); "
    "cursor.execute(\"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'\"); "
    "print(cursor.fetchone()[0])"
)


def test_a_list_that_is_read_anew_leaves_the_hand_where_it_was(page: Page, desk: Desk) -> None:
    line = page.locator(".list-row", has_text="Keep your finger here")
    with page.expect_response("**/events/"):
        page.goto("/desk/open/")
    desk.send(a_mail("Casey <casey@finger.example>", "Keep your finger here", "Hello."))
    expect(line).to_be_visible()
    line.focus()
    page.keyboard.press("x")
    page.locator("#rows").evaluate("rows => rows.firstElementChild.toggleAttribute('data-as-it-was')")
    assert int(desk.shell(CUT_THE_LISTENER)) >= 1
    expect(page.locator("[data-as-it-was]")).to_have_count(0)
    expect(line).to_be_focused()
    expect(line).to_have_attribute("data-selected", "")


def test_what_is_new_in_an_open_conversation_comes_in_one_request(page: Page, watch: Watch, desk: Desk) -> None:
    with page.expect_response("**/events/"):
        page.goto("/desk/open/")
    desk.send(a_mail("Casey <casey@once.example>", "One request for all", "Hello."))
    line = page.locator(".list-row", has_text="One request for all")
    line.click()
    expect(page.locator(".talk-head__title")).to_have_text("One request for all")
    number = page.locator("#open").get_attribute("data-conversation") or ""
    page.wait_for_load_state("networkidle")
    watch.requests.clear()
    desk.shell(
        "from firstline.accounts.models import User; from firstline.conversations.actions import noting, tagging; "
        f"from firstline.conversations.models import Conversation; found = Conversation.objects.get(pk={number}); "
        "ada = User.objects.first(); tagging.add_tag(found, 'seen-live', by=ada); "
        "noting.add_note(found, by=ada, text='Somebody has looked.')"
    )
    expect(page.locator(".note", has_text="Somebody has looked.")).to_be_visible()
    expect(page.locator("#talk-head", has_text="seen-live")).to_be_visible()
    asked = {urlsplit(url).path for url in watch.requests}
    assert f"/conversations/{number}/fresh/" in asked
    assert asked <= {f"/conversations/{number}/{part}/" for part in ("fresh", "row", "here", "read")} | {
        "/conversations/counts/",
        "/notifications/bell/",
    }


def test_a_panel_in_which_somebody_writes_is_left_alone(page: Page, desk: Desk) -> None:
    with page.expect_response("**/events/"):
        page.goto("/desk/open/")
    desk.send(a_mail("Casey <casey@typing.example>", "Leave my words alone", "Hello."))
    page.locator(".list-row", has_text="Leave my words alone").click()
    expect(page.locator(".talk-head__title")).to_have_text("Leave my words alone")
    number = page.locator("#open").get_attribute("data-conversation") or ""
    slot = page.locator("aside .slot").first
    slot.evaluate("slot => { slot.dataset.rev = 'old'; slot.innerHTML = '<textarea id=words></textarea>'; }")
    page.locator("#words").fill("half a sentence")
    add_note = (
        "from firstline.accounts.models import User; from firstline.conversations.actions import noting; "
        f"from firstline.conversations.models import Conversation; found = Conversation.objects.get(pk={number}); "
        "noting.add_note(found, by=User.objects.first(), text='%s')"
    )
    desk.shell(add_note % "While you write")
    expect(page.locator(".note", has_text="While you write")).to_be_visible()
    expect(page.locator("#words")).to_have_value("half a sentence")
    page.locator("#reply-text").focus()
    desk.shell(add_note % "After you wrote")
    expect(page.locator(".note", has_text="After you wrote")).to_be_visible()
    expect(page.locator("#words")).to_have_count(0)
