"""Bluesky as the registry knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from firstline.channels import registry
from firstline.channels.base import Envelope, OutgoingMessage, Parsed, ParsedMessage, Setting
from firstline.channels.bluesky import client, polling, sending
from firstline.channels.bluesky.reading import parse
from firstline.channels.networks import posts, rules
from firstline.channels.port import Channel, Limit, Listed, Polled, Room, Session


class BlueskyChannel(Channel):
    """Mentions, replies and quotes of one account, and its chat; out as replies under keys of our own."""

    kind = "bluesky"
    posts = True
    signs_in = True
    # https://docs.bsky.app/docs/advanced-guides/rate-limits (2026-10): 5,000 points an hour, three for a post
    limits = (Limit("post", 1666, 3600),)

    @property
    def settings(self) -> Sequence[Setting]:
        """The handle and an app password; the server only when it is another one."""
        more = str(_("Seldom needed"))
        return (
            Setting("address", str(_("Account")), required=True, help=str(_("@name.bsky.social, or your own domain"))),
            Setting(
                "app_password",
                str(_("App password")),
                "secret",
                required=True,
                secret=True,
                help=str(_("Settings › Privacy and security › App passwords. Not the account’s own password.")),
            ),
            Setting(
                "dms",
                str(_("Chat too")),
                "boolean",
                help=str(_("The app password must allow direct messages.")),
            ),
            Setting("helpers", str(_("Accounts of your team")), help=str(_("@name, separated by commas."))),
            Setting("service", str(_("Address of the server")), "url", default=client.SERVICE, group=more),
        )

    def address(self, settings: Mapping[str, str]) -> str:
        """The handle."""
        return rules.handle(settings.get("address", ""))

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """Read what the desk fetched."""
        return parse(raw, envelope)

    def sign_in(self, settings: Mapping[str, str], refresh: str) -> Session:
        """Renew the session, or open one by the app password."""
        return client.sign_in(settings, refresh)

    def pace(self, settings: Mapping[str, str]) -> int:
        """Three times a minute."""
        return 20

    def poll(self, place: Mapping[str, str], settings: Mapping[str, str]) -> Polled:
        """A page of notifications behind our own mark; then chat and deletions."""
        return polling.poll(place, settings)

    def check(self, settings: Mapping[str, str]) -> str:
        """Whose session it is."""
        return _("Bluesky knows this desk as %(account)s.") % {
            "account": f"@{client.me(client.api(settings))['handle']}"
        }

    def is_own(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether our account wrote it."""
        return rules.is_named(parsed, settings.get("address", ""))

    def is_helper(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether a listed account of the team wrote it."""
        return rules.is_named(parsed, settings.get("helpers", ""))

    def room(self, text: str, reader: str, settings: Mapping[str, str], *, is_public: bool = True) -> Room | None:
        """What the text takes, in signs as readers see them; a chat message is one whatever its length."""
        if not is_public:
            used = posts.graphemes(text)
            return Room(used, sending.CHAT_LIMIT, int(used <= sending.CHAT_LIMIT))
        return posts.room(text, sending.LIMIT, posts.graphemes)

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Post the reply."""
        return sending.send(outgoing, settings)

    def find(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Look under the keys that the reply must bear."""
        return sending.find(outgoing, settings)

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Every mention, reply and quote since then."""
        return polling.reconcile(since, settings)


registry.register(BlueskyChannel())
