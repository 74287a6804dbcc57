"""GitHub's API: who we are there, one request, and what an answer that is no success means for the desk.

githubkit signs as the app and renews the installation's token. Its own retries are off: they sleep inside the worker,
and on a 5xx they would post again (measured: four posts for one comment). The queue waits instead.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from firstline.channels import metering
from firstline.channels.base import ChannelError
from firstline.channels.metering import Quota
from firstline.core import egress

if TYPE_CHECKING:
    from githubkit import GitHub
    from githubkit.response import Response

    Client = GitHub[Any]

API = "https://api.github.com"
SECONDS = 10.0
PAGE = 100
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*)-----END [A-Z ]+-----", re.DOTALL)
NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
GONE = "This is not on GitHub any more, or the app can't see it."
LOCKED = "The thread is locked: GitHub takes no replies there."
Settings = Mapping[str, str]


class Missing(ChannelError):
    """GitHub has nothing there (404, 410)."""


def repository(settings: Settings) -> str:
    """The inbox's `owner/name`. Raises ChannelError for anything else, which must not become part of an address."""
    name = settings.get("repository", "")
    if not REPOSITORY.fullmatch(name):
        raise ChannelError("The inbox does not name a repository as owner/name.", permanent=True)
    return name


def get(settings: Settings, path: str, params: Mapping[str, str | int] | None = None) -> Any:
    """The JSON at a path of the API. Raises ChannelError."""
    return call(settings, "GET", path, params=params).json()


def pages(settings: Settings, path: str, params: Mapping[str, str | int]) -> Iterator[dict[str, Any]]:
    """Every object of a list, page by page as the Link header leads. Raises ChannelError."""
    response = call(settings, "GET", path, params={"per_page": PAGE, **params})
    while True:
        yield from (one for one in response.json() if isinstance(one, dict))
        following = NEXT.search(response.headers.get("link", ""))
        if following is None:
            return
        response = call(settings, "GET", following.group(1))


def call(
    settings: Settings, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None
) -> Response[Any]:
    """One request as the installation, or with the personal token. Raises ChannelError."""
    return request(installed(settings), method, path, params=params, json=json)


def request(
    client: Client, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None
) -> Response[Any]:
    """One request, once. Raises ChannelError."""
    from githubkit.exception import GitHubException

    metering.spend("call")
    try:
        response = client.request(method, path, params=dict(params) if params else None, json=json)
    except GitHubException as error:
        _tell(getattr(error, "response", None))
        raise _explained(error, is_write=method != "GET") from error
    _tell(response)
    return response


def _tell(response: Response[Any] | None) -> None:
    """Pass on what an answer says is left: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    (2026-11).
    """
    headers = response.headers if response is not None else {}
    try:
        limit, left = int(headers["x-ratelimit-limit"]), int(headers["x-ratelimit-remaining"])
        resets_at = datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return
    metering.note(Quota(headers.get("x-ratelimit-resource", "core")[:40], limit, left, resets_at))


def graphql(settings: Settings, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a GraphQL query, the only way to discussions. Raises ChannelError."""
    is_write = query.lstrip().startswith("mutation")
    answer = call(settings, "POST", _graphql_path(settings), json={"query": query, "variables": dict(variables)}).json()
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if errors:
        kinds = {str(one.get("type", "")) for one in errors if isinstance(one, dict)}
        if "RATE_LIMITED" in kinds:
            metering.rest(60)
            raise ChannelError("GitHub asks to wait.", permanent=False, retry_after=60)
        raise ChannelError(
            _graphql_sentence(kinds, " ".join(str(one.get("message", "")) for one in errors).lower()),
            permanent=bool(kinds & {"NOT_FOUND", "FORBIDDEN", "UNPROCESSABLE"}),
            unclear=is_write and not kinds,
        )
    return dict(answer.get("data") or {}) if isinstance(answer, dict) else {}


def _graphql_sentence(kinds: set[str], message: str) -> str:
    if "NOT_FOUND" in kinds:
        return GONE
    return LOCKED if "lock" in message else "GitHub refused this."


def _graphql_path(settings: Settings) -> str:
    """GitHub Enterprise Server has it at /api/graphql beside /api/v3."""
    base = base_url(settings)
    return f"{base.removesuffix('/v3')}/graphql" if base.endswith("/api/v3") else "/graphql"


def base_url(settings: Settings) -> str:
    """Where the API is: https, or what FIRSTLINE_EGRESS_ALLOW names. Raises ChannelError."""
    url = (settings.get("api_url") or API).rstrip("/")
    if urlsplit(url).scheme != "https" and not egress.is_allowed(url):
        raise ChannelError("The API's address must begin with https://.", permanent=True)
    return url


def installed(settings: Settings) -> Client:
    """A client that acts on the inbox's repository. Raises ChannelError when the inbox has no way to sign in."""
    app, key = settings.get("app_id", ""), pem(settings.get("private_key", ""))
    if app and key:
        installation = settings.get("installation_id", "") or _installation(settings)
        return _as_installation(base_url(settings), app, key, int(installation))
    if settings.get("token"):
        return _by_token(base_url(settings), settings["token"])
    raise ChannelError("This inbox can only read: neither an app nor a token is set.", permanent=True)


def as_app(settings: Settings) -> Client | None:
    """A client that acts as the app itself; None when the inbox works by a personal token."""
    app, key = settings.get("app_id", ""), pem(settings.get("private_key", ""))
    return _as_app(base_url(settings), app, key) if app and key else None


def pem(key: str) -> str:
    """A private key as it was pasted: a field of one line has taken its line breaks."""
    found = PEM.fullmatch(key.strip())
    if found is None:
        return key
    body = "".join(found.group(2).split())
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {found.group(1)}-----\n{lines}\n-----END {found.group(1)}-----\n"


def _installation(settings: Settings) -> str:
    client = as_app(settings)
    assert client is not None
    found = request(client, "GET", f"/repos/{repository(settings)}/installation").json()
    return str(found.get("id", 0))


@functools.lru_cache(maxsize=32)
def _as_installation(url: str, app: str, key: str, installation: int) -> Client:
    from githubkit import AppInstallationAuthStrategy

    return _client(AppInstallationAuthStrategy(app, key, installation), url)


@functools.lru_cache(maxsize=32)
def _as_app(url: str, app: str, key: str) -> Client:
    from githubkit import AppAuthStrategy

    return _client(AppAuthStrategy(app, key), url)


@functools.lru_cache(maxsize=32)
def _by_token(url: str, token: str) -> Client:
    from githubkit import TokenAuthStrategy

    return _client(TokenAuthStrategy(token), url)


def anonymous(url: str = API) -> Client:
    """A client without any account: only for turning a manifest's code into an app."""
    from githubkit import UnauthAuthStrategy

    return _client(UnauthAuthStrategy(), url)


def _client(auth: Any, url: str) -> Client:
    from githubkit import GitHub

    from firstline.channels.github.transport import Egress

    return GitHub(
        auth,
        base_url=url,
        user_agent="Firstline",
        timeout=SECONDS,
        auto_retry=False,
        http_cache=False,
        trust_env=False,
        transport=Egress(),
    )


def _explained(error: Exception, *, is_write: bool) -> ChannelError:
    """What went wrong, in a sentence without address or token; `unclear` when a write may have been done after all."""
    import httpx
    import jwt
    from githubkit.exception import RateLimitExceeded, RequestError, RequestFailed

    if isinstance(error, RateLimitExceeded):
        seconds = max(1, round(error.retry_after.total_seconds()))
        metering.rest(seconds)
        return ChannelError("GitHub asks to wait.", permanent=False, retry_after=seconds)
    if isinstance(error, RequestFailed):
        return _refused(error.response.status_code, _message(error), is_write=is_write)
    cause = error.exc if isinstance(error, RequestError) else error
    if isinstance(cause, jwt.PyJWTError):
        return ChannelError("The private key of the inbox's app can't be read.", permanent=True)
    if not isinstance(cause, httpx.HTTPError | OSError):
        raise cause
    never_sent = isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return ChannelError("GitHub could not be reached.", permanent=False, unclear=is_write and not never_sent)


def _message(error: Any) -> str:
    try:
        found = error.response.json()
    except ValueError:
        return ""
    return str(found.get("message", "")).lower() if isinstance(found, dict) else ""


def _refused(status: int, message: str, *, is_write: bool) -> ChannelError:
    if status >= 500:
        return ChannelError("GitHub has trouble of its own.", permanent=False, unclear=is_write)
    if status == 401:
        return ChannelError("GitHub does not accept the inbox's app or token.", permanent=True)
    if "lock" in message:
        return ChannelError(LOCKED, permanent=True)
    if status == 403:
        return ChannelError("GitHub does not allow this; the app may lack a permission.", permanent=True)
    if status in (404, 410):
        return Missing(GONE, permanent=True)
    return ChannelError(f"GitHub refused this ({status}).", permanent=True)
