"""What is GitHub's own in its payloads: their two forms, people, reactions."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from firstline.channels.base import Address
from firstline.channels.payloads import Json, load, number, obj, text

GHOST = Address("ghost", "ghost", "10137")
"""Whom GitHub shows in place of a deleted account."""
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


FORM = b"payload="


def delivery(raw: bytes) -> Json | None:
    """The payload of a delivery, sent as JSON or as a form; None when it is neither."""
    if raw.startswith(FORM):
        raw = unquote_to_bytes(raw.removeprefix(FORM).partition(b"&")[0].replace(b"+", b" "))
    return load(raw)


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
