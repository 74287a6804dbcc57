"""The networks in a browser: an app made by its manifest, an issue answered, labelled, closed and locked there, and the
three small networks connected, counted and answered from the same inbox.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from firstline.upstream.tests.hub import private_key
from tests.fakes import bluesky, github, mastodon, x
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.github import FakeGitHub
from tests.fakes.github.world import PLACE, SLUG
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.x import FakeX
from tests.journeys.browser import Watch
from tests.journeys.desk import Desk, new_home, wait_for
from tests.journeys.test_accessibility import look

pytestmark = pytest.mark.journey

ASKED = "my publish stops with E403 here at"
ANSWERED = "Your token may not publish this. Make a new one."
POSTS = ("mastodon", "bluesky", "x")
PAGES = (
    *(f"/settings/inboxes/add/{kind}/" for kind in ("github", "web", *POSTS)),
    *(f"/settings/inboxes/one/{name}/" for name in ("hello", *POSTS)),
    *(f"/settings/inboxes/one/{name}/edit/" for name in ("hello", "x")),
    "/upstream/inboxes/hello/app/",
    "/upstream/inboxes/hello/app/?again=1",
    "/upstream/inboxes/hello/left/",
)


@dataclass
class Networks:
    """What people see outside; each has heard one question to the desk."""

    github: FakeGitHub
    mastodon: FakeMastodon
    bluesky: FakeBluesky
    x: FakeX

    def texts(self, name: str) -> list[str]:
        """What the desk has posted at a network."""
        if name == "bluesky":
            return [one["record"]["text"] for one in self.bluesky.by_desk()]
        fake = self.mastodon if name == "mastodon" else self.x
        return [one.get("content") or one["text"] for one in fake.by_desk()]


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with ExitStack() as stack:
        open_ = stack.enter_context
        found = Networks(
            open_(github.running()), open_(mastodon.running()), open_(bluesky.running()), open_(x.running())
        )
        found.github.rest.private_key = private_key()
        found.mastodon.says("casey", f"@orbit {ASKED} mastodon")
        found.bluesky.says("casey", f"@orbit.test {ASKED} bluesky")
        found.x.says("casey", f"@orbit {ASKED} x")
        yield found


@pytest.fixture(scope="module")
def desk(networks: Networks) -> Iterator[Desk]:
    """A desk of this file's own, which may reach the four."""
    fakes = (networks.github, networks.mastodon, networks.bluesky, networks.x)
    running = Desk(new_home(), {"FIRSTLINE_EGRESS_ALLOW": ",".join(one.url.removeprefix("http://") for one in fakes)})
    try:
        running.start()
        servers = ", ".join(repr(one.url) for one in fakes[1:])
        running.shell(f"from tests.journeys import networks; networks.open_inboxes({servers})")
        yield running
    finally:
        running.remove()


def hook(desk: Desk) -> Callable[[str, bytes, str], int]:
    """GitHub calls the inbox `hello`, with the secret that it gave the desk."""
    told = json.loads(desk.shell("from tests.journeys import networks; networks.told('hello')"))
    secret = told["webhook_secret"].encode()

    def take(event: str, body: bytes, guid: str) -> int:
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": guid, "X-Hub-Signature-256": f"sha256={signature}"}
        request = urllib.request.Request(f"{desk.url}/hooks/hello/", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)

    return take


def test_an_app_is_made_and_an_issue_is_worked_on_at_both_ends(
    page: Page, watch: Watch, desk: Desk, networks: Networks
) -> None:
    there = networks.github
    watch.friends = {there.url}

    # The set-up: a repository, out to GitHub with the manifest, back with the app, installed.
    page.goto("/settings/inboxes/add/github/")
    page.get_by_label("Short name").fill("hello")
    page.locator("[name=repository]").fill(PLACE)
    page.locator("[name=api_url]").fill(there.url)
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("link", name="Make a GitHub app").click()
    page.get_by_role("button", name="For the organisation Codertocat").click()
    expect(page.get_by_text(f"GitHub made {SLUG}")).to_be_visible()
    page.get_by_role("button", name="It is installed: look").click()
    expect(page.get_by_text(f"The app {SLUG} works and reaches {PLACE}.")).to_be_visible()

    # An issue with its life so far: labels, reactions, an edit, a deletion, what only counts itself in.
    take = hook(desk)
    number = there.world.opens("casey", "EACCES on publish", labels=("bug",))
    said = there.world.says("casey", number, "It is npm 10.")
    there.world.edits(said, "It is npm 11.")
    lost = there.world.says("noor", number, "Mine fails as well, with another error.")
    there.world.deletes(lost, "noor")
    there.world.threads[number]["reactions"] = {"+1": 4, "heart": 1}
    there.world.labels_it(number, "docs")
    assert set(there.deliver(take)) == {202}
    page.goto("/desk/open/")
    page.locator(".list-row", has_text="EACCES on publish").click()
    panel = page.locator("section.panel", has=page.get_by_role("heading", name="Where it was asked"))
    expect(panel).to_contain_text(f"{PLACE}#{number}")
    expect(panel.get_by_title("thumbs up")).to_contain_text("4")
    expect(panel.locator(".tag")).to_have_text(["bug", "docs"])
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("It is npm 11.")
    expect(timeline).not_to_contain_text("It is npm 10.")

    # Worked on from the desk; the source tells what has become so, and the page follows.
    panel.get_by_role("button", name="Lock").click()
    expect(panel).to_contain_text("On its way: lock it.")
    wait_for(lambda: there.world.threads[number]["locked"], "GitHub has locked it")
    there.deliver(take)
    page.reload()
    expect(panel.get_by_text("locked", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Unlock").click()
    wait_for(lambda: not there.world.threads[number]["locked"], "GitHub has unlocked it")
    panel.get_by_text("Label or assign it there").click()
    panel.get_by_label("Label", exact=True).fill("question")
    panel.get_by_role("button", name="Put the label on").click()
    wait_for(lambda: "question" in [one["name"] for one in there.world.threads[number]["labels"]], "it is labelled")
    there.deliver(take)

    # Answered in public, at the second press; then closed with a reason.
    page.reload()
    text = page.locator("#reply-text")
    text.fill(ANSWERED)
    text.press("Control+Enter")
    expect(page.locator('[data-compose="reply"] .composer__send')).to_contain_text("Yes, post publicly")
    text.press("Control+Enter")
    wait_for(lambda: [one for one in there.comments if ANSWERED in one["body"]], "the answer stands there")
    there.deliver(take)
    panel.get_by_role("button", name="Close").click()
    panel.get_by_role("button", name="Not planned").click()
    wait_for(lambda: there.world.threads[number]["state"] == "closed", "GitHub has closed it")
    assert there.world.threads[number]["state_reason"] == "not_planned"
    there.deliver(take)
    page.reload()
    expect(panel).to_contain_text("closed, not planned")
    expect(timeline.get_by_text(ANSWERED)).to_have_count(1)


@pytest.mark.parametrize("name", POSTS)
def test_a_network_is_tested_and_answered(page: Page, desk: Desk, networks: Networks, name: str) -> None:
    page.goto(f"/settings/inboxes/one/{name}/")
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#inbox-state")).to_contain_text("knows this desk as @")
    page.goto("/desk/open/")
    page.locator(".list-row", has_text=f"{ASKED} {name}").click()
    form = page.locator('[data-compose="reply"]')
    expect(form).to_have_attribute("data-audience", "public")
    text = page.locator("#reply-text")
    text.fill(ANSWERED)
    expect(page.locator("#checks-reply")).to_contain_text(f"{len(ANSWERED)} of")
    text.press("Control+Enter")
    expect(form.locator(".composer__send")).to_contain_text("Yes, post publicly")
    text.press("Control+Enter")
    wait_for(lambda: any(ANSWERED in one for one in networks.texts(name)), f"the answer stands at {name}")
    if name == "x":
        page.goto("/settings/inboxes/one/x/")
        expect(page.locator("#inbox-state")).to_contain_text("of 20.00 US dollars")


@pytest.mark.parametrize("address", PAGES)
def test_page_of_a_network_is_for_everybody(page: Page, networks: Networks, address: str) -> None:
    assert networks
    assert look(page, address) == []
