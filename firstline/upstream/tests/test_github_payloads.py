"""Every recorded payload of ../shared goes through the door's code path: no crash, a named outcome each."""

import hashlib
import hmac
import json
import re
import uuid
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from firstline.conversations.models import Conversation, Message, Status
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake import actions, hooks, recorded
from firstline.intake.models import InboundItem, Refusal
from firstline.upstream.actions import following, threads
from firstline.upstream.models import Thread, Version
from tests import shared
from tests.factories import People, people

SECRET = "a webhook secret"
OUTCOME = re.compile(r"new|threaded|state_change|ignored:[a-z0-9_]+")


@pytest.fixture
def everybody(db: None) -> People:
    hooks._peers.forget()
    return people()


@pytest.fixture
def inbox(everybody: People) -> Inbox:
    options = {"repository": "Codertocat/Hello-World", "webhook_secret": SECRET, "webhook_secret_before": "the old one"}
    return create_inbox(
        channel="github",
        name="hello",
        address="Codertocat/Hello-World",
        options=options,
        teams=[*everybody.ada.teams.all()],
    )


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(body: bytes, event: str, signature: str | None, delivery: str = "") -> int:
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery or str(uuid.uuid4())}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature
    return Client().post("/hooks/hello/", body, content_type="application/json", headers=headers).status_code


def issue(number: int = 7, **more: Any) -> dict[str, Any]:
    user = {"login": "casey", "id": 501, "type": "User"}
    return {
        "id": 9000 + number, "number": number, "title": "EACCES on publish", "body": "It stops with EACCES.",
        "user": user,
        "state": "open", "locked": False, "labels": [], "author_association": "NONE",
        "created_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:00Z",
        "html_url": f"https://github.com/Codertocat/Hello-World/issues/{number}", **more,
    }  # fmt: skip


def comment(said: str, minute: int, who: str = "casey", pk: int = 501, **more: Any) -> dict[str, Any]:
    at = f"2026-11-01T11:{minute:02}:00Z"
    user = {"login": who, "id": pk, "type": "User"}
    return {"id": 70_000 + minute, "body": said, "user": user, "author_association": "NONE",
            "created_at": at, "updated_at": at, **more}  # fmt: skip


def payload(action: str, **more: Any) -> dict[str, Any]:
    repository = {"id": 1, "full_name": "Codertocat/Hello-World", "private": False}
    return {"action": action, "repository": repository, "sender": {"login": "casey", "id": 501}, **more}


def arrives(inbox: Inbox, event: str, what: dict[str, Any]) -> InboundItem:
    """One delivery through the door, processed."""
    body = json.dumps(what).encode()
    assert post(body, event, sign(body)) == 202
    item = InboundItem.objects.filter(inbox=inbox).latest("pk")
    actions.process(item.pk)
    item.refresh_from_db()
    return item


@pytest.mark.corpus
def test_every_recorded_payload_has_a_named_outcome(inbox: Inbox) -> None:
    files = sorted(shared.data("github-webhooks").glob("*/*.json"))
    assert files
    found = [recorded.send(inbox, path) for path in files]
    assert [one for one in found if one["status"] != 202 or not OUTCOME.fullmatch(one["outcome"])] == []
    assert Counter(one["outcome"].partition(":")[0] for one in found)["new"] >= 1
    assert InboundItem.objects.filter(outcome="pending").count() == 0


def test_the_door_believes_only_signed_bytes(inbox: Inbox) -> None:
    body = json.dumps(payload("opened", issue=issue())).encode()
    assert post(body, "issues", None) == 401
    assert post(body, "issues", sign(b"other bytes")) == 403
    assert post(body + b" ", "issues", sign(body)) == 403
    assert post(body, "issues", sign(body, "a stale secret")) == 403
    assert InboundItem.objects.count() == 0
    assert dict(Refusal.objects.values_list("code", "count")) == {"http_401": 1, "http_403": 3}
    assert post(body, "issues", sign(body, "the old one")) == 202
    assert post(body, "issues", sign(body)) == 202  # replayed under another delivery id: nothing new
    assert InboundItem.objects.count() == 1


def test_a_guessing_peer_is_slowed(inbox: Inbox) -> None:
    answers = [post(b"{}", "issues", sign(b"guess")) for _ in range(25)]
    assert answers[0] == 403
    assert answers[-1] == 429


def test_an_issue_becomes_a_public_conversation_and_its_comments_its_messages(inbox: Inbox) -> None:
    opened = issue(labels=[{"name": "Bug"}])
    assert arrives(inbox, "issues", payload("opened", issue=opened)).outcome == "new"
    item = arrives(inbox, "issue_comment", payload("created", issue=opened, comment=comment("Any news?", 1)))
    assert item.outcome == "threaded"
    conversation = Conversation.objects.get()
    assert conversation.subject == "EACCES on publish"
    assert conversation.status == Status.OPEN
    assert [one.text for one in conversation.messages.order_by("created_at")] == ["It stops with EACCES.", "Any news?"]
    assert conversation.strands.get().audience == "public"
    assert conversation.contact.identities.get().key == "501"
    assert [tag.name for tag in conversation.tags.all()] == ["bug"]


def test_a_maintainers_answer_stops_the_clock_until_the_contact_returns(inbox: Inbox) -> None:
    arrives(inbox, "issues", payload("opened", issue=issue()))
    helper = comment("Use sudo-less installs.", 1, "maya", 77, author_association="MEMBER")
    arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=helper))
    conversation = Conversation.objects.get()
    assert conversation.status == Status.WAITING_ON_CONTACT
    arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=comment("+1", 2, "noor", 502)))
    conversation.refresh_from_db()
    assert conversation.status == Status.WAITING_ON_CONTACT
    arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=comment("Still broken.", 3)))
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_edits_keep_versions_deletions_mark_and_order_does_not_matter(inbox: Inbox) -> None:
    arrives(inbox, "issues", payload("opened", issue=issue()))
    edited = comment("Second words.", 1, updated_at="2026-11-01T12:00:00Z")
    arrives(inbox, "issue_comment", payload("edited", issue=issue(), comment=edited))
    late = arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=comment("First words.", 1)))
    assert late.outcome == "ignored:already_known"
    arrives(inbox, "issue_comment", payload("deleted", issue=issue(), comment=edited))
    message = Message.objects.latest("pk")
    assert message.text == "Second words."
    assert set(message.flags) >= {"edited_upstream", "deleted_upstream"}
    versions = Version.objects.filter(original__message=message).order_by("at")
    assert [one.text for one in versions] == [
        "First words.",
        "Second words.",
    ]


def test_closing_and_reopening_are_followed(inbox: Inbox) -> None:
    arrives(inbox, "issues", payload("opened", issue=issue()))
    closed = issue(state="closed", state_reason="duplicate", updated_at="2026-11-02T10:00:00Z")
    assert arrives(inbox, "issues", payload("closed", issue=closed)).outcome == "state_change"
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.resolution) == ("resolved", "duplicate")
    arrives(inbox, "issues", payload("reopened", issue=issue(updated_at="2026-11-03T10:00:00Z")))
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_what_the_rules_leave_to_the_maintainers_can_be_pulled_in(inbox: Inbox, run_reactions: Any) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(settings={**inbox.settings, "labels": "support"})
    assert arrives(inbox, "issues", payload("opened", issue=issue())).outcome == "ignored:left_to_maintainers"
    run_reactions()
    following.pull_in(Thread.objects.get())
    run_reactions()
    assert Conversation.objects.get().subject == "EACCES on publish"
    assert InboundItem.objects.get().outcome == "new"


def test_a_renamed_repository_takes_all_its_threads_along_in_three_statements(
    inbox: Inbox, django_assert_num_queries: Any
) -> None:
    for number in (7, 8, 9):
        assert arrives(inbox, "issues", payload("opened", issue=issue(number))).outcome == "new"
    before = {thread.pk: thread.address for thread in Thread.objects.all()}
    place = Thread.objects.values_list("place", flat=True).distinct().get()

    with django_assert_num_queries(3):
        threads.place_changed("github", place, "casey/moved")

    for thread in Thread.objects.select_related("strand"):
        assert thread.strand is not None
        assert thread.place == "casey/moved"
        assert thread.address == "casey/moved" + before[thread.pk].removeprefix(place)
        assert thread.strand.external_id == thread.address
