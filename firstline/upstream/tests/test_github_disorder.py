"""Deliveries that come twice, late, out of order or replayed leave the conversations of the clean run, nothing else.

`DISORDER_DELIVERIES` says how many; the suite runs few of them, docs/reference/measured.md has ten thousand.
"""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstline.channels import registry
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake import actions, hooks, tasks
from firstline.intake.models import InboundItem
from firstline.ledger.queries import ledger
from firstline.upstream import queries
from firstline.upstream.models import Original
from tests.factories import people
from tests.jobs import waiting

DELIVERIES = int(os.environ.get("DISORDER_DELIVERIES", "120"))
PEOPLE = [("casey", 501, "NONE"), ("noor", 502, "NONE"), ("maya", 77, "MEMBER"), ("robot", 9, "NONE")]
WORDS = ["It still stops.", "+1", "Use npm 11.", "Thanks, that works.", "Which version?", "same here"]
Delivery = tuple[str, bytes]


class Story:
    """One repository's life, told delivery by delivery; every second something happens once."""

    def __init__(self, seed: int, repository: int) -> None:
        self.random, self.repository, self.now, self.number, self.comments = random.Random(seed), repository, 0, 0, 0
        self.issues: list[dict[str, Any]] = []
        self.told: list[Delivery] = []

    def tell(self, deliveries: int) -> list[Delivery]:
        while len(self.told) < deliveries:
            steps = (
                [self._opened] if not self.issues else [self._opened, self._said, self._said, self._said, self._state]
            )
            self.random.choice(steps)()
        return self.told

    def _at(self) -> str:
        self.now += 1
        return (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=self.now)).isoformat()

    def _person(self) -> dict[str, Any]:
        login, pk, role = self.random.choice(PEOPLE)
        kind = "Bot" if login == "robot" else "User"
        return {"user": {"login": login, "id": pk, "type": kind}, "author_association": role}

    def _add(self, event: str, action: str, issue: dict[str, Any], **more: Any) -> None:
        place = {"id": self.repository, "full_name": "orbit/registry", "private": False}
        payload = {"action": action, "issue": issue, "repository": place, **more}
        self.told.append((event, json.dumps(payload).encode()))

    def _opened(self) -> None:
        self.number += 1
        at = self._at()
        issue = {
            "id": self.repository * 100_000 + self.number, "number": self.number, "title": f"Trouble {self.number}",
            "body": "It stops.", "state": "open", "locked": False, "labels": [], "created_at": at, "updated_at": at,
            "user": {"login": "casey", "id": 501, "type": "User"}, "author_association": "NONE",
        }  # fmt: skip
        self.issues.append(issue)
        self._add("issues", "opened", dict(issue))

    def _said(self) -> None:
        issue, at = self.random.choice(self.issues), self._at()
        issue["updated_at"] = at
        self.comments += 1
        said = {"id": self.repository * 1_000_000 + self.comments, "body": self.random.choice(WORDS), "created_at": at,
                "updated_at": at, **self._person()}  # fmt: skip
        self._add("issue_comment", "created", dict(issue), comment=dict(said))
        if self.random.random() < 0.2:
            said |= {"body": f"{said['body']} (edited)", "updated_at": self._at()}
            self._add("issue_comment", "edited", dict(issue), comment=dict(said))
        if self.random.random() < 0.1:
            said["updated_at"] = self._at()
            self._add("issue_comment", "deleted", dict(issue), comment=dict(said))

    def _state(self) -> None:
        issue = self.random.choice(self.issues)
        issue["updated_at"] = self._at()
        if self.random.random() < 0.5:
            issue["labels"] = [{"name": self.random.choice(["bug", "docs", "question"])}]
            self._add("issues", "labeled", dict(issue))
        else:
            issue["state"] = "open" if issue["state"] == "closed" else "closed"
            issue["closed_at"] = issue["updated_at"] if issue["state"] == "closed" else None
            self._add("issues", "closed" if issue["state"] == "closed" else "reopened", dict(issue))


def disordered(told: list[Delivery], seed: int) -> list[Delivery]:
    """5 % come twice, 5 % are replayed at the end, 5 % come late, 5 % are dropped until the source sends them again."""
    rng = random.Random(seed)
    now: list[tuple[float, Delivery]] = []
    for index, one in enumerate(told):
        fate = rng.random()
        at = float(index)
        if fate < 0.05:
            now.append((at + rng.random() * 5, one))
        elif fate < 0.10:
            now.append((len(told) + rng.random(), one))
        elif fate < 0.15:
            at += rng.randint(1, 60)
        elif fate < 0.20:
            at = len(told) + 1 + rng.random() * 50
        now.append((at, one))
    return [one for _at, one in sorted(now, key=lambda pair: pair[0])]


def feed(inbox: Inbox, deliveries: list[Delivery]) -> None:
    channel = registry.get("github")
    options = inbox.open_settings()
    for event, body in deliveries:
        for accepted in hooks.take(inbox, channel.sign_hook(body, event, options)):
            actions.process(accepted.item_id)
    for job in waiting("intake.pull_in"):
        tasks.pull_in(**job.args)


def seen(inbox: Inbox) -> dict[str, Any]:
    """Everything that an agent could see of the inbox's conversations, by the thread's number."""
    found: dict[str, Any] = {}
    for conversation in Conversation.objects.filter(inbox=inbox):
        originals = Original.objects.filter(message__conversation=conversation).select_related("message")
        said = sorted(
            (
                one.external_id[-5:], one.message.text, one.message.author_identity_id, one.message.is_automatic,
                sorted(one.message.flags), queries.versions(one),
            )
            for one in originals
        )  # fmt: skip
        tags = sorted(conversation.tags.values_list("name", flat=True))
        found[conversation.subject] = (conversation.status, conversation.resolution, tags, said)
    return found


@pytest.mark.corpus
def test_disorder_changes_nothing(db: None) -> None:
    people()
    secret = {"webhook_secret": "s"}
    clean = create_inbox(
        channel="github", name="clean", address="orbit/clean", options={"repository": "orbit/clean", **secret}
    )
    messy = create_inbox(
        channel="github", name="messy", address="orbit/messy", options={"repository": "orbit/messy", **secret}
    )
    feed(clean, Story(7, 1).tell(DELIVERIES))
    feed(messy, disordered(Story(7, 2).tell(DELIVERIES), 11))
    expected, found = seen(clean), seen(messy)
    assert expected
    differing = {
        subject: (expected.get(subject), found.get(subject))
        for subject in expected
        if expected[subject] != found.get(subject)
    }
    assert differing == {}
    assert len(found) == len(expected)
    assert InboundItem.objects.filter(outcome="pending").count() == 0
    assert ledger(since=None, now=clock.now()).ok
