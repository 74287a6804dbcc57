"""Who pasted a secret is told what to do, and GitHub revokes a token when an agent asks for it (P-13, P-14)."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from firstline.conversations.actions import storing
from firstline.conversations.models import Message, SealedSecret
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.privacy.actions import leaking
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
TOKEN = "ghp_" + "Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1oQm4"


@pytest.fixture
def people() -> People:
    return factories.people()


def pasted(people: People, *, auth: str = "pass", kind: str = "github_token") -> Message:
    found = storing.FoundSecret(kind, "ghp_••••(sha256:ab12)", TOKEN)
    mail = factories.mail("Token", "ghp_••••(sha256:ab12) does not work")
    return factories.arrives(people.inbox, people.casey, mail, auth=auth, secrets=(found,))


def letters() -> list[Message]:
    return list(Message.objects.filter(author_machine="secrets"))


@pytest.mark.parametrize("kind", ["github_token", "npm_token", "aws_secret", "private_key"])
def test_p13_the_sender_gets_steps_for_the_kind_and_no_part_of_it(
    people: People, run_reactions: Callable[..., int], kind: str
) -> None:
    pasted(people, kind=kind)
    run_reactions()
    (letter,) = letters()
    assert "1. " in letter.text
    assert "Treat it as leaked" in letter.text
    for part in (TOKEN, TOKEN[:8], "ab12", "••••"):
        assert part not in letter.text


@pytest.mark.parametrize("auth", ["none", "fail"])
def test_p13_nobody_is_told_who_may_not_be_the_sender(
    people: People, run_reactions: Callable[..., int], auth: str
) -> None:
    pasted(people, auth=auth)
    run_reactions()
    assert letters() == []


def test_p13_once_a_day(people: People, run_reactions: Callable[..., int]) -> None:
    message = pasted(people)
    run_reactions()
    assert leaking.advise(message.pk) is None
    assert len(letters()) == 1


class Revoker:
    """GitHub's door for leaked tokens: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, Any]] = []
        self.status, self.url = 202, ""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Revoker]:
    found = Revoker()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            found.asked.append((self.path, self.headers.get("Authorization"), body))
            self.send_response(found.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

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


@pytest.mark.parametrize(("status", "known"), [(202, True), (422, False)])
def test_p14_github_is_asked_without_an_account_and_the_answer_is_kept(
    people: People, github: Revoker, status: int, known: bool
) -> None:
    pasted(people)
    github.status = status
    assert leaking.revoke(SealedSecret.objects.get(), by=people.ada, url=github.url) is known
    assert github.asked == [("/credentials/revoke", None, {"credentials": [TOKEN]})]
    assert AuditEntry.objects.get(kind=Kind.SECRET_REVOKED).after["known"] is known


def test_p14_sixty_an_hour_and_github_s_alone(people: People, github: Revoker) -> None:
    pasted(people)
    secret = SealedSecret.objects.get()
    for _time in range(60):
        record_audit(Kind.SECRET_REVOKED, by=people.ada)
    with pytest.raises(leaking.RevokeRefused):
        leaking.revoke(secret, by=people.ada, url=github.url)
    secret.kind = "npm_token"
    with pytest.raises(leaking.RevokeRefused):
        leaking.revoke(secret, by=people.ada, url=github.url)
    assert github.asked == []


def test_p14_the_page_says_what_it_means_before_it_is_done(people: People) -> None:
    pasted(people)
    ada = Client()
    ada.force_login(people.ada)
    body = ada.get(reverse("privacy:revoke", args=[SealedSecret.objects.get().pk])).content.decode()
    assert "can’t be undone" in body
    assert "tells its owner" in body
    assert TOKEN not in body
