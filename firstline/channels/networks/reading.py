"""What the readers of all networks do alike with a post's words, its links and its end. Pure."""

from __future__ import annotations

import re

from firstline.channels.base import ParsedMessage, StateChange, Thread
from firstline.channels.networks.recent import FIRST
from firstline.channels.payloads import Json, moment

TITLE = 80


def without_calls(whole: str, calls: re.Pattern[str]) -> str:
    """The text behind the calls that it begins with."""
    found = calls.match(whole)
    return whole[found.end() :] if found else whole


def title(whole: str, calls: re.Pattern[str]) -> str:
    """The first words, without whom they call."""
    line = " ".join(without_calls(whole, calls).split()) or whole.strip()
    return line if len(line) <= TITLE else f"{line[: TITLE - 1].rstrip()}…"


def web(address: str) -> str:
    """The address when it is one of the web, else ''."""
    return address if address.startswith(("https://", "http://")) else ""


def gone(external_id: str, key: str, item: Json) -> StateChange:
    """A post that is not there any more: named, for nothing else is left of it."""
    thread = Thread(key=key, updated_at=FIRST)
    message = ParsedMessage(external_id=external_id, updated_at=FIRST, thread=thread)
    return StateChange("deleted", moment(item, "seen_at"), None, thread, message)
