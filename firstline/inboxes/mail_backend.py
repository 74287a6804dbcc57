"""Django's own mails (sign-in links, password resets) leave by the desk's door."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from firstline.channels.email import sending
from firstline.inboxes import actions


class DeskBackend(BaseEmailBackend):
    """Sends by FIRSTLINE_OUTGOING_SMTP, or keeps the mail for /outbox/ when there is no server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send or keep each mail; returns how many. Raises ChannelError when the server refuses."""
        for message in email_messages:
            raw = message.message().as_bytes()
            for recipient in message.recipients():
                if settings.OUTGOING_SMTP:
                    sending.send_raw(raw, settings.DEFAULT_FROM_EMAIL, recipient, settings.OUTGOING_SMTP)
                else:
                    actions.keep_mail(recipient, raw)
        return len(email_messages)
