"""What the machine says: by itself, once a replay has proved it and a lead allowed it; and as a draft for a person."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import watched
from tests.journeys.desk import Desk, Trap, wait_for

pytestmark = pytest.mark.journey

TITLE = "EACCES on global installs of kite"
PASTE = """Every global install of ours stops with this error since yesterday, what is the right way to go on?

npm error code EACCES
npm error syscall mkdir
npm error path /usr/local/lib/node_modules/kite
npm error errno -13
npm error Error: EACCES: permission denied, mkdir '/usr/local/lib/node_modules/kite'
"""
ARTICLE = f"""
from firstline.accounts.models import User
from firstline.knowledge import actions
from firstline.knowledge.models import Article
from firstline.search.actions.articles import index_article
steps = ["1. `nvm install --lts`", "2. `npm install --global kite`"]
body = "\\n\\n".join(["Your own folder belongs to root.", "## Install without root", "\\n".join(steps)])
admin = User.objects.order_by("pk").first()
if not Article.objects.filter(texts__title="{TITLE}").exists():
    made = actions.draft_article(by=admin, title="{TITLE}", body=body, signatures=["npm-eacces-global"])
    actions.publish(made, by=admin)
    index_article(made.pk)
"""
HISTORY = f"""
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from firstline.accounts.models import User
from firstline.conversations.actions import replying
from firstline.conversations.models import Delivery, Message
from firstline.inboxes.models import Inbox
from firstline.knowledge.models import Article
from tests import factories
admin, inbox = User.objects.order_by("pk").first(), Inbox.objects.get(address="support@localhost")
slug = Article.objects.get(texts__title="{TITLE}").slug
link = settings.BASE_URL + reverse("helpcenter:article", args=[slug])
asker = factories.contact("many")
with transaction.atomic():
    for number in range(90):
        asked = factories.arrives(inbox, asker, factories.mail(f"EACCES {{number}}", PASTE))
        sent = replying.reply(asked.conversation, by=admin, text=f"Hello, this is how it goes: {{link}}")
        Message.objects.filter(pk=sent.pk).update(state=Delivery.SENT)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL")
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name ~ 'deliver$'")
"""
ONE_MORE = """
from firstline.inboxes.models import Inbox
from tests import factories
inbox = Inbox.objects.get(address="support@localhost")
message = factories.arrives(inbox, factories.contact("{who}"), factories.mail("{subject}", PASTE))
print(message.conversation_id)
"""


def with_paste(code: str) -> str:
    return f"PASTE = {PASTE!r}\n{code}"


def topic(page: Page) -> Locator:
    """The line of the replay's page that tells of this failure."""
    return page.locator("tbody tr", has=page.locator("input[name=case][value=INS-01]"))


OUTCOME = """
from firstline.answers.models import Usage
usage = Usage.objects.filter(suggestion__conversation={number}, sent__isnull=False).first()
print(usage.distance if usage else "", usage.suggestion.state if usage else "")
"""


def test_a_draft_is_composed_edited_sent_and_what_became_of_it_is_kept(page: Page, desk: Desk) -> None:
    desk.shell(ARTICLE)
    number = desk.shell(with_paste(ONE_MORE.format(who="mo", subject="Installs stop for all of us"))).split()[-1]
    page.goto(f"/conversations/{number}/")
    dock = page.locator("#suggestion-dock")
    expect(dock.get_by_role("link", name=TITLE)).to_be_visible()
    dock.get_by_role("button", name="Draft").click()
    text = page.locator("#reply-text")
    expect(text).to_have_value(re.compile("I read your log.*npm install --global kite", re.DOTALL))
    text.fill(f"{text.input_value().rstrip()}\n\nIf you use Docker, set NPM_CONFIG_PREFIX instead.")
    text.press("Control+Enter")
    expect(page.locator(".message--ours", has_text="NPM_CONFIG_PREFIX")).to_be_visible()
    assert "NPM_CONFIG_PREFIX" in str(desk.mailbox.wait("mo@contact.example"))
    words = wait_for(lambda: desk.shell(OUTCOME.format(number=number)).split(), "what became of the draft", 60)
    assert 0.0 < float(words[0]) < 0.5
    assert words[1] == "edited"


def test_a_no_to_an_automatic_answer_leaves_the_agent_the_whole_story(
    page: Page, desk: Desk, browser: Browser, trap: Trap
) -> None:
    desk.shell(ARTICLE)
    desk.shell(with_paste(HISTORY))
    page.goto("/settings/answers/replay/")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("link", name="Show them")).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Show them").click()
    topic(page).get_by_role("textbox").fill("Ninety of ninety were right in the replay.")
    topic(page).get_by_role("button", name="Let it answer").click()
    expect(topic(page).get_by_text("answers by itself")).to_be_visible()

    number = desk.shell(with_paste(ONE_MORE.format(who="noor", subject="Global installs stop"))).split()[-1]
    mail = desk.mailbox.wait("noor@contact.example")
    part = mail.get_body(("plain",))
    assert part is not None
    said = part.get_content()
    assert "This is an automatic answer" in said
    no = re.findall(r"/answered/[\w-]+/", said)[1]
    with watched(browser, desk, trap) as (noor, _watch):
        noor.goto(no)
        noor.get_by_role("button", name="Yes, let a person look").click()
        expect(noor.get_by_text("A person takes over")).to_be_visible()

    page.goto(f"/conversations/{number}/")
    expect(page.locator("#talk-head .status--button")).to_have_text("New")
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("This is an automatic answer")
    expect(timeline).to_contain_text(TITLE)
    expect(timeline).to_contain_text("answered by itself")
    expect(timeline).to_contain_text("said that the automatic answer did not help")
    expect(page.locator("#diagnosis")).to_contain_text("EACCES")
    expect(page.locator("#beside")).to_contain_text("Already told")
