"""The desk against a real Bluesky on loopback: `make test-bluesky` starts one and runs this (not part of CI).

A mention comes in, the answer stands below it, what comes while no process reads is there after the start, a deletion
is seen, a second write under the same key is the first one.
"""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstline.channels import registry
from firstline.channels.bluesky import client, sending
from firstline.channels.networks.api import Api
from firstline.conversations.actions import posting
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import polling
from firstline.intake.models import InboundItem
from firstline.intake.tests.networks import look, look_again, processed, reply, send
from tests.factories import People, people
from tests.fakes.network import stamp

SERVER = os.environ.get("BLUESKY_TEST_SERVER", "127.0.0.1:2583")
SECONDS = 90.0
channel = registry.get("bluesky")


@dataclass(frozen=True)
class Account:
    """Somebody at the real server."""

    at: Api
    did: str
    handle: str
    password: str

    def says(self, text: str, *, calls: "Account | None" = None, answers: dict[str, str] | None = None,
             root: dict[str, str] | None = None, slow: int = 0) -> dict[str, str]:  # fmt: skip
        """Post, calling somebody by a facet, or answering a post, from a device that is `slow` minutes behind."""
        written = stamp(datetime.now(UTC) - timedelta(minutes=slow))
        record: dict[str, Any] = {"$type": sending.COLLECTION, "text": text, "createdAt": written}
        if calls is not None:
            place = {"byteStart": text.index("@"), "byteEnd": text.index("@") + len(calls.handle) + 1}
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": calls.did}
            record["facets"] = [{"index": place, "features": [feature]}]
        if answers is not None:
            record["reply"] = {"root": root or answers, "parent": answers}
        asked = {"repo": self.did, "collection": sending.COLLECTION, "record": record}
        made = self.at.post("/xrpc/com.atproto.repo.createRecord", asked)
        return {"uri": made["uri"], "cid": made["cid"]}

    def deletes(self, post: dict[str, str]) -> None:
        """Take a post away."""
        key = post["uri"].rpartition("/")[2]
        asked = {"repo": self.did, "collection": sending.COLLECTION, "rkey": key}
        self.at.post("/xrpc/com.atproto.repo.deleteRecord", asked)


def account(name: str) -> Account:
    """A new account."""
    handle, password = f"{name}-{secrets.token_hex(4)}.test", secrets.token_hex(12)
    asked = {"handle": handle, "email": f"{handle}@example.com", "password": password}
    made = Api("Bluesky", f"http://{SERVER}").post("/xrpc/com.atproto.server.createAccount", asked)
    bearer = {"Authorization": f"Bearer {made['accessJwt']}"}
    return Account(Api("Bluesky", f"http://{SERVER}", bearer), made["did"], handle, password)


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", SERVER)


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture
def orbit(allowed: None) -> Account:
    return account("orbit")


@pytest.fixture
def inbox(everybody: People, orbit: Account) -> Inbox:
    options = {"service": f"http://{SERVER}", "app_password": orbit.password}
    teams = [*everybody.ada.teams.all()]
    found = inboxes.create_inbox(
        channel="bluesky", name="bluesky", address=f"@{orbit.handle}", options=options, teams=teams
    )
    inboxes.mailbox_of(found)
    Mailbox.objects.filter(inbox=found).update(begins_at=clock.now() - timedelta(hours=1))
    return found


def soon(inbox: Inbox, count: int) -> list[str]:
    """Look until so much came: the app view indexes what the server tells it a moment later."""
    before, until = set(InboundItem.objects.values_list("pk", flat=True)), time.monotonic() + SECONDS
    while InboundItem.objects.exclude(pk__in=before).count() < count and time.monotonic() < until:
        polling.take_new(Mailbox.objects.get(inbox=inbox))
        time.sleep(0.2)
    return processed(before)


def test_mention_in_reply_out_thread_right_and_a_pause_loses_nothing(
    inbox: Inbox, everybody: People, orbit: Account
) -> None:
    casey, noor = account("casey"), account("noor")
    assert look(inbox) == []
    first = casey.says(f"Hi @{orbit.handle}, my publish stops with E403", calls=orbit)
    assert soon(inbox, 1) == ["new"]
    conversation = Conversation.objects.get()
    sent = send(reply(everybody, "Log in again: https://docs.orbit.example/login", conversation))
    assert (sent.state, sent.failure) == (Delivery.SENT, "")
    uri = sent.external_ids.get(external_id__startswith="at://").external_id
    ours = {"uri": uri, "cid": _cid(orbit, uri)}
    follow_up = casey.says("Any news?", answers=ours, root=first)  # nobody reads meanwhile
    noor.says(f"@{orbit.handle} me as well: E404", calls=orbit, slow=10)
    assert sorted(soon(inbox, 2)) == ["new", "threaded"]
    assert conversation.messages.order_by("created_at")[0].text.startswith("Hi @")
    assert conversation.messages.count() == 3
    assert look(inbox) == []
    assert _chain(casey, first["uri"]) == [casey.did, orbit.did, casey.did]
    assert {
        one.external_id
        for one in channel.reconcile(inbox.created_at - timedelta(hours=1), inboxes.settings_to_send(inbox))
    } == set(Message.objects.filter(author_identity__isnull=False).values_list("message_id", flat=True))
    casey.deletes(follow_up)
    assert _soon_gone(inbox) == ["state_change"]


def test_a_second_write_under_the_same_key_is_the_first(inbox: Inbox, everybody: People, orbit: Account) -> None:
    casey = account("casey")
    casey.says(f"@{orbit.handle} E403", calls=orbit)
    assert soon(inbox, 1) == ["new"]
    message = reply(everybody, "Log in again. " * 40)
    outgoing, options = posting.compose(message), inboxes.settings_to_send(inbox)
    assert channel.find(outgoing, options) == ""
    first = channel.send(outgoing, options)
    assert channel.send(outgoing, options) == first
    assert channel.find(outgoing, options) == first
    where = {"repo": orbit.did, "collection": sending.COLLECTION}
    assert len(client.api(options).get("/xrpc/com.atproto.repo.listRecords", where)["records"]) == 2


def _cid(account: Account, uri: str) -> str:
    where = {"repo": account.did, "collection": sending.COLLECTION, "rkey": uri.rpartition("/")[2]}
    return str(account.at.get("/xrpc/com.atproto.repo.getRecord", where)["cid"])


def _chain(account: Account, uri: str) -> list[str]:
    """Who wrote the thread, from its root down to the first answer of each answer."""
    at = account.at.get("/xrpc/app.bsky.feed.getPostThread", {"uri": uri})["thread"]
    found = [at["post"]["author"]["did"]]
    while at.get("replies"):
        at = at["replies"][0]
        found.append(at["post"]["author"]["did"])
    return found


def _soon_gone(inbox: Inbox) -> list[str]:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = look_again(inbox)
        if found:
            return found
        time.sleep(0.2)
    return []
