"""Setting a GitHub inbox up: making the app, seeing how it does, taking in what its rules left out."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from firstline.channels.base import ChannelError
from firstline.channels.github import client, making
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.actions import account_of
from firstline.inboxes.models import Inbox, Posted
from firstline.upstream.models import CatchUp, Thread
from firstline.upstream.tests.hub import Hub, make_inbox, private_key
from firstline.upstream.tests.test_github_catch_up import looks
from tests.factories import PASSWORD, People
from tests.fakes import github
from tests.fakes.github.world import APP_ID, INSTALLATION, PLACE, SLUG


@pytest.fixture
def admin(everybody: People) -> Client:
    """Lena, who signed in a moment ago."""
    browser = Client()
    browser.post("/accounts/login/", {"login": everybody.lena.email, "password": PASSWORD})
    return browser


@pytest.fixture
def bare(everybody: People, fake: github.FakeGitHub) -> Inbox:
    """An inbox that knows only its repository."""
    fake.rest.private_key = private_key()
    return make_inbox(everybody, {"repository": PLACE, "api_url": fake.url})


def page(browser: Client, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_manifest_leads_to_an_app_that_answers(admin: Client, bare: Inbox, fake: github.FakeGitHub) -> None:
    first = admin.get("/upstream/inboxes/hello/app/")
    assert fake.url in first.headers["Content-Security-Policy"].partition("form-action")[2].partition(";")[0]
    shown = first.content.decode()
    manifest = json.loads(re.search(r'name="manifest" value="([^"]*)"', shown)[1].replace("&quot;", '"'))  # type: ignore[index]
    assert manifest["default_permissions"]["discussions"] == "write"
    assert not manifest["public"]
    action = re.search(r'action="([^"]*organizations/Codertocat/settings/apps/new[^"]*)"', shown)
    assert action is not None
    state = parse_qs(urlsplit(action[1]).query)["state"][0]
    assert state in page(admin, "/upstream/inboxes/hello/app/")  # opened again, the first page still leads home
    fake.rest.codes = {"abc123"}
    assert "belongs to no question" in page(admin, "/upstream/github/made/?code=abc123&state=made-up")
    admin.get("/upstream/inboxes/hello/app/")
    again = admin.session["github_app"]["state"]
    assert again != state
    shown = page(admin, f"/upstream/github/made/?code=abc123&state={again}")
    assert f"GitHub made {SLUG}" in shown
    assert fake.rest.codes == set()
    bare.refresh_from_db()
    assert bare.shown_settings()["app_id"] == str(APP_ID)
    assert "BEGIN RSA" not in json.dumps(bare.settings)
    assert "Install it on" in page(admin, "/upstream/github/installed/?installation_id=666")
    said = admin.post("/upstream/inboxes/hello/check/", follow=True).content.decode()
    assert f"The app {SLUG} works and reaches {PLACE}." in said
    bare.refresh_from_db()
    assert bare.open_settings()["installation_id"] == str(INSTALLATION)
    assert "It is installed on" in page(admin, "/upstream/inboxes/hello/app/")
    assert bare.address == PLACE.lower()


def test_a_code_is_good_once_and_only_as_github_writes_it(bare: Inbox, fake: github.FakeGitHub) -> None:
    fake.rest.codes = {"abc123"}
    options = bare.open_settings()
    assert making.exchange("abc123", options).slug == SLUG
    for code in ("abc123", "../user", ""):
        with pytest.raises(ChannelError):
            making.exchange(code, options)


def test_a_public_desk_is_told_by_webhook() -> None:
    address = "https://desk.orbit.example"
    wanted = making.manifest(
        name="Orbit desk " * 9, home=address, hook=f"{address}/hooks/hello/", back="b", installed="i"
    )
    assert wanted["hook_attributes"] == {"url": f"{address}/hooks/hello/", "active": True}
    assert {"issues", "discussion_comment", "release"} <= set(wanted["default_events"])
    assert len(wanted["name"]) <= 34


def test_a_personal_token_says_whose_it_is(admin: Client, bare: Inbox) -> None:
    fields = {**bare.shown_settings(), "token": "t", "teams": [team.pk for team in bare.teams.all()]}
    assert "only hears" in page(admin, "/settings/inboxes/one/hello/")
    assert admin.post("/settings/inboxes/one/hello/edit/", fields).status_code == 302
    said = admin.post("/upstream/inboxes/hello/check/", follow=True).content.decode()
    assert "The token belongs to @desk" in said
    bare.refresh_from_db()
    assert bare.shown_settings()["account"] == "desk"
    assert "every minute, since no webhook tells it" in said


def test_another_repository_is_another_address(admin: Client, bare: Inbox) -> None:
    fields = {
        **bare.shown_settings(),
        "repository": "Codertocat/Other",
        "teams": [team.pk for team in bare.teams.all()],
    }
    assert admin.post("/settings/inboxes/one/hello/edit/", fields).status_code == 302
    bare.refresh_from_db()
    assert bare.address == "codertocat/other"
    assert "address" not in bare.settings


def test_the_inbox_page_says_how_far_it_is_and_what_is_left(admin: Client, hub: Hub) -> None:
    hub.fake.world.opens("casey", "EACCES on publish")
    assert "about to look" in page(admin, "/settings/inboxes/one/hello/")
    looks(hub)
    Posted.objects.create(account=account_of(hub.inbox), at=clock.now())
    shown = page(admin, "/settings/inboxes/one/hello/")
    assert "nothing is missing" in shown
    assert "1 was missing and taken in" in shown
    assert f"{hub.fake.remaining:,} of 5,000".replace(",", "") in shown.replace(",", "")
    assert "79 of 80" in shown
    CatchUp.objects.update(failing_since=clock.now() - timedelta(hours=2), failure="GitHub could not be reached.")
    assert "GitHub could not be reached." in page(admin, "/settings/inboxes/one/hello/")
    assert "within a minute" in admin.post("/upstream/inboxes/hello/look/", follow=True).content.decode()
    assert CatchUp.objects.get().looked_at is None


def test_what_was_left_to_the_maintainers_is_taken_in_by_a_click(admin: Client, hub: Hub) -> None:
    Inbox.objects.filter(pk=hub.inbox.pk).update(settings={**hub.inbox.settings, "labels": "support"})
    number = hub.fake.world.opens("casey", "EACCES on publish")
    hub.fake.world.says("casey", number, "Any news?")
    hub.flush()
    assert Conversation.objects.count() == 0
    assert "EACCES on publish" in page(admin, "/settings/inboxes/one/hello/")
    browser = Client()
    browser.force_login(hub.people.ada)
    assert "EACCES on publish" in page(browser, "/upstream/inboxes/hello/left/")
    thread = Thread.objects.get()
    assert browser.post(f"/upstream/threads/{thread.pk}/take/").status_code == 302
    hub.flush()
    assert hub.conversation().messages.count() == 2
    assert "Nothing is left out" in page(browser, "/upstream/inboxes/hello/left/")
    assert browser.post(f"/upstream/threads/{thread.pk}/take/").status_code == 404


def test_a_key_pasted_into_one_line_is_the_same_key() -> None:
    assert client.pem(private_key().replace("\n", "")) == private_key()
    assert client.pem("nonsense") == "nonsense"


def test_one_app_serves_two_repositories(admin: Client, hub: Hub) -> None:
    other = make_inbox(hub.people, {"repository": "Codertocat/Second", "api_url": hub.fake.url}, "second")
    assert "The app of hello" in page(admin, "/upstream/inboxes/second/app/")
    assert admin.post("/upstream/inboxes/second/share/", {"of": "hello"}).status_code == 302
    hub.fake.world.place, hub.fake.world.place_id = "Codertocat/Second", 2
    hub.fake.world.opens("casey", "EACCES on publish")
    hub.flush()  # it calls the first inbox's address
    assert hub.conversation().inbox == other
    Inbox.objects.filter(pk=other.pk).update(settings={**other.settings, "webhook_secret": "another"})
    hub.fake.world.opens("noor", "Another one")
    hub.flush()
    assert Conversation.objects.latest("pk").inbox == hub.inbox
