"""The email channel as the registry knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from firstline.channels import email, registry
from firstline.channels.base import (
    ChannelError,
    Envelope,
    OutgoingMessage,
    ParsedMessage,
    SenderAuth,
    Setting,
    Trust,
)


class EmailChannel:
    """Mail in by SMTP or LMTP, mail out by SMTP."""

    kind = "email"

    @property
    def settings(self) -> Sequence[Setting]:
        """The address is all an inbox needs; mail leaves through the desk's one outgoing server."""
        return (
            Setting("address", str(_("Address")), "email", required=True, help=str(_("Where people write to."))),
            Setting("name", str(_("Name of the sender")), help=str(_("What people see beside the address."))),
        )

    def parse(self, raw: bytes, envelope: Envelope) -> ParsedMessage:
        """Read a mail in the killable child."""
        return email.parse(raw, envelope)

    def verify(self, raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
        """Authentication-Results of our own server, DKIM, SPF and DMARC."""
        from firstline.channels.email.authentication import verify

        return verify(raw, parsed, envelope, trust)

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Send one copy through the server in `settings["outgoing"]`. Raises ChannelError."""
        from firstline.channels.email.sending import send, server

        try:
            through = server(settings.get("outgoing", ""))
        except ValueError as error:
            raise ChannelError(str(error), permanent=True) from error
        return send(outgoing, through)


registry.register(EmailChannel())
