"""The account's own server (PDS), which passes on what others answer; and how the desk signs in there.

https://docs.bsky.app/docs/api/ (2026-10)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firstline.channels.base import ChannelError
from firstline.channels.networks.api import Api, Refused, SignedOut, base_of
from firstline.channels.payloads import text
from firstline.channels.port import Session

SERVICE = "https://bsky.social"
CHAT = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}
"""The header by which the server passes a call on to the chat service."""
ACCESS_SECONDS = 3600
"""Access tokens last about two hours; they are renewed after one."""
Settings = Mapping[str, str]


def api(settings: Settings) -> Api:
    """Requests in the session. Raises ChannelError when there is none."""
    token = settings.get("access_token", "")
    if not token:
        raise ChannelError("The desk has not signed in to Bluesky yet.", permanent=True)
    return _bearing(settings, token)


def me(at: Api) -> dict[str, str]:
    """The account's DID and handle. Raises ChannelError."""
    found = at.get("/xrpc/com.atproto.server.getSession")
    if not text(found, "did"):
        raise ChannelError("Bluesky does not say whose account this is.", permanent=False)
    return {"did": text(found, "did"), "handle": text(found, "handle")}


def sign_in(settings: Settings, refresh: str) -> Session:
    """A session renewed, or a new one by the app password: servers allow few of those a day. Raises ChannelError."""
    if refresh:
        try:
            return _session(_bearing(settings, refresh).post("/xrpc/com.atproto.server.refreshSession", None))
        except (Refused, SignedOut):
            pass  # it is over: the password opens another
    handle, password = settings.get("address", "").lstrip("@"), settings.get("app_password", "")
    if not password:
        raise SignedOut("The inbox has no app password for its Bluesky account.", permanent=True)
    asked = {"identifier": handle, "password": password}
    return _session(Api("Bluesky", _base(settings)).post("/xrpc/com.atproto.server.createSession", asked))


def _session(found: Any) -> Session:
    if not isinstance(found, dict) or not found.get("accessJwt"):
        raise ChannelError("Bluesky gave no session.", permanent=False)
    return Session(text(found, "accessJwt"), text(found, "refreshJwt"), ACCESS_SECONDS)


def _bearing(settings: Settings, token: str) -> Api:
    return Api("Bluesky", _base(settings), {"Authorization": f"Bearer {token}"})


def _base(settings: Settings) -> str:
    return base_of(settings.get("service", "") or SERVICE)
