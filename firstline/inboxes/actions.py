"""Every write about inboxes, and the way out for mail."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction

from firstline.accounts.actions import default_team
from firstline.accounts.models import Team
from firstline.core import sealing
from firstline.inboxes.models import Inbox, KeptMail


@transaction.atomic
def create_inbox(
    *, channel: str, name: str, address: str, options: dict[str, str] | None = None, teams: list[Team] | None = None
) -> Inbox:
    """Add an inbox and grant it to `teams` (the default team when none is given). Raises IntegrityError when name or
    address is taken.
    """
    inbox = Inbox.objects.create(channel=channel, name=name, address=address.strip().lower(), settings=options or {})
    inbox.teams.set(teams or [default_team()])
    return inbox


def ensure_default_inbox() -> Inbox:
    """The email inbox `support` that a fresh desk starts with."""
    found = Inbox.objects.filter(name="support").first()
    return found or create_inbox(channel="email", name="support", address=settings.SUPPORT_ADDRESS)


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
