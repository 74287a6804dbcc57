"""A click on "Show remote images" in a real browser: it asks the desk and nobody else (S-16, S-20)."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Watch
from tests.journeys.desk import Desk, Trap, a_mail
from tests.journeys.test_desk_work import arrives

pytestmark = pytest.mark.journey


def test_s20_a_click_shows_the_pictures_of_this_conversation_by_way_of_the_desk(
    page: Page, watch: Watch, desk: Desk, trap: Trap
) -> None:
    page.goto("/desk/open/")
    before = len(trap.visits)
    html = "<h1>Our build</h1><p>See the chart:</p><img src='https://127.0.0.1:9/chart.png' alt='Chart'>"
    desk.send(a_mail("Ana <ana@pictures.example>", "Broken chart", "See the chart.", html=html))
    page.locator(".list-row", has_text="Broken chart").click()
    page.get_by_role("link", name="Show as sent").click()
    pictures = page.frame_locator("iframe.as-sent__frame").locator("img")
    expect(pictures).to_have_attribute("src", "data:,")
    page.get_by_role("button", name="Show remote images").click()
    hidden = page.get_by_role("button", name="fetch them any more")
    expect(hidden).to_be_visible()
    expect(pictures).to_have_js_property("naturalWidth", 420)  # the notice: 127.0.0.1 is not a public address
    page.reload()
    page.get_by_role("link", name="Show as sent").click()
    expect(hidden).to_be_visible()
    hidden.click()
    expect(page.get_by_role("button", name="Show remote images")).to_be_visible()
    expect(pictures).to_have_attribute("src", "data:,")
    other = arrives(page, desk, "Ben <ben@pictures.example>", "Another chart")
    assert other
    assert trap.visits[before:] == []
    assert not watch.problems
