"""What a real Mastodon server answered (../shared/data/mastodon), served again on loopback."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from firstline.channels import registry
from firstline.channels.base import Address, Envelope, OutgoingMessage, ParsedMessage, Thread
from firstline.channels.networks.posts import graphemes
from firstline.core import clock
from tests import shared
from tests.fakes.network import Answer, Asked, Network, listening

NOBODY = Address("", "")
ME = "117020565966271181"
channel = registry.get("mastodon")


@dataclass
class Recorded(Network):
    """Answers each request as the server did when it was recorded, by method and path."""

    answers: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    def act(self, asked: Asked) -> Answer:
        found = self.answers.get((asked.method, asked.path), [])
        return (200, {}, found[0]) if found else (404, {}, {"error": "Record not found"})


def recordings() -> Iterator[tuple[str, str, Any]]:
    """Method, path and JSON of every recorded answer."""
    for cassette in sorted(shared.data("mastodon").glob("*.yaml")):
        for one in yaml.load(cassette.read_text(encoding="utf-8"), yaml.CSafeLoader)["interactions"]:
            try:
                body = json.loads(one["response"]["body"]["string"])
            except ValueError:
                continue
            yield one["request"]["method"], urlsplit(one["request"]["uri"]).path, body


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for method, path, body in recordings():
        found.setdefault((method, path), []).append(body)
    return found


@pytest.fixture
def settings(answers: dict[tuple[str, str], list[Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    server = Recorded(answers=answers)
    with listening(server):
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", server.url.removeprefix("http://"))
        yield {"address": "@mastodonpy_test@localhost", "server": server.url, "access_token": "t"}


def test_recorded_mentions_are_messages(settings: dict[str, str], answers: dict[tuple[str, str], list[Any]]) -> None:
    place = {"me": ME, "since": "0", "looked_again": clock.now().isoformat()}
    polled = channel.poll(place, settings)
    listed = answers["GET", "/api/v1/notifications"][0]
    assert polled.place["since"] == listed[0]["id"]
    parsed = [channel.parse(one.raw, one.envelope) for one in polled.arrivals]
    assert [one.reply_text for one in parsed if isinstance(one, ParsedMessage)] == ["hello!"]


def test_every_recorded_status_is_read() -> None:
    statuses = [one for _method, _path, body in recordings() for one in (body if isinstance(body, list) else [body])
                if isinstance(one, dict) and "visibility" in one and "account" in one]  # fmt: skip
    assert len(statuses) > 50
    for status in statuses:
        raw = json.dumps({"server": "localhost", "status": status}).encode()
        parsed = channel.parse(raw, Envelope(event="mention"))
        assert isinstance(parsed, ParsedMessage)
        assert parsed.date is not None
        assert parsed.thread is not None
        assert parsed.thread.is_public == (status["visibility"] in ("public", "unlisted"))
        assert "<" not in parsed.text


def test_the_server_says_who_we_are_and_takes_our_post(
    settings: dict[str, str], answers: dict[tuple[str, str], list[Any]]
) -> None:
    assert "mastodonpy_test" in channel.check(settings)
    server, asked = settings["server"].removeprefix("http://"), answers["GET", "/api/v1/notifications"][0][0]["status"]
    answers["GET", f"/api/v1/statuses/{asked['id']}"] = [asked]
    outgoing = OutgoingMessage(
        message_id="<0123@desk>",
        sender=NOBODY,
        recipient=NOBODY,
        to=(),
        subject="",
        text="hello!",
        date=clock.now(),
        in_reply_to=f"{server}/{asked['id']}",
        thread=Thread(key="", address=""),
    )
    made = answers["POST", "/api/v1/statuses"][0]["id"]
    assert channel.send(outgoing, settings) == f"{server}/{made}"


def test_signs_are_counted_as_readers_see_them() -> None:
    assert graphemes("e\u0301👨‍👩‍👧🇩🇪") == 3
