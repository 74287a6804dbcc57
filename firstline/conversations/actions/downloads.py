"""Files leave by a single-use link on the content host, 60 seconds after the desk has checked who asks (S-24)."""

from datetime import timedelta

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import storing
from firstline.conversations.models import Attachment, DownloadTicket
from firstline.core import clock, tokens

LIFETIME = timedelta(seconds=60)


class TicketRefused(Exception):
    """Used, expired, or not one of ours."""


def issue_ticket(attachment: Attachment, *, by: User) -> str:
    """A token that fetches this file once; the caller found the attachment through `visible_to(by)`."""
    DownloadTicket.objects.filter(expires_at__lt=clock.now()).delete()
    token = tokens.random_token()
    DownloadTicket.objects.create(attachment=attachment, digest=tokens.digest(token), expires_at=clock.now() + LIFETIME)
    return token


@transaction.atomic
def redeem(token: str) -> tuple[Attachment, bytes]:
    """The file behind a token, which is used up. Raises TicketRefused."""
    ticket = (
        DownloadTicket.objects.select_for_update(of=["self"])
        .select_related("attachment")
        .filter(digest=tokens.digest(token), expires_at__gt=clock.now())
        .first()
    )
    if ticket is None:
        raise TicketRefused("This link was used already or has expired.")
    ticket.delete()
    return ticket.attachment, storing.read_file(ticket.attachment)
