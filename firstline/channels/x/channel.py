"""X as the registry knows it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from firstline.channels import registry
from firstline.channels.base import Envelope, OutgoingMessage, Parsed, ParsedMessage, Setting
from firstline.channels.email.oauth import Provider
from firstline.channels.networks import posts, rules
from firstline.channels.port import Arrival, Channel, HookRefused, HookRequest, Limit, Listed, Polled, Room
from firstline.channels.x import client, counting, polling, sending
from firstline.channels.x.reading import parse

SIGNATURE = "x-twitter-webhooks-signature"
CHARGES = {
    "mention": _("mentions read"),
    "own_post": _("own posts read"),
    "post": _("posts looked at again"),
    "user": _("accounts read"),
    "direct": _("direct messages read"),
    "answer": _("answers"),
    "post_sent": _("further posts of a thread"),
    "post_with_link": _("posts with a link"),
    "direct_sent": _("direct messages sent"),
}


class XChannel(Channel):
    """Mentions and direct messages of one account. Off until an admin says that it may spend money."""

    kind = "x"
    posts = True
    forgets = True
    events = frozenset({"activity"})
    # https://docs.x.com/x-api/fundamentals/rate-limits (2026-08): 100 posts in fifteen minutes
    limits = (Limit("post", 100, 900),)
    # https://docs.x.com/x-api/getting-started/pricing (2026-08), in US dollars for each
    prices: Mapping[str, Decimal] = {
        "mention": Decimal("0.001"),
        "own_post": Decimal("0.001"),
        "post": Decimal("0.005"),
        "user": Decimal("0.010"),
        "direct": Decimal("0.010"),
        "answer": Decimal("0.010"),
        "post_sent": Decimal("0.015"),
        "post_with_link": Decimal("0.200"),
        "direct_sent": Decimal("0.015"),
    }

    @property
    def settings(self) -> Sequence[Setting]:
        """The account, the app through which it is read, and how much that may cost."""
        more = str(_("Seldom needed"))
        return (
            Setting("address", str(_("Account")), required=True, help=str(_("@name"))),
            Setting(
                "enabled",
                str(_("The desk may spend money at X")),
                "boolean",
                help=str(_("X sells each call. Without this the inbox neither reads nor answers.")),
            ),
            Setting(
                "monthly_cap",
                str(_("Dollars a month at most")),
                "integer",
                default="20",
                help=str(_("At four fifths of it reading stops, so that answers can still go out.")),
            ),
            Setting("client_id", str(_("Client ID of your app")), required=True),
            Setting("client_secret", str(_("Client secret of your app")), "secret", secret=True),
            Setting("dms", str(_("Direct messages too")), "boolean", help=str(_("Connect again after a change here."))),
            Setting("helpers", str(_("Accounts of your team")), help=str(_("@name, separated by commas."))),
            Setting(
                "webhook_secret",
                str(_("API key secret, for the Activity API’s webhook")),
                "secret",
                secret=True,
                group=more,
            ),
            Setting("api_url", str(_("Address of the API")), "url", group=more),
        )

    def address(self, settings: Mapping[str, str]) -> str:
        """The handle."""
        return rules.handle(settings.get("address", ""))

    def consents(self, settings: Mapping[str, str]) -> bool:
        """An owner of the account allows the desk in, by the browser."""
        return True

    def provider(self, settings: Mapping[str, str]) -> Provider:
        """X's own. Raises ValueError."""
        return client.provider(settings)

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """Read what was fetched, or what the Activity API brought."""
        return parse(raw, envelope)

    def open_hook(self, request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
        """Check the HMAC over the raw bytes. Raises HookRefused.

        https://docs.x.com/x-api/webhooks/quickstart (2026-08)
        """
        given, secret = request.headers.get(SIGNATURE, ""), settings.get("webhook_secret", "")
        if not given:
            raise HookRefused(401, "The signature is missing.")
        if not secret or not hmac.compare_digest(given.encode(), _signature(request.body, secret).encode()):
            raise HookRefused(403, "The signature is wrong.")
        envelope = Envelope(event="activity")
        found = parse(request.body, envelope)
        key = found.external_id if isinstance(found, ParsedMessage) else ""
        return [Arrival(request.body, envelope, key)] if client.is_on(settings) else []

    def sign_hook(self, body: bytes, event: str, settings: Mapping[str, str]) -> HookRequest:
        """The delivery as X would have made it."""
        return HookRequest({SIGNATURE: _signature(body, settings.get("webhook_secret", ""))}, body)

    def answer_challenge(self, query: Mapping[str, str], settings: Mapping[str, str]) -> Mapping[str, str] | None:
        """The proof by which X tests the address, again and again."""
        token, secret = query.get("crc_token", ""), settings.get("webhook_secret", "")
        return {"response_token": _signature(token.encode(), secret)} if token and secret else None

    def pace(self, settings: Mapping[str, str]) -> int:
        """Once a minute, once it is switched on: a look that finds nothing costs nothing."""
        return 60 if client.is_on(settings) else 0

    def poll(self, place: Mapping[str, str], settings: Mapping[str, str]) -> Polled:
        """A page of mentions behind the place; then direct messages and deletions."""
        return polling.poll(place, settings)

    def check(self, settings: Mapping[str, str]) -> str:
        """Whose account was connected."""
        return _("X knows this desk as %(account)s.") % {"account": f"@{client.me(client.api(settings))['username']}"}

    def is_own(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether our account wrote it."""
        return rules.is_named(parsed, settings.get("address", ""))

    def is_helper(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether a listed account of the team wrote it."""
        return rules.is_named(parsed, settings.get("helpers", ""))

    def room(self, text: str, reader: str, settings: Mapping[str, str], *, is_public: bool = True) -> Room | None:
        """What the text takes in units of X; a direct message is one whatever its length."""
        if not is_public:
            return Room(len(text), counting.DIRECT_LIMIT, int(len(text) <= counting.DIRECT_LIMIT))
        return posts.room(text, counting.LIMIT, counting.weight)

    def charges(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> Mapping[str, int]:
        """What the answer will cost."""
        return sending.charges(outgoing)

    def charge_name(self, name: str) -> str:
        """What X was paid for."""
        return str(CHARGES.get(name, name))

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Post the answer."""
        return sending.send(outgoing, settings)

    def find(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Look for our words among what the account wrote last."""
        return sending.find(outgoing, settings)

    def keeps_list(self, settings: Mapping[str, str]) -> bool:
        """Only while it may be read."""
        return client.is_on(settings)

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Every mention since then."""
        return polling.reconcile(since, settings)


def _signature(body: bytes, secret: str) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


registry.register(XChannel())
