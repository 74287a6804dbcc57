"""The operator's own tokens are told to their platform, and what stands in public is hidden there (P-15, P-17)."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import Team
from firstline.contacts.actions import identify
from firstline.conversations.actions import storing
from firstline.conversations.models import Audience, Message, SealedSecret, Strand
from firstline.core import environment
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.evidence import secrets, tokens_known
from firstline.inboxes.actions import create_inbox
from firstline.privacy.actions import platform
from firstline.upstream.models import Original, Thread
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
TOKEN = "orb_" + "Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5J"


class Outside:
    """A server of somebody else's: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.url = 200, ""


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    found = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b'{"data": 1}' if self.path != "/graphql" else b'{"data":{}}')

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def own_tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(tokens_known.OWN_PREFIXES, "orb_ orbit-")
    tokens_known.own.cache_clear()
    yield
    tokens_known.own.cache_clear()


@pytest.fixture
def people() -> People:
    return factories.people()


def pasted(people: People, token: str = TOKEN) -> Message:
    (found,) = secrets.find(token)
    kept = storing.FoundSecret(found.kind, found.mask, token)
    return factories.arrives(people.inbox, people.casey, factories.mail("Token", found.mask), secrets=(kept,))


# ---------- P-15 ----------


def test_p15_tokens_of_ones_own_are_found_by_their_prefix(own_tokens: None) -> None:
    masked = secrets.mask(f"export ORBIT={TOKEN}\nthe orb_it of a kite, orbit-something-ordinary")
    assert [one.kind for one in masked.secrets] == ["own_token"]
    assert TOKEN not in masked.text
    assert "orb_••••" in masked.text


@pytest.mark.parametrize("prefixes", ["ab", "orb_ é"])
def test_p15_a_prefix_that_means_every_word_is_refused(monkeypatch: pytest.MonkeyPatch, prefixes: str) -> None:
    monkeypatch.setenv(tokens_known.OWN_PREFIXES, prefixes)
    tokens_known.own.cache_clear()
    with pytest.raises(environment.BadSetting):
        tokens_known.own()
    tokens_known.own.cache_clear()


def test_p15_the_platform_is_told_the_fingerprint_signed_and_once(
    people: People,
    own_tokens: None,
    outside: Outside,
    settings: LazySettings,
    run_reactions: Callable[..., int],
) -> None:
    settings.SECRET_HOOK, settings.SECRET_HOOK_KEY = f"{outside.url}/leaked", "shared"
    message = pasted(people)
    run_reactions()
    assert platform.tell(message.pk) == 0
    ((path, headers, body),) = outside.asked
    said = json.loads(body)
    assert (path, said["type"]) == ("/leaked", "own_token")
    assert said["fingerprint"] == hashlib.sha256(TOKEN.encode()).hexdigest()
    assert TOKEN.encode() not in body
    at, _comma, signed = headers["x-firstline-signature"].removeprefix("t=").partition(",v1=")
    assert signed == hmac.new(b"shared", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert AuditEntry.objects.filter(kind=Kind.SECRET_TOLD).count() == 1


def test_p15_a_platform_that_is_away_is_told_later_and_foreign_tokens_never(
    people: People, own_tokens: None, outside: Outside, settings: LazySettings
) -> None:
    settings.SECRET_HOOK, settings.SECRET_HOOK_KEY = f"{outside.url}/leaked", "shared"
    outside.status = 503
    message = pasted(people)
    with pytest.raises(platform.NotTold):
        platform.tell(message.pk)
    assert not AuditEntry.objects.filter(kind=Kind.SECRET_TOLD).exists()
    outside.status = 204
    assert platform.tell(message.pk) == 1
    before = len(outside.asked)
    foreign = pasted(people, "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o")
    assert platform.tell(foreign.pk) == 0
    assert len(outside.asked) == before


# ---------- P-17 ----------


@pytest.fixture
def leaked(people: People, outside: Outside) -> Message:
    """Somebody pasted a GitHub token under a public issue."""
    inbox = create_inbox(channel="github", name="issues", address="orbit/cli", teams=[Team.objects.get(name="Desk")])
    inbox.settings = {"repository": "orbit/cli", "api_url": outside.url, "token": "made-up"}
    inbox.save(update_fields=["settings"])
    writer = identify(channel="github", address="casey-404", name="Casey", key="99118")
    kept = storing.FoundSecret("github_token", "ghp_••••(sha256:ab12)", "ghp_" + "Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1oQm4")
    message = factories.arrives(
        inbox, writer, factories.mail("404", "With ghp_••••(sha256:ab12) it says 404."), secrets=(kept,)
    )
    Strand.objects.filter(pk=message.strand_id).update(audience=Audience.PUBLIC, external_id="orbit/cli/issues/7")
    message.strand.refresh_from_db()
    thread = Thread.objects.create(strand=message.strand, inbox=inbox, address="orbit/cli/issues/7", title="404")
    Original.objects.create(thread=thread, message=message, channel="github", external_id="issue/7", ref="IC_node7")
    return message


def test_p17_the_card_says_that_hiding_takes_nothing_back_and_hides_there(
    people: People, leaked: Message, outside: Outside
) -> None:
    ada = Client()
    ada.force_login(people.ada)
    page = reverse("conversations:permalink", args=[leaked.conversation_id])
    body = ada.get(page, follow=True).content.decode()
    assert "A secret stands in public" in body
    assert "Hiding does not take it back: it has to be revoked." in body
    ada.post(reverse("privacy:hide_there", args=[leaked.pk]))
    ((path, _headers, sent),) = outside.asked
    assert path == "/graphql"
    assert json.loads(sent)["variables"]["thread"] == "IC_node7"
    assert "hidden there" in ada.get(page, follow=True).content.decode()
    assert AuditEntry.objects.get(kind=Kind.SECRET_HIDDEN).subject_id == leaked.pk


def test_p17_a_platform_that_refuses_is_said_and_nothing_counts_as_hidden(
    people: People, leaked: Message, outside: Outside
) -> None:
    outside.status = 404
    ada = Client()
    ada.force_login(people.ada)
    ada.post(reverse("privacy:hide_there", args=[leaked.pk]))
    assert not AuditEntry.objects.filter(kind=Kind.SECRET_HIDDEN).exists()


def test_p17_the_public_answer_names_the_steps_and_no_part_of_the_secret(people: People, leaked: Message) -> None:
    ada = Client()
    ada.force_login(people.ada)
    ada.post(reverse("privacy:advise_there", args=[leaked.pk]))
    answer = Message.objects.get(conversation=leaked.conversation_id, author_identity=None)
    assert "1. " in answer.text
    assert "whoever has read it still has it" in answer.text
    for part in ("ghp_", "ab12", "••••"):
        assert part not in answer.text
    assert answer.strand_id == leaked.strand_id


def test_p17_what_came_by_private_mail_shows_no_such_card(people: People) -> None:
    message = pasted(people, "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o")
    assert SealedSecret.objects.filter(message=message).exists()
    ada = Client()
    ada.force_login(people.ada)
    body = ada.get(reverse("conversations:permalink", args=[message.conversation_id]), follow=True).content.decode()
    assert "A secret stands in public" not in body
