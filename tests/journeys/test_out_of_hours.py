"""Out of hours in a browser: the app without a connection, a push that rings, the rota, and a call that is answered."""

import json

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.browser import Watch
from tests.journeys.desk import Desk

pytestmark = pytest.mark.journey

READY = "() => navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))"
RUNG = """() => navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
  .then((all) => all.map((one) => [one.title, one.data.url]))"""


def test_without_a_connection_a_page_says_so_and_keeps_nothing_else(page: Page, watch: Watch) -> None:
    page.goto("/desk/open/")
    assert page.evaluate(READY)
    page.reload()
    page.context.set_offline(True)
    page.goto("/desk/mine/")
    expect(page.get_by_role("heading", name="There is no connection to the desk")).to_be_visible()
    assert page.evaluate("() => caches.keys().then((all) => all.length)") == 1
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator(".rail")).to_be_visible()
    watch.problems = [one for one in watch.problems if "ERR_INTERNET_DISCONNECTED" not in one]  # what it is about


def deliver(browser: CDPSession, desk: Desk, registration: str, words: dict[str, str]) -> None:
    """Hand a push to the service worker as the browser's push service would."""
    data = {"origin": desk.url, "registrationId": registration, "data": json.dumps(words)}
    browser.send("ServiceWorker.deliverPushMessage", data)


def test_a_push_rings_and_a_second_one_of_the_same_call_replaces_it(page: Page, desk: Desk) -> None:
    page.context.grant_permissions(["notifications"], origin=desk.url)
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.goto("/desk/open/")
    assert page.evaluate(READY)
    place = f"{desk.url}/on-call/pages/1/"
    for title in ("Somebody may be in danger (#1)", "Somebody may be in danger (#1), again"):
        deliver(session, desk, found[-1], {"title": title, "body": "", "url": place, "tag": "page-1"})
        rung = f"async (wanted) => JSON.stringify(await ({RUNG})()) === JSON.stringify(wanted)"
        page.wait_for_function(rung, arg=[[title, place]])


def test_the_rota_is_kept_and_a_call_is_answered(page: Page, desk: Desk) -> None:
    page.goto("/settings/on-call/")
    page.get_by_label("Time zone").fill("Europe/Lisbon")
    page.locator("[name^=place_]").first.fill("1")
    page.get_by_role("button", name="Keep the rota").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is on call until")
    desk.shell(
        "from firstline.events.recording import MACHINE, record; from firstline.events.kinds import Kind; "
        "record(Kind.INCIDENT_SUSPECTED, by=MACHINE, subject_id=7)"
    )
    row = page.get_by_role("link", name="Several people report the same trouble")
    page.wait_for_function(
        "async () => (await (await fetch('/on-call/')).text()).includes('nobody has answered yet')", timeout=60_000
    )
    page.reload()
    row.click()
    page.get_by_role("button", name="I have it").click()
    expect(page.locator(".page__lead")).to_contain_text("has it.")
