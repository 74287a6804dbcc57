"""A contact writes German to an agent who reads English: both are seen, and what leaves is German."""

import http.server
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from firstline.models_ai.tests import scripted
from tests.journeys.browser import Watch
from tests.journeys.desk import Desk, new_home
from tests.journeys.test_accessibility import ALL_RULES, AXE
from tests.journeys.test_desk_work import arrives, open_it

pytestmark = pytest.mark.journey

SAID = "Seit gestern bricht jede Installation ab.\n\nIch habe `npm ci` versucht und bekomme EACCES. Was soll ich tun?"
MEANS = {
    "Seit gestern bricht jede Installation ab.": "Since yesterday every installation stops.",
    "Ich habe [[1]] versucht und bekomme [[2]]. Was soll ich tun?": "I tried [[1]] and get [[2]]. What shall I do?",
    "Please run [[1]] and answer with what it prints.": "Bitte führe [[1]] aus und antworte mit der Ausgabe.",
}
OWN = "Please run `npm config get prefix` and answer with what it prints."
SENT = "Bitte führe `npm config get prefix` aus und antworte mit der Ausgabe."


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A desk with a translator, whose answers are known beforehand."""

    def script(handler: http.server.BaseHTTPRequestHandler, body: dict[str, list[str]]) -> None:
        answer = {"translatedText": [MEANS.get(text, text) for text in body["q"]]}
        scripted.reply(handler, json.dumps(answer).encode())

    with scripted.serving(script) as server:
        place = server.url.split("/")[2]
        running = Desk(new_home(), {"FIRSTLINE_TRANSLATION_URL": server.url, "FIRSTLINE_EGRESS_ALLOW": place})
        try:
            yield running.start()
        finally:
            running.remove()


def test_both_read_their_own_language(page: Page, watch: Watch, desk: Desk) -> None:
    page.goto("/settings/languages/")
    page.get_by_label("support").check()
    page.get_by_role("button", name="Keep these").click()
    expect(page.get_by_label("support")).to_be_checked()
    _looks_well(page, "languages")

    page.goto("/desk/open/")
    arrives(page, desk, "Noor <noor@german.example>", "Installation bricht ab", SAID)
    open_it(page, "Installation bricht ab")
    page.get_by_role("button", name="Translate", exact=True).click()
    heard = page.locator(".message__rendering")
    expect(heard).to_contain_text("Since yesterday every installation stops.")
    expect(heard.locator("code")).to_have_text("npm ci")
    expect(page.locator(".message__body").first).to_contain_text("Seit gestern")
    expect(page.get_by_role("button", name="Translate", exact=True)).to_have_count(0)

    page.locator("#reply-text").fill(OWN)
    page.get_by_role("button", name="Translate into German").click()
    expect(page.locator("#translated-text")).to_have_value(SENT)
    expect(page.locator("#translated-text")).to_be_focused()
    expect(page.locator("#reply-text")).to_have_value(OWN)
    _looks_well(page, "translated")
    page.keyboard.press("Control+Enter")
    ours = page.locator(".message--ours")
    expect(ours).to_contain_text("Bitte führe")
    expect(ours.locator(".message__rendering")).to_contain_text("Please run")
    _looks_well(page, "sent")
    mail = desk.mailbox.wait("noor@german.example")
    said = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert SENT in " ".join(said.split())
    assert "Please run" not in said


def _looks_well(page: Page, name: str) -> None:
    """No violation of axe; where LOOK names a folder, pictures of it."""
    page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, options)", ALL_RULES)
    assert [one["id"] for one in found["violations"]] == []
    if folder := os.environ.get("LOOK"):
        for width, height in ((1440, 900), (390, 844)):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light")
