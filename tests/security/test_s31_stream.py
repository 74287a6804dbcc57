"""S-31 on a running desk: who may open the event stream, what comes through it, and when it ends."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.desk import Desk, a_mail
from tests.security.browsing import seeded

pytestmark = pytest.mark.journey

ALLOWED = {"kind", "conversation", "inbox", "assignee", "seq"}
SECONDS_TO_BYE = 5


class Stream:
    """One open event stream, read line by line; leaving its `with` hangs up."""

    def __init__(self, desk: Desk, session: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("localhost", desk.port, timeout=30)
        cookies = {"Cookie": f"firstline={session}"} if session else {}
        self.connection.request("GET", "/events/", headers={**cookies, **headers})
        self.answer = self.connection.getresponse()
        if self.answer.status == 200:  # the stream has been joined once its first line is there
            assert self.answer.readline().startswith(b"retry:")

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_raised: object) -> None:
        self.answer.close()
        self.connection.close()

    def events(self, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Name and data of every event within so many seconds, until the stream ends."""
        end = time.monotonic() + seconds
        name = ""
        while (left := end - time.monotonic()) > 0:
            if self.connection.sock is not None:
                self.connection.sock.settimeout(left)
            try:
                line = self.answer.readline()
            except TimeoutError:
                return
            if not line:
                return
            if line.startswith(b"event: "):
                name = line.removeprefix(b"event: ").decode().strip()
            elif line.startswith(b"data: "):
                yield name, json.loads(line.removeprefix(b"data: "))


@pytest.fixture(scope="module")
def sessions(desk: Desk) -> dict[str, Any]:
    """Session keys of Ada and of Rita from another team, and Ada's id."""
    return seeded(desk, "people_of_two_teams")


def test_s31_strangers_and_foreign_pages_get_no_stream(desk: Desk, sessions: dict[str, Any]) -> None:
    for session, origin, status in (
        ("", "", 401),
        ("made-up", "", 401),
        (sessions["ada"], "https://evil.example", 403),
        (sessions["ada"], "null", 403),
        (sessions["ada"], desk.content_url, 403),
        (sessions["ada"], desk.url, 200),
        (sessions["ada"], "", 200),
    ):
        with Stream(desk, session, **({"Origin": origin} if origin else {})) as stream:
            assert stream.answer.status == status, (session, origin)


def test_s31_only_ids_come_and_only_of_granted_inboxes(desk: Desk, sessions: dict[str, Any]) -> None:
    with Stream(desk, sessions["ada"]) as ada, Stream(desk, sessions["rita"]) as rita:
        desk.send(a_mail("Casey Moss <casey@stream.example>", "A subject for nobody else", "Secret words."))
        kinds = []
        for name, heard in ada.events(30):
            if name == "change":
                assert set(heard) == ALLOWED
                assert all(value is None or isinstance(value, int) for key, value in heard.items() if key != "kind")
                kinds.append(heard["kind"])
            if "suggestion.made" in kinds:
                break
        assert {"message.received", "suggestion.made"} <= set(kinds)
        foreign = [heard for name, heard in rita.events(2) if name == "change"]
        assert [heard for heard in foreign if heard["conversation"] or heard["inbox"]] == []


def test_s31_the_end_of_access_ends_the_stream(desk: Desk, sessions: dict[str, Any]) -> None:
    with Stream(desk, sessions["ada"]) as stream:
        desk.shell(
            "from firstline.accounts.actions import deactivate; from firstline.accounts.models import User;"
            f"deactivate(User.objects.get(pk={sessions['ada_id']}), by=User.objects.get(email='admin@localhost'))"
        )
        began = time.monotonic()
        names = [name for name, _data in stream.events(2 * SECONDS_TO_BYE)]
        assert names[-1] == "bye"
        assert time.monotonic() - began < SECONDS_TO_BYE, "the stream was not ended by the server"
    with Stream(desk, sessions["ada"]) as refused:
        assert refused.answer.status == 401
