"""A desk and a fake GitHub that know each other: what happens on one side arrives at the other when a test says so."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from firstline.conversations.models import Conversation
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake import actions, hooks, tasks
from firstline.intake.models import PENDING, InboundItem
from tests.factories import People
from tests.fakes.github import FakeGitHub
from tests.fakes.github.world import APP_ID, INSTALLATION, PLACE, SLUG
from tests.jobs import run_reactions, waiting

SECRET = "a webhook secret"


@dataclass
class Hub:
    """`is_up` is whether the desk's door answers; deliveries that find it shut are lost until they are sent again."""

    fake: FakeGitHub
    people: People
    inbox: Inbox
    is_up: bool = True
    refused: list[int] = field(default_factory=list)

    def flush(self) -> None:
        """Everything due travels both ways until nothing moves any more."""
        while self.fake.deliver(self._take) or run_reactions():
            pass

    def take_in(self) -> None:
        """Every delivery comes in and is understood; what else would follow from it is left out, for speed."""
        while self.fake.deliver(self._take):
            for item_id in InboundItem.objects.filter(outcome=PENDING).order_by("pk").values_list("pk", flat=True):
                actions.process(item_id)
        for job in waiting("intake.pull_in"):
            tasks.pull_in(**job.args)

    def conversation(self) -> Conversation:
        """The only conversation there is, read anew."""
        return Conversation.objects.get()

    def _take(self, event: str, body: bytes, guid: str) -> int:
        if not self.is_up:
            return 502
        headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": guid, "X-Hub-Signature-256": sign(body)}
        hooks._peers.forget()
        answer = Client().post(f"/hooks/{self.inbox.name}/", body, content_type="application/json", headers=headers)
        return answer.status_code


def sign(body: bytes, secret: str = SECRET) -> str:
    """The header by which GitHub proves that it wrote the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def app_options(fake: FakeGitHub, **more: str) -> dict[str, str]:
    """What an inbox is told that works as an app."""
    return {
        "repository": PLACE, "webhook_secret": SECRET, "api_url": fake.url, "app_id": str(APP_ID), "app_slug": SLUG,
        "installation_id": str(INSTALLATION), "private_key": private_key(), **more,
    }  # fmt: skip


def make_inbox(people: People, options: dict[str, str], name: str = "hello") -> Inbox:
    """A GitHub inbox of Ada's team."""
    teams = [*people.ada.teams.all()]
    return create_inbox(channel="github", name=name, address=options["repository"], options=options, teams=teams)


@functools.cache
def private_key() -> str:
    """An app's private key, made once a run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, pem, serialization.NoEncryption()).decode()


HubMaker = Callable[..., Hub]
