"""OAuth 2.0 for mailboxes (RFC 6749 with PKCE, RFC 7636): where the browser goes, what the token server is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode, urlsplit

from firstline.channels.base import ChannelError

TIMEOUT_SECONDS = 10.0
_MAX_ANSWER = 100_000
_DEAD = {"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"}
_USUAL_SECONDS = 3600


class GrantDead(ChannelError):
    """The grant is gone for good: somebody has to give it again in the browser."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A token server and this desk's registration with it. The client's secret shows in no repr; with `basic` it goes
    in a header (RFC 6749, section 2.3.1).
    """

    authorize_url: str
    token_url: str
    scope: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    extra: tuple[tuple[str, str], ...] = ()
    basic: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token server gave. `refresh` is '' when it gave no new one: the old one then goes on."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


def provider(settings: Mapping[str, str]) -> Provider:
    """The provider that an inbox's settings name. Raises ValueError with a sentence when something is missing."""
    via = settings.get("in_via", "")
    authorize, token, scope, extra = _ENDPOINTS.get(via, ("", "", "", ()))
    found = Provider(
        authorize_url=settings.get("oauth_authorize_url", "") or authorize,
        token_url=settings.get("oauth_token_url", "") or token,
        scope=settings.get("oauth_scope", "") or scope,
        client_id=settings.get("oauth_client_id", ""),
        client_secret=settings.get("oauth_client_secret", ""),
        extra=extra,
    )
    for url in (found.authorize_url, found.token_url):
        if not _is_safe(url):
            raise ValueError("The provider's addresses must begin with https://.")
    if not found.client_id:
        raise ValueError("The client ID is missing: register this desk with the provider first.")
    return found


_ENDPOINTS: dict[str, tuple[str, str, str, tuple[tuple[str, str], ...]]] = {
    "google": (
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        (("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": (
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        (("prompt", "select_account"),),
    ),
}


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def new_verifier() -> str:
    """A PKCE code verifier of 256 random bits."""
    return secrets.token_urlsafe(32)


def authorize_url(at: Provider, *, redirect: str, state: str, verifier: str, user: str) -> str:
    """Where the browser goes to ask the mailbox's owner."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": at.client_id,
        "redirect_uri": redirect,
        "scope": at.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": user,
        **dict(at.extra),
    }
    return f"{at.authorize_url}{'&' if '?' in at.authorize_url else '?'}{urlencode(query)}"


def exchange(at: Provider, *, code: str, redirect: str, verifier: str) -> Tokens:
    """The code that the browser brought back, for tokens. Raises GrantDead, ChannelError."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return _ask(at, asked)


def refresh(at: Provider, token: str) -> Tokens:
    """A new access token. Raises GrantDead when the grant was taken back, ChannelError when the server is away."""
    return _ask(at, {"grant_type": "refresh_token", "refresh_token": token})


def _ask(at: Provider, fields: dict[str, str]) -> Tokens:
    secret = {"client_secret": at.client_secret} if at.client_secret and not at.basic else {}
    form, headers = {**fields, "client_id": at.client_id, **secret}, {"Accept": "application/json"}
    if at.client_secret and at.basic:
        pair = f"{quote_plus(at.client_id)}:{quote_plus(at.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    host = urlsplit(at.token_url).hostname or ""
    request = urllib.request.Request(  # noqa: S310 (the scheme was checked)
        at.token_url, urlencode(form).encode(), headers, method="POST"
    )
    try:
        with _opener().open(request, timeout=TIMEOUT_SECONDS) as response:
            answer = json.loads(response.read(_MAX_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(host, error.code, error.read(_MAX_ANSWER)) from error
    except (OSError, ValueError) as error:
        raise ChannelError(f"{host} can't be reached ({type(error).__name__}).", permanent=False) from error
    return _tokens(host, answer)


def _opener() -> urllib.request.OpenerDirector:
    """Follows no redirect: a token server has no reason to send our secret elsewhere."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPHandler(), urllib.request.HTTPErrorProcessor()]
    handlers += [
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
    ]
    opener = urllib.request.OpenerDirector()
    for handler in handlers:
        opener.add_handler(handler)
    return opener


def _refused(host: str, status: int, body: bytes) -> ChannelError:
    try:
        said = json.loads(body)
        cause = str(said.get("error", "")) if isinstance(said, dict) else ""
    except ValueError:
        cause = ""
    if cause in _DEAD:
        return GrantDead(f"{host} does not accept the grant any more ({cause}).", permanent=True)
    return ChannelError(f"{host} answered {status}.", permanent=False)


def _tokens(host: str, answer: object) -> Tokens:
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise ChannelError(f"{host} gave no token.", permanent=False)
    seconds = answer.get("expires_in", _USUAL_SECONDS)
    return Tokens(
        answer["access_token"],
        str(answer.get("refresh_token") or ""),
        int(seconds) if str(seconds).isdigit() else _USUAL_SECONDS,
    )
