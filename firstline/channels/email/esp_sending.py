"""Mail that leaves by a mail service's API, through django-anymail. Opens and clicks are never tracked."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.email.building import header_fields, mailbox
from firstline.channels.email.services import SERVICES, backend_options


def send(outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
    """Send one copy and return its Message-ID. Raises ChannelError: permanent when the service refuses for good,
    `unclear` when the connection broke after the service may have taken it.
    """
    name = settings["out_via"]
    label = SERVICES[name].label
    try:
        backend = import_string(f"anymail.backends.{name}.EmailBackend")(**backend_options(name, settings))
        backend.send_messages([_message(outgoing)])
    except AnymailRecipientsRefused as error:
        raise ChannelError(f"{label} refused the recipient.", permanent=True) from error
    except AnymailRequestsAPIError as error:
        raise _refused(label, error) from error
    except (AnymailConfigurationError, AnymailError, ValueError) as error:
        permanent = not isinstance(error, AnymailAPIError)
        raise ChannelError(
            f"{label} did not take the message ({type(error).__name__}).", permanent=permanent
        ) from error
    return outgoing.message_id


def _refused(label: str, error: AnymailRequestsAPIError) -> ChannelError:
    if error.status_code is None:
        cause = error.__cause__
        taken = isinstance(cause, requests.ReadTimeout) or "RemoteDisconnected" in str(cause)
        return ChannelError(f"{label} can't be reached.", permanent=False, unclear=taken)
    permanent = 400 <= error.status_code < 500 and error.status_code not in (401, 403, 408, 425, 429)
    return ChannelError(f"{label} answered {error.status_code}.", permanent=permanent)


def _message(outgoing: OutgoingMessage) -> EmailMultiAlternatives:
    """This copy: the header shows all who take part, but the service gets one recipient, as our own SMTP does."""
    fields = dict(header_fields(outgoing))
    extra = {
        name: value
        for name, value in fields.items()
        if value and name not in ("From", "To", "Cc", "Reply-To", "Subject")
    }
    message = EmailMultiAlternatives(
        subject=outgoing.subject,
        body=outgoing.text,
        from_email=fields["From"].replace("\r\n", ""),
        to=[mailbox(outgoing.recipient).replace("\r\n", "")],
        reply_to=[outgoing.reply_to] if outgoing.reply_to else None,
        headers={name: value.replace("\r\n", "") for name, value in extra.items()},
    )
    if outgoing.html:
        message.attach_alternative(outgoing.html, "text/html")
    for one in outgoing.attachments:
        message.attach(one.name, one.content, one.content_type)
    options = {"metadata": {"message_id": outgoing.message_id}, "track_opens": False, "track_clicks": False}
    vars(message).update(options)  # anymail reads them as attributes
    return message
