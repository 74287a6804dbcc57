"""Acts on other platforms: done, undone exactly, tried again, told when stuck, by hand where there is no way (M-03,
M-04, M-07).
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.mail import EmailMessage

from firstline.accounts.models import Team
from firstline.contacts.actions import identify
from firstline.conversations.models import Reason
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.actions import create_inbox
from firstline.moderation.actions import deciding, ending, reporting, upstream
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.models import ActState, Measure, Sanction, UpstreamAct
from tests import factories
from tests.factories import People


class Blocks:
    """An organisation's list of blocked people; `broken` answers 502 to so many requests."""

    def __init__(self) -> None:
        self.blocked: set[str] = set()
        self.broken = 0
        self.asked: list[str] = []

    def answer(self, method: str, path: str) -> int:
        self.asked.append(f"{method} {path}")
        if self.broken > 0:
            self.broken -= 1
            return 502
        name = path.rsplit("/", 1)[-1]
        if method == "GET":
            return 204 if name in self.blocked else 404
        (self.blocked.add if method == "PUT" else self.blocked.discard)(name)
        return 204


@contextmanager
def running(blocks: Blocks) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            status = blocks.answer(self.command, self.path)
            body = b"" if status == 204 else json.dumps({"message": "trouble"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def blocks() -> Blocks:
    return Blocks()


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def sanction(people: People, blocks: Blocks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sanction]:
    """Grim wrote under an issue of Orbit, and is paused there as well."""
    with running(blocks) as url:
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", url.removeprefix("http://"))
        inbox = create_inbox(
            channel="github", name="issues", address="orbit/cli", teams=[Team.objects.get(name="Desk")]
        )
        inbox.settings = {"repository": "orbit/cli", "api_url": url, "token": "made-up"}
        inbox.save(update_fields=["settings"])
        grim = identify(channel="github", address="grim-404", name="grim", key="99117")
        message = factories.arrives(inbox, grim, factories.mail("You", "Hello."))
        case = reporting.report_by_agent(message, by=people.ada, reason=Reason.HARASSMENT)
        decision = Decision(Measure.SUSPEND, Reason.HARASSMENT, days=7, upstream=("block", "mute"))
        yield deciding.decide(case, decision, by=people.ada)


def test_m03_m04_blocked_there_and_unblocked_when_it_is_over(sanction: Sanction, blocks: Blocks) -> None:
    assert upstream.perform_due() == 1
    assert blocks.blocked == {"grim-404"}
    assert upstream.perform_due() == 0
    over = clock.now() + timedelta(days=7, minutes=5)
    with clock.at(over):
        ending.expire_due(over)
        assert upstream.perform_due() == 1
    assert blocks.blocked == set()


def test_m04_who_was_blocked_before_stays_blocked(sanction: Sanction, blocks: Blocks, people: People) -> None:
    blocks.blocked.add("grim-404")
    upstream.perform_due()
    ending.lift(sanction, by=people.lena, reason="We spoke.")
    upstream.perform_due()
    assert blocks.blocked == {"grim-404"}
    assert not any(one.startswith(("PUT", "DELETE")) for one in blocks.asked)


def test_m04_what_was_not_done_yet_is_not_done_any_more(sanction: Sanction, blocks: Blocks, people: People) -> None:
    ending.lift(sanction, by=people.lena, reason="We spoke.")
    assert upstream.perform_due() == 0
    assert blocks.asked == []


def test_m03_a_failure_is_tried_again_and_told(
    sanction: Sanction, blocks: Blocks, run_reactions: Callable[..., int], mailoutbox: list[EmailMessage]
) -> None:
    blocks.broken = 3
    now = clock.now()
    for minute in range(0, 12, 2):
        with clock.at(now + timedelta(minutes=minute)):
            upstream.perform_due()
    assert blocks.blocked == {"grim-404"}
    assert Event.objects.filter(kind=Kind.SANCTION_STUCK).count() == 1
    with clock.at(now + timedelta(minutes=15)):
        run_reactions()
    assert any("not carried out" in one.subject for one in mailoutbox)


def test_m07_what_a_platform_cannot_do_is_shown_with_a_reason_and_done_by_hand(sanction: Sanction) -> None:
    act = UpstreamAct.objects.get(kind="mute")
    assert act.state == ActState.MANUAL
    assert "by hand" in act.why
    assert upstream.abilities("email")["block"]
    assert upstream.abilities("github")["block"] == ""
