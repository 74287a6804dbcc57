"""Every page by axe, at desktop and phone, light and dark; and none wider than its window."""

from importlib import resources
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.browser import DESKTOP, PHONE, Watch, watched
from tests.journeys.desk import Desk, Trap, a_mail, wait_for
from tests.security.browsing import seeded

pytestmark = pytest.mark.journey

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
WINDOWS: tuple[tuple[str, ViewportSize], ...] = (("desktop", DESKTOP), ("phone", PHONE))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PUBLIC = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/inactive/",
    "/help/",
    "/help/?q=publish",
    "/help/?q=zzzzzzz",
    "/help/404-when-publishing/",
    "/help/topics/publishing/",
    "/ask/to/ask-us/",
    "/ask/to/ask-us/publish/",
    "/ask/to/ask-us/recovery/?framed=1",
    "/ask/mine/",
    "/offline/",
    "/status/",
    "/status/{incident}/",
    "/status/history/",
)
OURS = (
    "/desk/open/",
    "/desk/spam/",
    "/desk/open/{conversation}/",
    "/desk/open/{conversation}/?mode=note",
    "/desk/mentions/",
    "/macros/",
    "/contacts/",
    "/contacts/?q=zzzzzzz",
    "/contacts/{contact}/",
    "/contacts/organizations/{organization}/",
    "/views/new/",
    "/search/?q=publish",
    "/search/?q=zzzzzzz",
    "/articles/",
    "/articles/new/",
    "/articles/{article}/",
    "/articles/{article}/questions/",
    "/articles/{article}/history/",
    "/accounts/people/",
    "/accounts/people/{person}/",
    "/accounts/me/",
    "/accounts/logout/",
    "/accounts/password/set/",
    "/settings/inboxes/",
    "/settings/inboxes/add/email/",
    "/settings/inboxes/one/support/",
    "/settings/inboxes/one/support/edit/",
    "/welcome/",
    "/welcome/?step=mail",
    "/settings/",
    "/settings/clocks/",
    "/settings/clocks/?inbox=support",
    "/settings/notifications/",
    "/settings/rules/",
    "/settings/rules/new/",
    "/settings/trainees/",
    "/notifications/",
    "/eyes/",
    "/shift/",
    "/on-call/",
    "/settings/on-call/",
    "/incidents/",
    "/incidents/declare/",
    "/incidents/{incident}/",
    "/incidents/{incident}/tell/",
    "/settings/status/",
    "/practice/",
    "/quarantine/",
    "/quarantine/{kept}/",
    "/outbox/",
    "/messages/{message}/original/",
)


@pytest.fixture(scope="module")
def ids(desk: Desk) -> dict[str, int]:
    """Something to look at on every page: a conversation with a log, a kept mail, an article."""
    files = {"npm-debug.log": b"0 verbose cli\n"}
    text = "npm error code E404\nnpm error 404 Not Found - PUT https://registry.example.org/kit\n"
    desk.send(a_mail("Casey Moss <casey@looks.example>", "How it looks", text, html=f"<p>{text}</p>", files=files))
    desk.send(a_mail("support@localhost", "From ourselves", "This one is kept aside."))
    return wait_for(lambda: seeded(desk, "places") or None, "the mails have been read")


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe finds: rule, and where."""
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", rules)
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def look(page: Page, address: str) -> list[str]:
    """Problems of one page in every window and scheme; a scheme changes nothing but colours."""
    answer = page.goto(address, wait_until="load")
    assert answer is not None
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(AXE)
    problems = []
    for name, window in WINDOWS:
        page.set_viewport_size(window)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            where = f"{address} {name} {scheme}: "
            width = page.evaluate("document.documentElement.scrollWidth")
            problems += [f"{where}{width} px wide"] if width > window["width"] else []
            problems += [where + one for one in violations(page, ALL_RULES if scheme == "light" else COLOURS)]
    return problems


@pytest.mark.parametrize("address", OURS)
def test_page_of_the_desk_is_for_everybody(page: Page, watch: Watch, ids: dict[str, int], address: str) -> None:
    problems = look(page, address.format(**ids))
    assert problems == []


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_is_for_everybody(
    browser: Browser, desk: Desk, trap: Trap, ids: dict[str, int], address: str
) -> None:
    assert ids
    with watched(browser, desk, trap) as (page, _watch):
        assert look(page, address.format(**ids)) == []


def test_page_that_is_not_there_is_for_everybody(browser: Browser, desk: Desk, trap: Trap) -> None:
    with watched(browser, desk, trap) as (page, watch):
        watch.expected = {404}
        assert look(page, "/help/nothing-here/") == []
        assert look(page, "/accounts/enter/made-up/") == []
