"""The server of an inbox, and who the desk is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from firstline.channels.base import ChannelError
from firstline.channels.networks.api import Api, base_of

Settings = Mapping[str, str]


def base(settings: Settings) -> str:
    """The server's address: as it was given, else the part of the handle behind the last @. Raises ChannelError."""
    return base_of(settings.get("server", "") or settings.get("address", "").rpartition("@")[2])


def server(settings: Settings) -> str:
    """The server by its host (and port), as ids are told apart by it. Raises ChannelError."""
    return urlsplit(base(settings)).netloc.lower()


def api(settings: Settings) -> Api:
    """Requests with the inbox's token. Raises ChannelError when it has none."""
    token = settings.get("access_token", "")
    if not token:
        raise ChannelError("The inbox has no access token for its Mastodon account.", permanent=True)
    return Api("Mastodon", base(settings), {"Authorization": f"Bearer {token}"})


def me(settings: Settings) -> dict[str, Any]:
    """The account that the token belongs to. Raises ChannelError."""
    found = api(settings).get("/api/v1/accounts/verify_credentials")
    if not isinstance(found, dict) or not found.get("id"):
        raise ChannelError("Mastodon does not say whose account this is.", permanent=False)
    return found
