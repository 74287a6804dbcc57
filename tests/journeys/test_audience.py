"""A public reply: said in words and colour, asked once, and refused when it holds what was said in private."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import Watch
from tests.journeys.desk import Desk

pytestmark = pytest.mark.journey

SEED = """
from firstline.channels.base import Address, ParsedMessage, Thread
from firstline.contacts.actions import identify
from firstline.conversations.actions import merging
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.events.recording import MACHINE
from tests.factories import arrives, contact, mail
inbox = create_inbox(channel="github", name="cli", address="orbit/cli", options={"repository": "orbit/cli"})
opener = identify(channel="github", address="casey-dev", name="casey-dev", key="9001")
thread = Thread(key="gh:1", address="orbit/cli#1", title="EACCES on install", opener=Address("", "casey-dev", "9001"))
said = "npm may not write to /usr/local/lib."
first = ParsedMessage(external_id="issue-1", subject="EACCES on install", text=said, reply_text=said).within(thread)
public = arrives(inbox, opener, first).conversation
support = Inbox.objects.get(name="support")
order = mail("My order", "My order is 8841207, and my boss is not to know.")
private = arrives(support, contact("casey"), order).conversation
merging.link(public, private, "related", by=MACHINE)
print(public.pk)
"""
SAFE = "A version manager ends that for good."


def posts(desk: Desk) -> list[str]:
    """The texts that somebody of the team has queued in public."""
    code = (
        "from firstline.conversations.models import Message; "
        "print('|'.join(Message.objects.filter(strand__audience='public', author_user__isnull=False)"
        ".order_by('pk').values_list('text', flat=True)))"
    )
    return [one for one in desk.shell(code).strip().split("|") if one]


def test_a_public_reply_asks_once_and_keeps_what_is_private(page: Page, watch: Watch, desk: Desk) -> None:
    watch.expected |= {422}
    number = desk.shell(SEED).strip()
    page.goto(f"/desk/open/{number}/")
    form = page.locator('[data-compose="reply"]')
    expect(form).to_have_attribute("data-audience", "public")
    expect(form.get_by_text("Public on GitHub.")).to_be_visible()
    text, send = page.locator("#reply-text"), form.locator(".composer__send")

    # The first press asks; left alone, the button is what it was.
    text.fill(SAFE)
    page.clock.install()
    text.press("Control+Enter")
    expect(send).to_contain_text("Yes, post publicly")
    page.clock.run_for(3100)
    expect(send).to_contain_text("Post publicly")
    assert posts(desk) == []

    # What only a private mail says is refused with where it stands; nothing is lost.
    text.fill("Your order 8841207 is through.")
    text.press("Control+Enter")
    text.press("Control+Enter")
    guard = page.locator(".composer__guard")
    expect(guard).to_contain_text("8841207")
    expect(guard).to_contain_text("a private message of Casey Rivers")
    expect(text).to_have_value("Your order 8841207 is through.")
    assert posts(desk) == []

    # Without a reason it stays refused; without the fact it goes, at the second press.
    with page.expect_response("**/reply/"):
        page.get_by_role("button", name="Post it all the same").click()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-added")).to_have_count(0)
    expect(guard).to_be_visible()
    text.fill(SAFE)
    text.press("Control+Enter")
    expect(send).to_contain_text("Yes, post publicly")
    text.press("Control+Enter")
    expect(page.locator(".message--ours[data-audience=public]")).to_contain_text(SAFE)
    expect(text).to_have_value("")
    assert posts(desk) == [SAFE]
