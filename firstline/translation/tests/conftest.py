"""A desk whose Support inbox may be translated, and a translator on loopback that does what a test tells it to."""

import http.server
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from firstline.conversations.models import Conversation
from firstline.models_ai.tests import scripted
from firstline.models_ai.tests.scripted import Server
from firstline.translation import actions
from tests import factories
from tests.factories import People

GERMAN = (
    "Guten Tag, seit gestern bricht jede Installation ab. Ich habe `npm install left-pad` versucht und bekomme EACCES."
    " Was soll ich jetzt tun?"
)
Said = Callable[[list[str]], list[str]]


def libre(say: Said) -> scripted.Script:
    """LibreTranslate's array form, with these answers."""

    def script(handler: http.server.BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        scripted.reply(handler, json.dumps({"translatedText": say(body["q"])}).encode())

    return script


def in_english(texts: list[str]) -> list[str]:
    """A translator that keeps every place holder: what it says is the words backwards."""
    return [" ".join(reversed(text.split(" "))) for text in texts]


@pytest.fixture
def people(db: None) -> People:
    """Ada, Mina, Lena, Rita and Casey with their inboxes."""
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    """A browser in which Ada is signed in."""
    client.force_login(people.ada)
    return client


@pytest.fixture
def serve(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[scripted.Script], Server]]:
    """Starts a translator and points the desk to it."""
    running: list[Any] = []

    def start(script: scripted.Script) -> Server:
        context = scripted.serving(script)
        server = context.__enter__()
        running.append(context)
        settings.TRANSLATION_URL = server.url
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", server.url.split("/")[2])
        return server

    yield start
    for context in running:
        context.__exit__(None, None, None)


@pytest.fixture
def german(people: People) -> Conversation:
    """Casey writes German, to an inbox that an admin opened to the translator."""
    actions.open_inboxes([people.inbox], by=people.lena)
    return factories.conversation(people, "Installation bricht ab", GERMAN)
