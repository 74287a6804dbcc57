"""Mastodon as the registry knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from firstline.channels import registry
from firstline.channels.base import Envelope, OutgoingMessage, Parsed, ParsedMessage, Setting
from firstline.channels.mastodon import client, polling, sending
from firstline.channels.mastodon.reading import parse
from firstline.channels.networks import posts, rules
from firstline.channels.port import Channel, Limit, Listed, Polled, Room


class MastodonChannel(Channel):
    """Mentions of one account, public and direct, in by its notifications, out by its API."""

    kind = "mastodon"
    posts = True
    # https://docs.joinmastodon.org/api/rate-limits/ (2026-11): 300 requests in five minutes
    limits = (Limit("call", 300, 300),)

    @property
    def settings(self) -> Sequence[Setting]:
        """The account and a token for it; the rest is seldom needed."""
        more = str(_("Seldom needed"))
        return (
            Setting("address", str(_("Account")), required=True, help=str(_("As others call it: @name@server"))),
            Setting(
                "access_token",
                str(_("Access token")),
                "secret",
                required=True,
                secret=True,
                help=str(_("Preferences › Development › New application, with the scopes read and write:statuses.")),
            ),
            Setting(
                "helpers",
                str(_("Accounts of your team")),
                help=str(_("Their posts count as answers: @name@server, separated by commas.")),
            ),
            Setting(
                "server",
                str(_("Address of the server")),
                "url",
                help=str(_("Only when it is another than the one in the account.")),
                group=more,
            ),
            Setting(
                "limit",
                str(_("Characters that a post of this server holds")),
                "integer",
                default=str(sending.DEFAULT_LIMIT),
                group=more,
            ),
            Setting(
                "streaming",
                str(_("Listen to the server’s stream, to hear of mentions at once")),
                "boolean",
                group=more,
            ),
        )

    def address(self, settings: Mapping[str, str]) -> str:
        """The account as others call it."""
        return rules.handle(settings.get("address", ""))

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """Read what the desk fetched."""
        return parse(raw, envelope)

    def pace(self, settings: Mapping[str, str]) -> int:
        """Twice a minute: eight requests a minute at most, of sixty allowed."""
        return 30

    def poll(self, place: Mapping[str, str], settings: Mapping[str, str]) -> Polled:
        """A page of mentions behind the place, or what became of the newest posts."""
        return polling.poll(place, settings)

    def listen(self, settings: Mapping[str, str]) -> Iterator[None] | None:
        """The account's own stream, where the inbox wants it."""
        return polling.listen(settings) if settings.get("streaming") else None

    def check(self, settings: Mapping[str, str]) -> str:
        """Whose token it is; and that it is the account that the inbox names."""
        found = rules.handle(f"{client.me(settings)['acct']}@{client.server(settings)}")
        if found != rules.handle(settings.get("address", "")):
            return _("The token works, and belongs to %(account)s.") % {"account": found}
        return _("Mastodon knows this desk as %(account)s.") % {"account": found}

    def is_own(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether our account wrote it."""
        return rules.is_named(parsed, settings.get("address", ""))

    def is_helper(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether a listed account of the team wrote it."""
        return rules.is_named(parsed, settings.get("helpers", ""))

    def room(self, text: str, reader: str, settings: Mapping[str, str], *, is_public: bool = True) -> Room | None:
        """What the text takes beside the call of its reader."""
        return posts.room(text, sending.limit_of(settings) - sending.count(f"{reader} "), sending.count)

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Post the reply."""
        return sending.send(outgoing, settings)

    def find(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Look for our words among the account's newest posts."""
        return sending.find(outgoing, settings)

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Every mention since then."""
        return polling.reconcile(since, settings)


registry.register(MastodonChannel())
