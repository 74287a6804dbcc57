"""X's API at its one address, with the access token of the inbox's grant."""

from __future__ import annotations

from collections.abc import Mapping

from firstline.channels.base import ChannelError
from firstline.channels.email.oauth import Provider
from firstline.channels.networks.api import Api, base_of
from firstline.channels.payloads import obj, text

API = "https://api.x.com"
AUTHORIZE = "https://x.com/i/oauth2/authorize"
SCOPE = "tweet.read tweet.write users.read offline.access"
DIRECT_SCOPE = " dm.read dm.write"
Settings = Mapping[str, str]


def is_on(settings: Settings) -> bool:
    """Whether an admin has said that this inbox may spend money."""
    return bool(settings.get("enabled"))


def api(settings: Settings) -> Api:
    """Requests as the account. Raises ChannelError while the inbox may not spend, or has no grant."""
    if not is_on(settings):
        raise ChannelError("X is switched off for this inbox: its calls cost money.", permanent=True)
    token = settings.get("access_token", "")
    if not token:
        raise ChannelError("Nobody has allowed this desk to use the X account yet.", permanent=True)
    return Api("X", _base(settings), {"Authorization": f"Bearer {token}"}, counts_calls=False)


def provider(settings: Settings) -> Provider:
    """Where an owner of the account allows the desk in. Raises ValueError without a client id.

    https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (2026-08): confidential clients sign
    in to the token server by their secret in a header.
    """
    if not settings.get("client_id"):
        raise ValueError("The client ID is missing: make an app at X's developer portal first.")
    scope = SCOPE + (DIRECT_SCOPE if settings.get("dms") else "")
    return Provider(
        authorize_url=AUTHORIZE,
        token_url=f"{_base(settings)}/2/oauth2/token",
        scope=scope,
        client_id=settings["client_id"],
        client_secret=settings.get("client_secret", ""),
        basic=True,
    )


def me(at: Api) -> dict[str, str]:
    """The account's id and handle. Raises ChannelError."""
    found = obj(at.get("/2/users/me"), "data")
    if not text(found, "id"):
        raise ChannelError("X does not say whose account this is.", permanent=False)
    return {"id": text(found, "id"), "username": text(found, "username")}


def _base(settings: Settings) -> str:
    return base_of(settings.get("api_url", "") or API)
