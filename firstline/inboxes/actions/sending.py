"""The way out: by the inbox's own way, else the desk's server, else kept for /outbox/."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings

from firstline.channels import registry
from firstline.channels.base import OutgoingMessage
from firstline.channels.email import building
from firstline.core import sealing
from firstline.inboxes.actions.consenting import access_token
from firstline.inboxes.models import Inbox, KeptMail


def hand_over(inbox: Inbox, outgoing: OutgoingMessage) -> str:
    """Hand one copy to the outside, or keep it without a way out; returns its external id. Raises ChannelError."""
    options = settings_to_send(inbox)
    if inbox.channel == "email" and not options.get("out_via") and not options["outgoing"]:
        keep_mail(outgoing.recipient.email, building.build(outgoing))
        return outgoing.message_id
    return registry.get(inbox.channel).send(outgoing, options)


def settings_to_send(inbox: Inbox) -> dict[str, str]:
    """What the channel needs to reach its outside, a fresh access token included. Raises ChannelError."""
    options = {"outgoing": settings.OUTGOING_SMTP, **inbox.open_settings()}
    channel = registry.get(inbox.channel)
    if channel.signs_in or channel.consents(options):
        options["access_token"] = access_token(inbox)
    return options


def keep_mail(recipient: str, raw: bytes) -> KeptMail:
    """Keep a mail that has no server to go to."""
    message = message_from_bytes(raw, policy=policy.default)
    sealed = sealing.seal(raw)
    return KeptMail.objects.create(
        recipient=recipient,
        subject=str(message["Subject"] or "") if isinstance(message, EmailMessage) else "",
        ciphertext=sealed.ciphertext,
        wrapped_key=sealed.wrapped_key,
    )
