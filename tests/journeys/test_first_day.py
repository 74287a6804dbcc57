"""The first day of somebody who is learning: practise, draft an answer, and a mentor's key sends it."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import Watch, enter, watched
from tests.journeys.desk import Desk, Trap, wait_for
from tests.journeys.test_desk_work import arrives

pytestmark = pytest.mark.journey

PAST = """
import json
from datetime import timedelta
from firstline.accounts.actions import create_sign_in_link, create_user
from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation
found = Conversation.objects.get(subject="Past: how do I renew a token?")
replying.reply(found, by=User.objects.get(email="admin@localhost"), text="Renew it in your settings.", resolve=True)
print(create_sign_in_link(create_user("tomas@orbit.example", name="Tomas Reyes", roles=[Role.TRAINEE])))
"""
SENT = """
from firstline.conversations.models import Message
print(Message.objects.filter(text="Renew it in your settings.", state="sent").count())
"""


def test_first_day_to_first_approved_reply(page: Page, watch: Watch, browser: Browser, desk: Desk, trap: Trap) -> None:
    page.goto("/desk/open/")
    arrives(page, desk, "Ana <ana@past.example>", "Past: how do I renew a token?")
    link = f"{desk.url}{desk.shell(PAST).strip().splitlines()[-1]}"
    wait_for(lambda: json.loads(desk.shell(SENT)) or None, "the past answer has left", 60)
    arrives(page, desk, "Noor <noor@first.example>", "First day: which token do I need?")
    with watched(browser, desk, trap) as (learner, _watch):
        enter(learner, link)
        _practises(learner)
        _asks(learner)
        _approves(page)
        expect(learner.locator(".message--ours", has_text="A publish token, please.")).to_be_visible()
    mail = desk.mailbox.wait("noor@first.example")
    assert "A publish token, please." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def _practises(learner: Page) -> None:
    """One answers what was asked once, and sees what was sent."""
    learner.goto("/practice/")
    learner.get_by_role("link", name="Past: how do I renew a token?").click()
    expect(learner.get_by_text("Renew it in your settings.")).to_have_count(0)
    learner.get_by_label("What would you answer?").fill("You make a new one.")
    learner.get_by_role("button", name="Keep it, and show me what was sent").click()
    expect(learner.get_by_text("Renew it in your settings.")).to_be_visible()


def _asks(learner: Page) -> None:
    """One writes a first answer by keys; it waits for a mentor."""
    learner.goto("/desk/open/")
    learner.locator(".list-row", has_text="First day").click()
    expect(learner.locator(".talk-head__title")).to_have_text("First day: which token do I need?")
    learner.keyboard.press("r")
    text = learner.locator("#reply-text")
    expect(text).to_be_focused()
    text.fill("A publish token, please.")
    expect(learner.get_by_role("button", name="Ask to send")).to_be_visible()
    learner.keyboard.press("Control+Enter")
    expect(learner.locator(".review", has_text="A publish token, please.")).to_be_visible()
    expect(learner.locator(".message--ours")).to_have_count(0)
    expect(text).to_have_value("")


def _approves(mentor: Page) -> None:
    """The mentor reads the draft and says yes by one key."""
    mentor.locator(".list-row", has_text="First day").click()
    expect(mentor.locator(".review", has_text="A publish token, please.")).to_be_visible()
    expect(mentor.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    mentor.locator(".talk-head__title").click()
    mentor.keyboard.press("o")
    expect(mentor.locator(".message--ours", has_text="A publish token, please.")).to_be_visible()
    expect(mentor.locator(".review")).to_have_count(0)
