"""The queue without a mouse, two agents in one conversation, merge and a late answer, snooze and wake, undone sends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from firstline.conversations import apps as conversations
from firstline.core import apps as core
from tests.journeys.browser import Watch, enter, watched
from tests.journeys.desk import Desk, Trap, a_mail

pytestmark = pytest.mark.journey

MOST_KEYS = 6
SCRIPT_BYTES = 150_000
COUNT_KEYS = """
window.keysPressed = 0;
document.addEventListener("keydown", (event) => {
  if (!["Control", "Shift", "Alt", "Meta"].includes(event.key)) window.keysPressed += 1;
}, true);
"""


def arrives(page: Page, desk: Desk, sender: str, subject: str, text: str = "How do I sign in?") -> str:
    """A mail that opens a conversation, once its row is there; the conversation's number."""
    desk.send(a_mail(sender, subject, text))
    line = page.locator(".list-row", has_text=subject)
    expect(line).to_be_visible()
    return (line.get_attribute("href") or "").rstrip("/").rsplit("/", 1)[-1]


def open_it(page: Page, subject: str) -> None:
    """Open a conversation from the list by a click."""
    page.locator(".list-row", has_text=subject).click()
    expect(page.locator(".talk-head__title")).to_have_text(subject)
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)


@contextmanager
def colleague(browser: Browser, desk: Desk, trap: Trap) -> Iterator[tuple[Page, Watch]]:
    """A page of Mina, an agent of the same team."""
    path = desk.shell(
        "from firstline.accounts.actions import create_sign_in_link, create_user; "
        "from firstline.accounts.permissions import Role; "
        "print(create_sign_in_link(create_user('mina@orbit.example', name='Mina Vale', roles=[Role.AGENT])))"
    ).strip()
    link = f"{desk.url}{path}"
    with watched(browser, desk, trap) as (page, watch):
        enter(page, link)
        yield page, watch


def test_a_common_question_takes_few_keys_and_one_page(page: Page, watch: Watch, desk: Desk) -> None:
    page.goto("/desk/open/")
    arrives(page, desk, "Ana <ana@few.example>", "Few keys: where is my token?")
    page.context.add_init_script(COUNT_KEYS)
    loads: list[str] = []
    page.on("load", lambda _page: loads.append(page.url))
    page.goto("/desk/open/")
    page.locator(".list-row", has_text="Few keys").focus()
    page.keyboard.press("Enter")  # open
    expect(page.locator(".talk-head__title")).to_have_text("Few keys: where is my token?")
    page.keyboard.press("r")  # answer
    text = page.locator("#reply-text")
    expect(text).to_be_focused()
    own = page.evaluate("window.keysPressed")
    text.fill("It is in your settings.")  # own words
    page.keyboard.press("Control+Shift+Enter")  # send and resolve
    expect(page.locator(".message--ours", has_text="It is in your settings.")).to_be_visible()
    page.keyboard.press("j")  # next
    assert own + 2 <= MOST_KEYS
    assert page.evaluate("window.keysPressed") <= MOST_KEYS
    assert len(loads) == 1


def test_the_queue_is_worked_without_a_mouse(page: Page, desk: Desk) -> None:
    page.goto("/desk/open/")
    first = arrives(page, desk, "Bo <bo@keysonly.example>", "No mouse: first")
    second = arrives(page, desk, "Bo <bo@keysonly.example>", "No mouse: second")
    for number in (first, second):
        page.locator(f"#row-{number} .list-row").focus()
        page.keyboard.press("x")
    bar = page.get_by_role("toolbar", name="For all selected")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Resolve").press("Enter")
    toast = page.locator("#toasts")
    expect(toast).to_contain_text("2 conversations changed")
    expect(page.locator(f"#row-{first}, #row-{second}")).to_have_count(0)
    toast.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(f"#row-{first}, #row-{second}")).to_have_count(2)
    page.locator(f"#row-{first} .list-row").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".talk-head__title")).to_have_text("No mouse: first")
    page.keyboard.press("i")
    expect(page.locator("#talk-head .meta-button")).to_contain_text("You")
    page.keyboard.press("p")
    page.locator("#priority-menu").get_by_role("button", name="High").press("Enter")
    expect(page.locator("#talk-head .badge", has_text="High")).to_be_visible()
    page.keyboard.press("Shift+E")
    expect(page.locator(".talk-head__title")).not_to_have_text("No mouse: first")


def test_two_agents_see_each_other_and_a_stale_answer_is_held(
    browser: Browser, desk: Desk, trap: Trap, page: Page, watch: Watch
) -> None:
    page.goto("/desk/open/")
    number = arrives(page, desk, "Cy <cy@two.example>", "Two agents")
    with colleague(browser, desk, trap) as (mina, her_watch):
        open_it(page, "Two agents")
        mina.goto(f"/conversations/{number}/")
        expect(page.locator("#presence .avatar")).to_have_attribute("aria-label", re.compile("Mina Vale is looking"))
        expect(mina.locator("#presence .avatar")).to_have_count(1)
        mina.locator("#reply-text").press_sequentially("Mine")
        expect(page.locator("#presence .avatar")).to_have_attribute("aria-label", re.compile("is writing"))
        page.locator("#reply-text").fill("I was first.")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message--ours", has_text="I was first.")).to_be_visible()
        her_watch.expected = {409}
        mina.keyboard.press("Control+Enter")
        expect(mina.locator(".composer__stale")).to_contain_text("wrote while you were writing")
        expect(mina.locator("#reply-text")).to_have_value("Mine")
        mina.get_by_role("button", name="Send anyway").click()
        expect(mina.locator(".message--ours", has_text="Mine")).to_be_visible()
    expect(page.locator("#presence .avatar")).to_have_count(0)


def test_merged_and_answered_late(page: Page, desk: Desk) -> None:
    page.goto("/desk/open/")
    arrives(page, desk, "Di <di@merge.example>", "Merge: the old one")
    open_it(page, "Merge: the old one")
    page.locator("#reply-text").fill("Which version?")
    page.keyboard.press("Control+Enter")
    asked = desk.mailbox.wait("di@merge.example")
    target = arrives(page, desk, "Di <di@merge.example>", "Merge: the new one")
    page.keyboard.press("m")
    expect(page.locator("#merge-other")).to_be_focused()
    page.keyboard.type(target)
    page.keyboard.press("Enter")
    expect(page.locator(".talk-head__title")).to_have_text("Merge: the new one")
    expect(page.locator(".message--ours", has_text="Which version?")).to_be_visible()
    desk.send(
        a_mail("Di <di@merge.example>", "Re: Merge: the old one", "Version ten.", answers=asked),
        to=asked["Reply-To"].addresses[0].addr_spec,
    )
    expect(page.locator(".message", has_text="Version ten.")).to_be_visible()


def test_snoozed_and_woken_by_the_contact(page: Page, desk: Desk) -> None:
    page.goto("/desk/open/")
    number = arrives(page, desk, "Ed <ed@sleep.example>", "Sleep until I write")
    open_it(page, "Sleep until I write")
    page.locator("#reply-text").fill("Tell us when you are back.")
    page.get_by_role("button", name="More ways to send").click()  # the desk remembers how the last one was sent
    page.locator("#send-menu button[value=send]").click()
    asked = desk.mailbox.wait("ed@sleep.example")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.locator("#snooze-menu").get_by_role("button", name="writes again").click()
    expect(page.locator("#talk-head .status--button")).to_contain_text("Snoozed")
    desk.send(
        a_mail("Ed <ed@sleep.example>", "Re: Sleep", "I am back.", answers=asked),
        to=asked["Reply-To"].addresses[0].addr_spec,
    )
    expect(page.locator("#talk-head .status--button")).to_have_text("Open")
    page.goto("/desk/mine/")
    expect(page.locator(f"#row-{number}")).to_be_visible()


def test_a_macro_is_used_by_slash_and_panes_keep_their_width(page: Page, desk: Desk) -> None:
    page.goto("/macros/")
    page.get_by_label("Name").fill("Warm hello")
    page.locator("#id_text").fill("Hello {{contact.first_name}}, thank you for writing.")
    page.get_by_role("button", name="Keep the macro").click()
    page.goto("/desk/open/")
    arrives(page, desk, "Flo Hart <flo@macro.example>", "Macros by slash")
    open_it(page, "Macros by slash")
    page.keyboard.press("r")
    page.keyboard.press("/")
    expect(page.locator("#macro-find")).to_be_focused()
    page.keyboard.type("warm")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value("Hello Flo, thank you for writing.")
    line = page.get_by_role("separator", name="Width of the list")
    line.focus()
    with page.expect_response("**/habit/"):
        page.keyboard.press("ArrowRight")
    wide = page.locator(".desk__list").evaluate("(pane) => pane.offsetWidth")
    page.reload()
    expect(line).to_have_attribute("aria-valuenow", str(wide))


def test_the_desks_scripts_stay_small(page: Page, signed_in: StorageState) -> None:
    assert signed_in
    page.goto("/desk/open/")
    names: list[str] = page.eval_on_selector_all("script[src]", "all => all.map((one) => one.src)")
    folders = [Path(str(one.__file__)).parent / "static" for one in (core, conversations)]
    stems = [
        re.sub(r"\.[0-9a-f]{12}(?=\.(?:min\.)?js$)|\.[0-9a-f]{12}(?=\.js$)", "", n.split("/static/")[1]) for n in names
    ]
    files = [file for stem in stems for folder in folders for file in [folder / stem] if file.exists()]
    assert len(files) == len(names)
    assert sum(file.stat().st_size for file in files) < SCRIPT_BYTES
