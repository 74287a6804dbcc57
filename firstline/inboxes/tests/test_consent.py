"""OAuth for mailboxes: allowed once in the browser, renewed by itself, loud when it dies; on a real Dovecot."""

import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from firstline.channels.base import ChannelError
from firstline.channels.email import accounts, imap, oauth
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes import actions
from firstline.inboxes.models import Grant, Inbox
from tests import factories, servers
from tests.factories import People
from tests.jobs import run_reactions
from tests.servers import dovecot, token_server
from tests.servers.token_server import TokenServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody() -> People:
    return factories.people()


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with token_server.running() as running:
        yield running


def told(inbox: Inbox, tokens: TokenServer, **changed: str) -> dict[str, str]:
    return {
        "address": inbox.address,
        "in_via": "oauth",
        "imap_server": "127.0.0.1:1",
        "oauth_client_id": "desk",
        "oauth_authorize_url": f"{tokens.url}/authorize",
        "oauth_token_url": f"{tokens.url}/token",
        "oauth_scope": "mail",
        **changed,
    }


def admin(everybody: People) -> Client:
    client = Client()
    client.force_login(everybody.lena)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: Any) -> None:
        return None


def agreed(link: str) -> str:
    """The owner's browser at the provider: where it is sent back to."""
    try:
        urllib.request.build_opener(Stay()).open(link, timeout=5).close()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"].removeprefix("http://testserver")
    raise AssertionError("The provider did not send the browser back.")


def consented(everybody: People, tokens: TokenServer, **changed: str) -> Client:
    actions.change_settings(everybody.inbox, by=everybody.lena, values=told(everybody.inbox, tokens, **changed))
    client = admin(everybody)
    page = client.post(reverse("inboxes:connect", args=["desk"])).text
    link = page.split('href="http://127.0.0.1')[1].split('"')[0].replace("&amp;", "&")
    back = client.get(agreed(f"http://127.0.0.1{link}"))
    assert back["Location"] == reverse("inboxes:inbox", args=["desk"])
    return client


def late(grant: Grant, minutes: int = 1) -> None:
    Grant.objects.filter(pk=grant.pk).update(expires_at=clock.now() + timedelta(minutes=minutes))


@pytest.mark.journey
def test_a_mailbox_is_connected_in_the_browser_and_read_with_its_token(everybody: People, tokens: TokenServer) -> None:
    servers.needed(dovecot.PROGRAM)
    tokens.email = "support"  # Dovecot leaves the domain away
    with dovecot.running(f"{tokens.url}/introspect") as server:
        consented(everybody, tokens, imap_server=server.server)
        with imap.Mailbox(accounts.imap_account(actions.settings_to_send(everybody.inbox))) as box:
            assert box.after(0) == []
        tokens.access.clear()
        with pytest.raises(imap.Refused):
            imap.Mailbox(accounts.imap_account(actions.settings_to_send(everybody.inbox)))
        actions.distrust_token(everybody.inbox)
        with imap.Mailbox(accounts.imap_account(actions.settings_to_send(everybody.inbox))) as box:
            assert box.after(0) == []
    grant = Grant.objects.get()
    stored = bytes(grant.ciphertext) + bytes(grant.wrapped_key)
    assert not any(token.encode() in stored for token in tokens.refresh)


def test_a_token_is_renewed_before_it_ends_and_the_rotated_one_is_kept(everybody: People, tokens: TokenServer) -> None:
    consented(everybody, tokens)
    first = actions.access_token(everybody.inbox)
    assert actions.access_token(everybody.inbox) == first
    for times in (1, 2):
        late(Grant.objects.get())
        assert actions.access_token(everybody.inbox) != first
        assert tokens.refreshed == times


def test_while_the_provider_is_away_the_old_token_goes_on(everybody: People, tokens: TokenServer) -> None:
    consented(everybody, tokens)
    first = actions.access_token(everybody.inbox)
    tokens.down = True
    late(Grant.objects.get())
    assert actions.access_token(everybody.inbox) == first
    late(Grant.objects.get(), minutes=-1)
    with pytest.raises(ChannelError) as caught:
        actions.access_token(everybody.inbox)
    assert not caught.value.permanent
    tokens.down = False
    assert actions.access_token(everybody.inbox) != first
    assert Grant.objects.get().dead_since is None


def test_a_dead_grant_is_told_to_every_admin_and_shown(everybody: People, tokens: TokenServer) -> None:
    client = consented(everybody, tokens)
    run_reactions()
    mail.outbox.clear()
    tokens.dead = True
    late(Grant.objects.get())
    assert actions.refresh_due() == 1
    assert actions.refresh_due() == 0
    with pytest.raises(oauth.GrantDead):
        actions.access_token(everybody.inbox)
    assert Event.objects.filter(kind=Kind.GRANT_DIED, inbox_id=everybody.inbox.pk).count() == 1
    run_reactions()
    assert [one.to for one in mail.outbox] == [["lena@orbit.example"]]
    assert "Connect the mailbox again" in mail.outbox[0].body
    page = client.get(reverse("inboxes:inbox", args=["desk"])).text
    assert "does not accept our access any more" in page
    tokens.dead = False
    consented(everybody, tokens)
    assert Grant.objects.get().dead_since is None


def test_an_answer_that_nobody_asked_for_changes_nothing(everybody: People, tokens: TokenServer) -> None:
    actions.change_settings(everybody.inbox, by=everybody.lena, values=told(everybody.inbox, tokens))
    client, back = admin(everybody), reverse("inboxes:consent_back")
    assert client.get(back, {"code": "x", "state": "y"})["Location"] == reverse("inboxes:inboxes")
    client.post(reverse("inboxes:connect", args=["desk"]))
    assert client.get(back, {"code": "x", "state": "y"})["Location"] == reverse("inboxes:inboxes")
    assert client.get(back, {"code": "x", "state": ""})["Location"] == reverse("inboxes:inboxes")
    page = client.post(reverse("inboxes:connect", args=["desk"])).text
    state = urllib.parse.parse_qs(page.split("state=")[1].split('"')[0].replace("&amp;", "&").join(["state=", ""]))
    assert client.get(back, {"error": "access_denied", "state": state["state"][0]}).status_code == 302
    assert client.get(back, {"code": "made-up", "state": state["state"][0]}).status_code == 302
    assert not Grant.objects.exists()


@pytest.mark.parametrize("url", ["http://login.example.org/token", "ftp://x/token", ""])
def test_tokens_are_asked_for_by_https_only(everybody: People, tokens: TokenServer, url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        oauth.provider(told(everybody.inbox, tokens, oauth_token_url=url))
