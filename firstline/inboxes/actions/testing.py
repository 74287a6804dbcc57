"""An inbox counts as open only after a mail went out by its way and came back by its way."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.channels import registry
from firstline.channels.base import Address, ChannelError, OutgoingMessage
from firstline.core import clock, tokens
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.actions.measuring import measured
from firstline.inboxes.actions.sending import hand_over, settings_to_send
from firstline.inboxes.models import ForwardCode, Inbox, RoundTrip

WAITS = timedelta(hours=24)
MARK = "firstline-test-"


def send_test_mail(inbox: Inbox) -> RoundTrip:
    """Send a mail from the inbox to itself; whatever goes wrong stands in its `failure`."""
    token = tokens.random_token()
    trip = RoundTrip.objects.create(inbox=inbox, digest=tokens.digest(token))
    here = Address(settings.DESK_NAME, inbox.address)
    mail = OutgoingMessage(
        message_id=f"<{MARK}{token}@{inbox.address.rpartition('@')[2]}>",
        sender=here,
        recipient=here,
        to=(here,),
        subject=_("Test mail of %(desk)s") % {"desk": settings.DESK_NAME},
        text=_("The desk sent this mail to itself. When it comes back, the inbox is open."),
        date=clock.now(),
    )
    try:
        hand_over(inbox, mail)
    except ChannelError as error:
        trip.failure = error.sentence[:300]
        trip.save(update_fields=["failure"])
    return trip


def check_connection(inbox: Inbox) -> RoundTrip:
    """Ask a network who the desk is there; its answer, or what went wrong, stands in `failure` or `said`."""
    trip = RoundTrip.objects.create(inbox=inbox, digest=tokens.digest(tokens.random_token()))
    try:
        with measured(inbox, only_reads=True):
            trip.said = str(registry.get(inbox.channel).check(settings_to_send(inbox)))[:300]
    except ChannelError as error:
        trip.failure = error.sentence[:300]
    else:
        trip.back_at = clock.now()
    trip.save(update_fields=["failure", "said", "back_at"])
    return trip


def came_back(inbox: Inbox, message_id: str) -> bool:
    """Whether a mail with this Message-ID is a test mail of this inbox; if so, the inbox is open from now on."""
    local = message_id.strip("<>").rpartition("@")[0]
    return local.startswith(MARK) and _is_back(inbox, local)


@transaction.atomic
def _is_back(inbox: Inbox, local: str) -> bool:
    trip = RoundTrip.objects.select_for_update().filter(
        inbox=inbox, digest=tokens.digest(local.removeprefix(MARK)), left_at__gt=clock.now() - WAITS
    )
    found = trip.first()
    if found is None:
        return False
    if found.back_at is None:
        found.back_at = clock.now()
        found.save(update_fields=["back_at"])
    if Inbox.objects.filter(pk=inbox.pk, opened_at=None).update(opened_at=clock.now()):
        record(Kind.INBOX_OPENED, by=MACHINE, inbox_id=inbox.pk, subject_id=inbox.pk)
    return True


def note_forward_code(inbox: Inbox, code: str, link: str = "") -> ForwardCode:
    """Keep a forwarding provider's code for the inbox's page."""
    return ForwardCode.objects.create(inbox=inbox, code=code[:60], link=link[:600])
