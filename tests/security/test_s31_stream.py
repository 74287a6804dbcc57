"""S-31 on a running desk: who may open the event stream, what comes through it, and when it ends."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.desk import Desk, a_mail
from tests.security.browsing import seeded

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("hostile")]

ALLOWED = {"kind", "conversation", "inbox", "assignee", "seq"}
SECONDS_TO_BYE = 5


class Stream:
    """One open event stream, read line by line."""

    def __init__(self, desk: Desk, session: str = "", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("localhost", desk.port, timeout=30)
        cookies = {"Cookie": f"firstline={session}"} if session else {}
        self.connection.request("GET", "/events/", headers={**cookies, **headers})
        self.answer = self.connection.getresponse()

    def events(self, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """Name and data of every event within so many seconds, until the stream ends."""
        end = time.monotonic() + seconds
        name = ""
        while (left := end - time.monotonic()) > 0:
            assert self.connection.sock is not None
            self.connection.sock.settimeout(left)
            try:
                line = self.answer.readline().decode().strip()
            except TimeoutError:
                return
            if not line and self.answer.isclosed():
                return
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


@pytest.fixture(scope="module")
def sessions(desk: Desk) -> dict[str, Any]:
    """Session keys of Ada and of Rita from another team, and Ada's id."""
    return seeded(desk, "people_of_two_teams")


def test_s31_strangers_and_foreign_pages_get_no_stream(desk: Desk, sessions: dict[str, Any]) -> None:
    for stream, status in (
        (Stream(desk), 401),
        (Stream(desk, "made-up"), 401),
        (Stream(desk, sessions["ada"], Origin="https://evil.example"), 403),
        (Stream(desk, sessions["ada"], Origin="null"), 403),
        (Stream(desk, sessions["ada"], Origin=desk.content_url), 403),
        (Stream(desk, sessions["ada"], Origin=desk.url), 200),
        (Stream(desk, sessions["ada"]), 200),
    ):
        assert stream.answer.status == status
        stream.close()


def test_s31_only_ids_come_and_only_of_granted_inboxes(desk: Desk, sessions: dict[str, Any]) -> None:
    ada, rita = Stream(desk, sessions["ada"]), Stream(desk, sessions["rita"])
    assert next(ada.events(10))[0] == "resync"
    assert next(rita.events(10))[0] == "resync"
    desk.send(a_mail("Casey Moss <casey@stream.example>", "A subject for nobody else", "Secret words."))
    heard = next(data for name, data in ada.events(30) if name == "change" and data["kind"] == "message.received")
    assert set(heard) == ALLOWED
    assert all(value is None or isinstance(value, int) for key, value in heard.items() if key != "kind")
    assert [name for name, _data in rita.events(3) if name == "change"] == []
    ada.close()
    rita.close()


def test_s31_the_end_of_access_ends_the_stream(desk: Desk, sessions: dict[str, Any]) -> None:
    stream = Stream(desk, sessions["ada"])
    assert next(stream.events(10))[0] == "resync"
    desk.shell(
        "from firstline.accounts.actions import deactivate; from firstline.accounts.models import User;"
        f"deactivate(User.objects.get(pk={sessions['ada_id']}), by=User.objects.get(email='admin@localhost'))"
    )
    names = [name for name, _data in stream.events(SECONDS_TO_BYE)]
    assert names[-1] == "bye"
    assert stream.answer.readline() == b""
    assert Stream(desk, sessions["ada"]).answer.status == 401
    with pytest.raises((ConnectionError, socket.timeout, AttributeError, StopIteration)):
        next(stream.events(1))
