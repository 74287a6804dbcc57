"""The email channel as the registry knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

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
from firstline.channels.email import accounts, fields, oauth
from firstline.channels.port import Arrival, Channel, HookRequest


class EmailChannel(Channel):
    """Mail in by SMTP, LMTP, IMAP or a mail service's webhooks; mail out by SMTP or a mail service."""

    kind = "email"

    @property
    def settings(self) -> Sequence[Setting]:
        """The address is all it needs; without more, mail comes to the listener and leaves by the desk's server."""
        return fields.settings(_words())

    def parse(self, raw: bytes, envelope: Envelope) -> ParsedMessage:
        """Read a mail in a killable child, for as long as S-18 allows."""
        return email.parse(raw, envelope)

    def parse_quickly(self, raw: bytes, envelope: Envelope) -> ParsedMessage:
        """Read a mail in the child that ordinary mails share. Raises TakesLong."""
        return email.parse_quickly(raw, envelope)

    def verify(self, raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
        """Authentication-Results of our own server, DKIM, SPF and DMARC."""
        from firstline.channels.email.authentication import verify

        return verify(raw, parsed, envelope, trust)

    def consents(self, settings: Mapping[str, str]) -> bool:
        """Whether its mailbox is read by OAuth."""
        return settings.get("in_via", "") in accounts.OAUTH

    def provider(self, settings: Mapping[str, str]) -> oauth.Provider:
        """The one that the settings name. Raises ValueError."""
        return oauth.provider(settings)

    def open_hook(self, request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
        """The mails and delivery reports that a mail service brings. Raises HookRefused."""
        from firstline.channels.email import esp

        return esp.arrivals(request, settings)

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Send one copy by the way that `out_via` names, else through the server in `settings["outgoing"]`, signed when
        the inbox has a key. Raises ChannelError.
        """
        from firstline.channels.email import sending, services, signing

        if settings.get("out_via", "") in services.SERVICES:
            from firstline.channels.email import esp_sending

            return esp_sending.send(outgoing, settings)
        try:
            return sending.send(outgoing, sending.way_out(settings), signer=signing.signer(settings))
        except ValueError as error:
            raise ChannelError(str(error), permanent=True) from error


def _words() -> dict[str, str]:
    return {
        "address": _("Address"),
        "address_help": _("Where people write to."),
        "name": _("Name of the sender"),
        "name_help": _("What people see beside the address."),
        "incoming": _("How mail comes in"),
        "outgoing": _("How mail leaves"),
        "trust": _("Whom to believe"),
        "in_via": _("Mail comes"),
        "at_the_door": _("To this desk’s mail listener (SMTP, LMTP)"),
        "oauth": _("Another provider with OAuth"),
        "webhook": _("%(service)s, by webhook"),
        "imap_server": _("IMAP server"),
        "imap_server_help": _("For example imap.example.org:993."),
        "imap_user": _("User name"),
        "imap_user_help": _("Empty: the address itself."),
        "imap_password": _("Password"),
        "imap_folder": _("Folder"),
        "imap_from": _("Begin with"),
        "from_now": _("Mail that arrives from now on"),
        "from_all": _("Everything in the folder"),
        "imap_after": _("Mail that was taken"),
        "mark_read": _("Stays there, marked as read"),
        "move": _("Is moved to another folder"),
        "imap_move_to": _("Folder to move to"),
        "imap_move_help": _("Made if it is not there yet."),
        "oauth_client_id": _("Client ID"),
        "oauth_help": _("From the app that you registered with the provider for this desk."),
        "oauth_client_secret": _("Client secret"),
        "oauth_authorize_url": _("Authorisation address"),
        "oauth_token_url": _("Token address"),
        "oauth_scope": _("Scope"),
        "webhook_secret": _("Signing key of the webhooks"),
        "webhook_help": _("Services without signatures: user:password, as in the webhook’s address there."),
        "out_via": _("Mail leaves"),
        "desk_server": _("By the desk’s outgoing server"),
        "same_mailbox": _("By the mailbox it comes from"),
        "out_server": _("Server, domain or region"),
        "out_server_help": _(
            "SMTP: smtp://host:587 or smtps://host:465. Mailgun: the sending domain. Amazon SES: the region."
        ),
        "out_user": _("User or key name"),
        "out_user_help": _("Amazon SES: the access key’s ID. Mailjet: the API key."),
        "out_secret": _("Password or key"),
        "dkim_selector": _("DKIM selector"),
        "dkim_help": _("Empty: outgoing mail is not signed here."),
        "dkim_key": _("DKIM private key"),
        "dkim_key_help": _("PEM. Leave it empty and the desk makes one."),
        "acknowledging": _("When somebody writes for the first time"),
        "acknowledge": _("Tell them that it arrived"),
        "acknowledge_help": _(
            "One mail a day at most, only to writers who prove their address, never to machines and lists. "
            "An automatic answer or a quick person makes it needless."
        ),
        "acknowledge_text": _("What it says"),
        "acknowledge_text_help": _(
            "Empty: thanks, and that a person reads it. How long answers usually take is added once it was measured."
        ),
        "forwarders": _("Named forwarders"),
        "forwarders_help": _(
            "Domains of your own that forward to this inbox and keep the writer’s proof (ARC), apart by commas."
        ),
    }


registry.register(EmailChannel())
