"""The desk by keyboard alone, and the desk without any script (ux.md, house rule 19)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.journeys.browser import Watch, watched
from tests.journeys.desk import Desk, Trap, a_mail

pytestmark = pytest.mark.journey

SUBJECTS = ("Keys: first question", "Keys: second question", "Keys: third question")


@pytest.fixture(scope="module")
def questions(desk: Desk) -> tuple[str, ...]:
    """Three conversations that wait, in whatever order the worker took their mails."""
    for number, subject in enumerate(SUBJECTS):
        desk.send(a_mail(f"Jo Key <jo{number}@keys.example>", subject, "How do I sign in?"))
    return SUBJECTS


@pytest.fixture
def at_first(page: Page, questions: tuple[str, ...]) -> Page:
    """The desk with the first of them open and nothing focused."""
    open_question(page, questions[0])
    return page


def open_question(page: Page, subject: str) -> None:
    """Open it from the list."""
    page.goto("/desk/open/")
    page.locator(".list-row", has_text=subject).click()
    expect(page.locator(".talk-head__title")).to_have_text(subject)
    page.wait_for_load_state()
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    expect(page.locator("#open")).to_have_count(1)


def test_j_and_k_move_and_open(at_first: Page, questions: tuple[str, ...]) -> None:
    page = at_first
    for subject in questions:
        expect(page.locator(".list-row", has_text=subject)).to_be_visible()
    title = page.locator(".talk-head__title")
    listed = page.locator(".list-row__subject").all_inner_texts()
    page.locator(".list-row").first.click()
    expect(title).to_have_text(listed[0])
    page.keyboard.press("j")
    expect(title).to_have_text(listed[1])
    page.keyboard.press("j")
    expect(title).to_have_text(listed[2])
    page.keyboard.press("k")
    expect(title).to_have_text(listed[1])
    page.keyboard.press("Escape")
    expect(page.locator(".list-row[aria-current=true]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(title).to_have_text(listed[1])


def test_letters_are_only_letters_inside_a_text_field(at_first: Page, questions: tuple[str, ...]) -> None:
    page = at_first
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.type("jeknz?/!")
    expect(page.locator("#reply-text")).to_have_value("jeknz?/!")
    expect(page.locator(".talk-head__title")).to_have_text(questions[0])
    expect(page.locator("#talk-head .status--button")).not_to_have_text("Resolved")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#reply-text").fill("")


def test_a_note_stays_a_note(at_first: Page, desk: Desk, watch: Watch) -> None:
    page = at_first
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    expect(page.locator("[data-compose=reply]")).to_be_hidden()
    page.keyboard.type("They asked before, see the older one.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline .note", has_text="They asked before")).to_be_visible()
    expect(page.locator(".message--ours", has_text="They asked before")).to_have_count(0)
    assert not [url for url in watch.requests if url.endswith("/reply/")]
    assert desk.mailbox.to("jo0@keys.example") == []


def test_undo_gives_the_text_back_and_nothing_leaves(at_first: Page, desk: Desk) -> None:
    page = at_first
    page.keyboard.press("r")
    page.keyboard.type("This was too quick.")
    page.keyboard.press("Control+Enter")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    text = page.locator("#reply-text")
    expect(text).to_have_value("This was too quick.")
    expect(text).to_be_focused()
    expect(page.locator(".message--ours", has_text="This was too quick.")).to_have_count(0)
    text.fill("This is the right answer.")
    page.keyboard.press("Control+Enter")
    sent = desk.mailbox.wait("jo0@keys.example").get_body(("plain",))
    assert sent is not None
    assert "This is the right answer." in sent.get_content()
    assert len(desk.mailbox.to("jo0@keys.example")) == 1


def test_snooze_resolve_help_and_palette_by_key(page: Page, questions: tuple[str, ...]) -> None:
    open_question(page, questions[1])
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="All keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#snooze-menu")).to_be_visible()
    page.locator("#snooze-menu").get_by_role("button", name=re.compile("tomorrow", re.IGNORECASE)).click()
    expect(page.locator("#talk-head .status--button")).to_contain_text("Snoozed")
    open_question(page, questions[2])
    expect(page.locator(".list-row", has_text=questions[1])).to_have_count(0)
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search or do")
    expect(palette).to_be_visible()
    page.keyboard.type("resolve")
    expect(palette.get_by_role("option").first).to_contain_text("Resolve")
    page.keyboard.press("Enter")
    expect(page.locator("#talk-head .status--button")).to_have_text("Resolved")


def test_slash_searches(page: Page, questions: tuple[str, ...]) -> None:
    page.goto("/desk/open/")
    page.keyboard.press("/")
    palette = page.get_by_role("dialog", name="Search or do")
    expect(palette).to_be_visible()
    page.keyboard.type("third question")
    palette.get_by_role("option", name=re.compile(questions[2])).first.click()
    expect(page.locator(".talk-head__title")).to_have_text(questions[2])


def test_keys_can_be_switched_off(page: Page, questions: tuple[str, ...]) -> None:
    page.goto("/accounts/me/")
    switch = page.locator("form[action$='/accounts/shortcuts/']")
    switch.get_by_role("button").click()
    page.goto("/desk/open/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="All keys")).to_be_hidden()
    page.goto("/accounts/me/")
    switch.get_by_role("button").click()
    page.goto("/desk/open/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="All keys")).to_be_visible()


@pytest.fixture
def plain(browser: Browser, desk: Desk, trap: Trap, signed_in: StorageState) -> Iterator[Page]:
    """A browser that runs no scripts."""
    with watched(browser, desk, trap, storage_state=signed_in, java_script_enabled=False) as (page, _watch):
        yield page


def test_without_scripts_one_can_read_answer_note_and_resolve(plain: Page, desk: Desk) -> None:
    subject = "Plain forms only"
    desk.send(a_mail("Kim Plain <kim@plain.example>", subject, "Does it work without scripts?"))
    line = plain.locator(".list-row", has_text=subject)
    plain.goto("/desk/unassigned/")
    for _ in range(50):
        if line.count():
            break
        plain.wait_for_timeout(200)
        plain.reload()
    line.click()
    expect(plain.locator(".message", has_text="Does it work without scripts?")).to_be_visible()
    plain.get_by_role("tab", name="Note").first.click()
    plain.locator("#note-text").fill("A note by plain form.")
    plain.get_by_role("button", name="Add note").click()
    expect(plain.locator(".note", has_text="A note by plain form.")).to_be_visible()
    plain.locator("#reply-text").fill("It does, thank you for asking.")
    plain.get_by_role("button", name="Send email").click()
    expect(plain.locator(".message--ours", has_text="It does, thank you")).to_be_visible()
    reply = desk.mailbox.wait("kim@plain.example").get_body(("plain",))
    assert reply is not None
    assert "It does, thank you for asking." in reply.get_content()
    plain.get_by_role("button", name="Resolve", exact=False).first.click()
    expect(plain.locator("#talk-head .status--button")).to_have_text("Resolved")
