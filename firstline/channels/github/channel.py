"""GitHub as the registry knows it."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from firstline.channels import registry
from firstline.channels.base import Envelope, OutgoingMessage, Parsed, ParsedMessage, Setting, Thread
from firstline.channels.github import people, rules
from firstline.channels.github.events import EVENTS
from firstline.channels.github.fields import fields
from firstline.channels.github.parsing import parse, repository_of
from firstline.channels.port import (
    Act,
    ActKind,
    Arrival,
    Channel,
    HookRefused,
    HookRequest,
    Limit,
    Listed,
    hook_secrets,
)

SIGNATURE = "x-hub-signature-256"


class GitHubChannel(Channel):
    """Issues, discussions and pull requests of one repository, in by webhook, out by the API."""

    kind = "github"
    posts = True
    acts: frozenset[ActKind] = frozenset(
        {"close", "reopen", "lock", "unlock", "label", "unlabel", "assign", "unassign", "hide", *people.ACTS}
    )
    # Content creation is limited to about 80 a minute and 500 an hour, all requests to 5,000 an hour an installation:
    # https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api (2026-11)
    limits = (Limit("post", 80, 60), Limit("post", 500, 3600), Limit("call", 5000, 3600))

    events = EVENTS

    @property
    def settings(self) -> Sequence[Setting]:
        """The repository and the webhook's secret are enough to read; an app or a token to answer."""
        return fields()

    def address(self, settings: Mapping[str, str]) -> str:
        """The repository."""
        return settings.get("repository", "")

    def account(self, settings: Mapping[str, str]) -> str:
        """The app's installation, or the account of the token: https://docs.github.com/rest limits these (2026-11)."""
        app, token = settings.get("app_id", ""), settings.get("token", "")
        if app:
            return f"app {app}/{settings.get('installation_id', '') or settings.get('repository', '').lower()}"
        return hashlib.sha256(f"firstline:{token}".encode()).hexdigest()[:16] if token else self.address(settings)

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """Read a delivery; every event and any bytes have an answer."""
        return parse(raw, envelope)

    def open_hook(self, request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
        """Check the HMAC over the raw bytes, against both secrets while they are changed over. Raises HookRefused.

        https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries (2026-11)
        """
        given = request.headers.get(SIGNATURE, "")
        if not given:
            raise HookRefused(401, "The signature is missing.")
        wanted = [_signature(request.body, secret) for secret in hook_secrets(settings)]
        if not any(hmac.compare_digest(given.encode(), one.encode()) for one in wanted):
            raise HookRefused(403, "The signature is wrong.")
        event, delivery = request.headers.get("x-github-event", ""), request.headers.get("x-github-delivery", "")
        # The delivery's id is not signed: who replays a body could change it. The bytes themselves tell a repeat.
        place = repository_of(request.body)
        return [Arrival(request.body, Envelope(event=event[:60], delivery=delivery[:60]), address=place)]

    def sign_hook(self, body: bytes, event: str, settings: Mapping[str, str]) -> HookRequest:
        """The delivery as GitHub would have made it."""
        secret = next(iter(hook_secrets(settings)), "")
        headers = {"x-github-event": event, "x-github-delivery": str(uuid.uuid4())}
        return HookRequest({**headers, SIGNATURE: _signature(body, secret)} if secret else headers, body)

    def is_own(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Our app, or our account with a marker of ours."""
        return rules.is_own(parsed, settings)

    def left_out(self, thread: Thread, text: str, settings: Mapping[str, str]) -> str:
        """What the inbox's rules leave to the maintainers."""
        return rules.left_out(thread, text, settings)

    def is_helper(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Owners, members, collaborators and listed helpers."""
        return rules.is_helper(parsed, settings)

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Post a comment."""
        from firstline.channels.github.sending import send

        return send(outgoing, settings)

    def find(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Look for our marker among the newest comments."""
        from firstline.channels.github.sending import find

        return find(outgoing, settings)

    def act(self, act: Act, settings: Mapping[str, str]) -> None:
        """Close, reopen, lock, label, assign, hide or block."""
        if act.kind in people.ACTS:
            people.act(act, settings)
            return
        from firstline.channels.github.sending import act as perform

        perform(act, settings)

    def is_so(self, act: Act, settings: Mapping[str, str]) -> bool:
        """Blocked, hidden or locked already."""
        return people.is_so(act, settings)

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Issues, comments and discussions that changed since then."""
        from firstline.channels.github.listing import reconcile

        return reconcile(since, settings)

    def keeps_list(self, settings: Mapping[str, str]) -> bool:
        """Whether the inbox can ask: without an app or a token it only hears."""
        return bool((settings.get("app_id") and settings.get("private_key")) or settings.get("token"))

    def redeliver(self, since: datetime, settings: Mapping[str, str]) -> int:
        """Failed deliveries of the last three days, once more."""
        from firstline.channels.github.listing import redeliver

        return redeliver(since, settings)


def _signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


registry.register(GitHubChannel())
