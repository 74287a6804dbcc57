"""One request to a network's API, and what an answer that is no success means for the desk.

Small on purpose: the adapters use a dozen calls of each network, whose official clients bring hundreds, retry by
themselves (which posts twice) and go past the desk's one way out (S-19).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from firstline.channels import metering
from firstline.channels.base import ChannelError
from firstline.core import clock, egress

Params = Mapping[str, str | int | Sequence[str]]
LONGEST_WAIT = 3600
SHOWN = 160


class Gone(ChannelError):
    """What was asked for is not there any more, or not for us."""


class SignedOut(ChannelError):
    """The network does not know our token (any more)."""


class Refused(ChannelError):
    """The network understood and said no; `code` is its own word for why, '' for none."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence, permanent=True)
        self.code = code


@dataclass(frozen=True, slots=True)
class Api:
    """A network by name, the fixed address that all its paths stand under, and the headers that say who asks.

    `counts_calls` says that one limit holds for all its paths; where each path has its own, only that one waits.
    """

    name: str
    base: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    counts_calls: bool = True

    def get(self, path: str, params: Params | None = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON at a path. Raises ChannelError."""
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        return self._ask("GET", path + query, None, headers or {})

    def post(self, path: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """Write once; the answer's JSON. Raises ChannelError, `unclear` when it may have been done all the same."""
        return self._ask("POST", path, json.dumps(body).encode(), headers or {})

    def form(self, path: str, fields: Mapping[str, str]) -> Any:
        """The same with a form, as token servers want it. Raises ChannelError."""
        return self._ask(
            "POST", path, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        kind = {"Content-Type": "application/json"} if body is not None else {}
        sent = {"Accept": "application/json", **kind, **self.headers, **headers}
        is_write = method != "GET"
        if self.counts_calls:
            metering.spend("call")
        try:
            answer = egress.fetch(self.base + path, method=method, body=body, headers=sent, from_settings=True)
        except egress.EgressRefused as error:
            unclear = is_write and error.sent
            raise ChannelError(
                f"{self.name} could not be reached: {error}", permanent=False, unclear=unclear
            ) from error
        found = _json(answer.body)
        if self.counts_calls:
            _tell(answer.headers, answer.status)
        if 200 <= answer.status < 300 and found is not None:
            return found
        raise self._refused(answer.status, answer.headers, found, is_write=is_write)

    def _refused(self, status: int, headers: Mapping[str, str], found: Any, *, is_write: bool) -> ChannelError:
        code, said = _said(found)
        words = f" “{said[:SHOWN]}”" if said else ""
        if status == 429 or code == "RateLimitExceeded":
            return ChannelError(f"{self.name} asks to wait.", permanent=False, retry_after=wait_of(headers))
        if status == 401 or code in ("ExpiredToken", "InvalidToken", "invalid_grant"):
            return SignedOut(f"{self.name} does not accept the inbox's access.", permanent=True)
        if status in (404, 410):
            return Gone(f"{self.name} does not have this any more, or not for this account.", permanent=True)
        if 400 <= status < 500 and status != 408:
            return Refused(f"{self.name} refused this ({status}).{words}", code)
        return ChannelError(f"{self.name} has trouble of its own ({status}).", permanent=False, unclear=is_write)


def base_of(address: str) -> str:
    """The address of a server from what somebody typed: `https://` before a bare host, no slash at the end.

    Raises ChannelError when it is no address of the web; only FIRSTLINE_EGRESS_ALLOW permits plain http.
    """
    url = address.strip().rstrip("/")
    url = url if "://" in url else f"https://{url}"
    parts = urlsplit(url)
    is_plain = parts.scheme == "http" and egress.is_allowed(url)
    if (
        not (parts.scheme == "https" or is_plain)
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise ChannelError("The server's address must be a plain https:// address.", permanent=True)
    return url


def wait_of(headers: Mapping[str, str]) -> int:
    """How many seconds the network asks to be left alone; a minute when it does not say."""
    after = headers.get("retry-after", "")
    if after.isdigit():
        return _bounded(int(after))
    reset = next((value for name, value in headers.items() if name.endswith("ratelimit-reset")), "") or headers.get(
        "x-rate-limit-reset", ""
    )
    try:
        until = datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() else datetime.fromisoformat(reset)
    except (ValueError, OverflowError, OSError):
        return 60
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return _bounded(int((until - clock.now()).total_seconds()) + 1)


def _tell(headers: Mapping[str, str], status: int) -> None:
    """Pass on what the network says is left, so that all processes know."""
    of = {name.removeprefix("x-"): value for name, value in headers.items()}
    limit, left = of.get("ratelimit-limit", ""), of.get("ratelimit-remaining", "")
    if limit.isdigit() and left.isdigit():
        resets_at = clock.now() + timedelta(seconds=wait_of(headers))
        metering.note(metering.Quota("call", int(limit), int(left), resets_at.replace(microsecond=0)))
    if status == 429:
        metering.rest(wait_of(headers))


def _bounded(seconds: int) -> int:
    return max(1, min(LONGEST_WAIT, seconds))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None


def _said(found: Any) -> tuple[str, str]:
    """The network's own word and sentence for what is wrong; Mastodon, X and Bluesky each have their shape."""
    if not isinstance(found, dict):
        return "", ""
    error = found.get("error")
    code = error if isinstance(error, str) and " " not in error else str(found.get("type", "")).rpartition("/")[2]
    said = found.get("message") or found.get("detail") or found.get("error_description") or error
    return code, said if isinstance(said, str) else ""
