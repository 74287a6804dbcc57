"""From a mail at the door to an answer in the help centre: the journey that the desk exists for (product.md J1)."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import enter, watched
from tests.journeys.desk import Desk, Trap, a_mail

pytestmark = pytest.mark.journey

CASEY = "casey@quiet.example"
NOOR = "noor@quiet.example"
STARTER = "Publishing answers 404, although the package exists"
LEARNT = "The EU mirror takes no uploads since the move"
OWN_LINE = "the EU mirror takes no uploads any more since the move. Point publishConfig at the main registry."
QUESTION = """Hi,

since you moved the EU mirror last night our pipeline cannot publish any more:

npm error code E404
npm error 404 Not Found - PUT https://registry.example.org/@acme%2fkit - Not found
npm error 404
npm error 404  '@acme/kit@1.4.0' is not in this registry.
npm error 404 Note that you can also install from a tarball, folder, http url, or git folder.

What do we have to change?
Casey
"""


@pytest.fixture
def page(browser: Browser, desk: Desk, trap: Trap) -> Iterator[Page]:
    """A browser that has never been here."""
    with watched(browser, desk, trap) as (fresh, _watch):
        yield fresh


def row(page: Page, subject: str) -> Locator:
    """A conversation's line in the list."""
    return page.locator(".list-row", has_text=subject)


def open_row(page: Page, subject: str) -> None:
    """Open a conversation from the list, once it is there."""
    row(page, subject).click()
    expect(page.locator("#talk-head")).to_contain_text(subject)


def message_of_ours(page: Page, words: str) -> Locator:
    """A message of the team in the timeline."""
    return page.locator(".message--ours", has_text=words)


def swaks(desk: Desk, subject: str, text: str) -> None:
    """A mail by the tool that operators try servers with; by smtplib where it is not installed."""
    program = shutil.which("swaks")
    if program is None:
        desk.send(a_mail(f"Noor Aziz <{NOOR}>", subject, text))
        return
    words = ["--server", f"127.0.0.1:{desk.smtp_port}", "--from", NOOR, "--to", "support@localhost"]
    headers = ["--header", f"Subject: {subject}", "--h-From", f"Noor Aziz <{NOOR}>", "--body", text]
    subprocess.run([program, *words, *headers], check=True, capture_output=True, timeout=30)


def assert_threads(reply: EmailMessage, question: EmailMessage) -> None:
    """What keeps a conversation together in the contact's own mail program (RFC 5322 3.6.4)."""
    assert reply["In-Reply-To"] == question["Message-ID"]
    assert question["Message-ID"] in reply["References"]
    assert reply["Message-ID"] not in {None, question["Message-ID"]}
    assert reply["Subject"] == f"Re: {question['Subject']}"
    assert reply["From"].addresses[0].addr_spec == "support@localhost"
    assert re.fullmatch(r"support\+[a-z0-9-]{20,}@localhost", reply["Reply-To"].addresses[0].addr_spec)


def test_a_question_becomes_an_answer_for_the_next_one(page: Page, desk: Desk, browser: Browser, trap: Trap) -> None:
    enter(page, desk.printed_link)
    expect(page).to_have_url(re.compile("/welcome/"))
    page.goto("/welcome/?step=articles")
    load, loaded = (
        page.get_by_role("button", name=re.compile("Load the articles|Add those that are missing")),
        page.get_by_text(re.compile(r"\d+ articles are in your help centre|^\d+ published$")),
    )
    expect(load.or_(loaded).first).to_be_visible()
    if load.count():  # another journey on the same desk may have loaded them
        load.click()
    expect(loaded.first).to_be_visible()
    page.get_by_role("button", name=re.compile("To the desk|Skip for now")).click()
    can_be_found(page, STARTER)

    question = arrives_without_a_reload(page, desk)
    reply = answered_from_the_suggestion(page, desk, question)
    the_contact_writes_back(page, desk, reply)
    becomes_an_article(page)
    helps_the_next_one(page, desk)
    with watched(browser, desk, trap) as (reader, _watch):
        anybody_finds_it(reader)


def can_be_found(page: Page, title: str) -> None:
    """Wait until the article is in the index, which happens behind the page that published it."""
    found = page.get_by_role("link", name=title)
    for _ in range(120):
        page.goto(f"/help/?{urlencode({'q': title})}")
        if found.count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"“{title}” was published, but is not found.")


def arrives_without_a_reload(page: Page, desk: Desk) -> EmailMessage:
    page.goto("/desk/open/")
    page.evaluate("window.neverReloaded = true")
    with page.expect_response(lambda answer: answer.url.endswith("/events/")):
        page.reload()
    page.evaluate("window.neverReloaded = true")
    question = desk.send(a_mail(f"Casey Moss <{CASEY}>", "404 on publish since the EU mirror moved", QUESTION))
    expect(row(page, question["Subject"])).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    return question


def answered_from_the_suggestion(page: Page, desk: Desk, question: EmailMessage) -> EmailMessage:
    open_row(page, question["Subject"])
    expect(page.locator("#diagnosis")).to_contain_text("E404")
    dock = page.locator("#suggestion-dock")
    expect(dock.get_by_role("link", name=STARTER)).to_be_visible()
    dock.get_by_role("button", name="Insert and edit").click()
    text = page.locator("#reply-text")
    expect(text).to_have_value(re.compile("npm login"))
    text.fill(f"Hi Casey,\n\n{OWN_LINE}\n\n{text.input_value()}")
    text.press("Control+Enter")
    expect(message_of_ours(page, "publishConfig")).to_be_visible()
    expect(text).to_have_value("")
    reply = desk.mailbox.wait(CASEY)
    assert_threads(reply, question)
    body = reply.get_body(("plain",))
    assert body is not None
    assert OWN_LINE in body.get_content()
    expect(message_of_ours(page, "publishConfig").locator(".state")).to_have_text("sent")
    expect(page.locator("#talk-head .status--button")).to_have_text("Waiting on contact")
    return reply


def the_contact_writes_back(page: Page, desk: Desk, reply: EmailMessage) -> None:
    address = reply["Reply-To"].addresses[0].addr_spec
    answer = a_mail(f"Casey Moss <{CASEY}>", reply["Subject"], "That was it, thank you!", to=address, answers=reply)
    desk.send(answer, to=address)
    expect(page.locator("#timeline .message", has_text="That was it, thank you!")).to_be_visible()
    expect(page.locator("#talk-head .status--button")).to_have_text("Open")
    assert page.evaluate("window.neverReloaded")
    page.locator(".talk-head__title").focus()
    page.keyboard.press("e")
    expect(page.locator("#talk-head .status--button")).to_have_text("Resolved")


def becomes_an_article(page: Page) -> None:
    page.locator("#article-panel").get_by_role(
        "button", name=re.compile("article of the answer|Make it an article")
    ).click()
    source = page.locator("#article-source")
    expect(source).to_have_value(re.compile("EU mirror takes no uploads"))
    expect(source).not_to_have_value(re.compile("Casey"))
    page.locator("#article-title").fill(LEARNT)
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(page.get_by_text("Published. The next person who asks gets it.")).to_be_visible()
    can_be_found(page, LEARNT)


def helps_the_next_one(page: Page, desk: Desk) -> None:
    page.goto("/desk/open/")
    subject = "Upload to the EU mirror fails"
    swaks(desk, subject, "Hello, we cannot upload to the EU mirror any more since you moved it. What must we change?")
    open_row(page, subject)
    expect(page.locator("#suggestion-dock").get_by_role("link", name=LEARNT)).to_be_visible()


def anybody_finds_it(reader: Page) -> None:
    reader.goto("/help/?q=EU+mirror+uploads")
    reader.get_by_role("link", name=LEARNT).first.click()
    expect(reader.get_by_role("heading", name=LEARNT, level=1)).to_be_visible()
    expect(reader.locator("main")).to_contain_text("publishConfig")
    expect(reader.locator("body")).not_to_contain_text("Casey")
    assert not reader.context.cookies() or all(one.get("name") != "firstline" for one in reader.context.cookies())
