"""Reading other people's JSON leniently: what is missing, null or of another shape reads as empty, never as an error.

Strict models lose what people wrote: of octokit's 273 example payloads githubkit's typed ones refuse 80, all
discussions among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
NUL = re.compile("\x00")


def load(raw: bytes) -> Json | None:
    """The object in these bytes; None when they hold none."""
    try:
        found = json.loads(raw.decode("utf-8", "replace"))
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


def names(source: Json, key: str, field: str = "name") -> tuple[str, ...] | None:
    """The names in a list of objects; None when there is no such list."""
    if not isinstance(source.get(key), list):
        return None
    return tuple(filter(None, (text(one, field) for one in objs(source, key))))
