"""The form within another site's page under a strict policy, from the question to the answer and the proof."""

import http.server
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.journeys.desk import Desk

pytestmark = pytest.mark.journey

ADDRESS = "casey@embedded.example"


@pytest.fixture
def host(desk: Desk) -> Iterator[str]:
    """A site on another origin, whose policy lets in the desk's script and frame and nothing else."""
    policy = f"default-src 'none'; script-src {desk.url}; frame-src {desk.url}"
    tag = f'<script async src="{desk.url}/ask/embed.js" data-inbox="embedded" data-title="Ask Orbit"></script>'

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(f"<!doctype html><html lang=en><title>Docs</title><h1>Docs</h1>{tag}</html>".encode())

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def is_trouble(said: ConsoleMessage) -> bool:
    """What a strict policy would complain of; that the server refused a form (422) is no trouble."""
    return said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource")


def open_form(desk: Desk, sites: str) -> None:
    """An inbox with a form that these sites may show."""
    desk.command("inbox", "create", "--channel", "web", "--name", "embedded", "--set", f"embed_on={sites}")


def test_a_question_from_another_site_is_answered_and_its_address_proved(
    browser: Browser, desk: Desk, host: str, page: Page
) -> None:
    open_form(desk, host)
    outside = browser.new_context()
    theirs = outside.new_page()
    problems: list[str] = []
    theirs.on("console", lambda said: problems.append(said.text) if is_trouble(said) else None)
    theirs.on("pageerror", lambda error: problems.append(str(error)))
    theirs.goto(host)
    form = theirs.frame_locator("iframe")
    form.get_by_role("link", name="Publishing fails").click()
    form.get_by_label("Package").fill("@acme/kit")
    form.get_by_label("The command you ran").fill("npm publish")
    form.get_by_label("What your terminal or log says").fill("npm error code E404")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("Where shall the answer go?")).to_be_visible()  # the server said so: nothing is lost
    expect(form.get_by_label("Package")).to_have_value("@acme/kit")
    form.get_by_label("Your email address").fill(ADDRESS)
    theirs.wait_for_function("document.querySelector('iframe').height !== '640'")
    theirs.wait_for_timeout(2100)  # the youngest stamp that a person could have
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("heading", name=re.compile("It is "))).to_be_visible()
    assert outside.cookies() == []
    assert problems == []

    page.goto("/desk/open/")
    page.locator(".list-row", has_text="Publishing fails: @acme/kit").click()
    expect(page.get_by_text("unverified").first).to_be_visible()
    page.locator("#reply-text").fill("That token is dead; make a new one.")
    page.locator("#reply-text").press("Control+Enter")
    letter = desk.mailbox.wait(ADDRESS)
    answer = desk.mailbox.wait(ADDRESS, 2)
    assert "That token is dead" in str(answer.get_body(("plain",)))

    link = re.search(r"/ask/confirm/[\w-]+/", letter.get_content())
    assert link is not None
    assert "@acme/kit" not in letter.get_content()
    theirs.goto(f"{desk.url}{link.group(0)}")
    theirs.get_by_role("button", name="Yes, it was me").click()
    expect(theirs.get_by_text("We know now that it is yours.")).to_be_visible()
    page.reload()
    expect(page.locator(".talk-head__title")).to_have_text("Publishing fails: @acme/kit")
    expect(page.locator("#talk-head").get_by_text("unverified")).to_have_count(0)
    outside.close()
