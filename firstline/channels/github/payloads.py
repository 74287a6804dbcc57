"""Reading GitHub's JSON leniently: what is missing, null or of another shape reads as empty, never as an error.

Strict models lose what people wrote: of octokit's 273 example payloads githubkit's typed ones refuse 80, all
discussions among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from firstline.channels.base import Address

Json = Mapping[str, Any]
GHOST = Address("ghost", "ghost", "10137")
"""Whom GitHub shows in place of a deleted account."""
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
NUL = re.compile("\x00")


def load(raw: bytes) -> Json | None:
    """The payload of a delivery, sent as JSON or as a form; None when it is neither."""
    text = raw.decode("utf-8", "replace")
    if text.startswith("payload="):
        text = unquote_plus(text.removeprefix("payload=").partition("&")[0])
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def obj(source: Json, *path: str) -> Json:
    """The object at the end of a path of keys, {} when there is none."""
    for key in path:
        found = source.get(key) if isinstance(source, Mapping) else None
        source = found if isinstance(found, Mapping) else {}
    return source


def objs(source: Json, key: str) -> list[Json]:
    """The objects of a list."""
    found = source.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(source: Json, key: str) -> str:
    """A string or number as text, without NULs."""
    found = source.get(key)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return NUL.sub("", str(found))


def number(source: Json, key: str) -> int:
    """A whole number, 0 when there is none."""
    found = source.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def moment(source: Json, key: str) -> datetime | None:
    """A time as ISO 8601 or in seconds since 1970, in UTC."""
    found = source.get(key)
    try:
        if isinstance(found, int) and not isinstance(found, bool):
            return datetime.fromtimestamp(found, UTC)
        parsed = datetime.fromisoformat(found) if isinstance(found, str) and found else None
    except (ValueError, OverflowError, OSError):
        return None
    if parsed is None:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def person(source: Json, key: str = "user") -> Address:
    """The account at `key` by its numeric id; a login can be given up and taken by somebody else."""
    user = obj(source, key)
    login, account = text(user, "login"), text(user, "id")
    if not login and not account:
        return GHOST
    return Address(text(user, "name") or login, login or account, account or login.lower())


def is_machine(source: Json, key: str = "user") -> bool:
    """Whether a program has that account."""
    user = obj(source, key)
    return text(user, "type") == "Bot" or text(user, "login").endswith("[bot]")


def reactions(source: Json) -> dict[str, int] | None:
    """How often each reaction was given; None when the payload does not say."""
    found = source.get("reactions")
    if not isinstance(found, Mapping):
        return None
    return {name: number(found, name) for name in REACTIONS if number(found, name) > 0}


def names(source: Json, key: str, field: str = "name") -> tuple[str, ...] | None:
    """The names in a list of objects; None when there is no such list."""
    if not isinstance(source.get(key), list):
        return None
    return tuple(filter(None, (text(one, field) for one in objs(source, key))))
