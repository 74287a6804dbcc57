"""What is severe is covered until somebody asks, covers itself again, and is decided without a look; who may be in
danger is seen at once, by two of us (W-02, W-03, W-06, W-16; 3.3).
"""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Watch
from tests.journeys.desk import Desk, a_mail, wait_for
from tests.journeys.test_accessibility import ALL_RULES, AXE, violations

pytestmark = pytest.mark.journey

INSULT = "You are all idiots and your registry is garbage.\n\nSecond part, you morons."
DANGER = "My package was removed. I want to end my life."


@pytest.fixture(scope="module")
def case(desk: Desk) -> str:
    """The address of the case that a mail with insults opened."""
    desk.send(a_mail("Grim <grim@contact.example>", "About your team", INSULT))
    code = "from firstline.moderation.models import Case; print(Case.objects.values_list('pk', flat=True).last() or '')"
    number = wait_for(lambda: desk.shell(code).strip(), "a case", 90)
    return f"/moderation/{number}/"


def test_w03_w16_a_cover_opens_by_key_says_so_and_covers_itself_again(page: Page, case: str, watch: Watch) -> None:
    page.goto(case)
    cover = page.get_by_role("region", name="Covered message")
    expect(cover).to_contain_text("You can decide without opening it.")
    assert "idiots" not in page.locator("body").inner_text()
    assert "idiots" not in page.locator("body").aria_snapshot()
    page.keyboard.press("v")
    expect(cover).to_contain_text("About your team")
    expect(cover).to_contain_text("Shown to you")
    expect(cover).to_be_focused()
    page.keyboard.press("v")
    expect(cover).to_contain_text("You can decide without opening it.")
    expect(page.locator(".cover__text")).to_have_count(0)
    page.get_by_role("button", name="Show first paragraph").click()
    expect(cover).to_be_focused()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.locator(".cover__text")).to_have_count(0)


@pytest.mark.parametrize("address", ["{case}", "/moderation/", "/moderation/mine/", "/moderation/team/", "/conduct/"])
def test_w16_axe_finds_nothing(page: Page, case: str, address: str) -> None:
    page.goto(address.format(case=case))
    page.wait_for_load_state()
    page.evaluate(AXE)
    assert violations(page, ALL_RULES) == []


def test_w06_handing_over_clears_the_screen_with_the_key(page: Page, case: str) -> None:
    page.goto(case)
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")  # the desk is never asked
    expect(page.locator(".cover")).to_have_count(1)
    page.keyboard.press("h")
    expect(page.locator(".cover")).to_have_count(0, timeout=1000)


def test_w02_decided_by_keyboard_without_a_look(page: Page, case: str, desk: Desk) -> None:
    page.goto(case)
    page.keyboard.press("d")
    expect(page.locator("input[name='choice']").first).to_be_focused()
    page.keyboard.press("Space")
    page.locator("#decide button[type='submit']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Decided.")).to_be_visible()
    page.goto(case)
    expect(page.locator(".status").first).to_have_text("Resolved without a sanction")


def test_the_card_of_somebody_in_danger(page: Page, desk: Desk) -> None:
    desk.send(a_mail("Noor <noor@contact.example>", "Goodbye", DANGER))
    page.goto("/desk/open/")
    address = page.locator(".list-row", has_text="Goodbye").get_attribute("href")
    card = page.get_by_role("region", name="Somebody may be in danger")

    def shown() -> bool:
        page.goto(str(address))
        return card.count() == 1

    wait_for(shown, "the card", 60)
    expect(card).to_contain_text("Ask directly")
    expect(page.locator(".talk-head")).to_contain_text("Urgent")
    card.get_by_role("button", name="I look with you").click()
    expect(page.get_by_role("region", name="Somebody may be in danger")).to_contain_text("looks with you")
