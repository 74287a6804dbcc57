"""Help from an engineer: asked by a key, answered by a link without an account, a note and a draft, and on to Casey."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import PHONE, Watch, watched
from tests.journeys.desk import Desk, Trap

pytestmark = pytest.mark.journey

SEED = """
from firstline.accounts.models import User
from firstline.conversations.actions import assigning
from firstline.escalations.actions import engineers
from firstline.inboxes.models import Inbox
from tests.factories import arrives, contact, mail
admin = User.objects.get(email="admin@localhost")
support = Inbox.objects.get(name="support")
engineers.keep_owners("orbit/cli", "/lib/commands/publish/ @rui-o\\n/lib/auth/ @mira-d\\n", by=admin)
for name, login in (("Mira Devi", "mira-d"), ("Rui Costa", "rui-o")):
    address = f"{name.split()[0].lower()}@build.example"
    engineers.save_engineer(None, engineers.Facts(name, address, login, ["orbit/cli"], "UTC", (), 5, False), by=admin)
log = "npm ERR! at Publish.exec (/usr/lib/node_modules/npm/lib/commands/publish/index.js:76:5)"
words = "Publishing stops at the end and says nothing." + chr(10) + log
made = arrives(support, contact("casey"), mail("Publish stops at 100 %", words)).conversation
assigning.assign(made, admin, by=admin)
print(made.pk)
"""
ANSWER = "A package of this size needs one more flag. Initech had it on db-7.orbit.internal last week."
STEP = "Run `npm publish --chunked` and it goes through."


def test_an_engineer_answers_by_a_link_and_casey_gets_the_safe_part(
    page: Page, watch: Watch, desk: Desk, browser: Browser, trap: Trap
) -> None:
    number = desk.shell(SEED).strip()
    page.goto(f"/desk/mine/{number}/")
    expect(page.locator("#composer")).to_be_visible()

    # One key, and the brief is there: who owns the code is proposed, the words are filled in.
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Ask an engineer")).to_be_visible()
    first = page.locator(".choice").first
    expect(first).to_contain_text("Rui Costa")
    expect(first).to_contain_text("owns index.js")
    expect(first.get_by_role("radio")).to_be_checked()
    expect(page.get_by_label("What is the matter?")).to_have_value(re.compile("Publishing stops at the end"))
    page.get_by_role("button", name="Ask", exact=True).click()
    panel = page.locator("#engineering")
    expect(panel).to_contain_text("Rui Costa")
    expect(panel).to_contain_text("owns index.js")
    expect(page.locator("#talk-head")).to_contain_text("Waiting on engineering")

    # Rui reads the mail on the train, follows the link and answers. He has no account.
    letter = desk.mailbox.wait("rui@build.example")
    body = letter.get_content()
    assert "Casey" not in body
    link = re.search(r"/engineer/\S+", body)
    assert link is not None
    with watched(browser, desk, trap, viewport=PHONE) as (phone, _watch):
        phone.goto(link.group())
        expect(phone.get_by_text("Publishing stops at the end")).to_be_visible()
        phone.get_by_label("Your words").fill(f"{ANSWER}\n\n{STEP}")
        phone.get_by_role("button", name="Send to the team").click()
        expect(phone.get_by_role("status")).to_contain_text("It is with the team")

    # The note has everything, the draft only what Casey may read; a person sends it.
    page.goto(f"/desk/tell-the-contact/{number}/")
    expect(page.locator(".note")).to_contain_text("Initech had it")
    text = page.locator("#reply-text")
    expect(text).to_have_value(f"Hello Casey,\n\nA package of this size needs one more flag.\n\n{STEP}")
    expect(panel).to_contain_text("answered")
    text.press("Control+Enter")
    sent = desk.mailbox.wait("casey@contact.example").get_body(("plain",))
    assert sent is not None
    assert STEP in sent.get_content()
    assert "Initech" not in sent.get_content()
