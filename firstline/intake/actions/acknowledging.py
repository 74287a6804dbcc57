"""Acknowledgements: "it arrived", to proved writers of new conversations, and never a way to mail others (S-10, S-11).

Not one word of the writer's stands in it. Who may get one is decided twice: when the mail is placed, from the mail
itself, and a minute later, when an automatic answer or a quick person may have made it needless.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.conversations.actions import automatic, covering, locking
from firstline.conversations.actions.receiving import Incoming
from firstline.conversations.models import Message
from firstline.core import clock, sealing
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import Inbox
from firstline.intake.models import Acknowledgement, AcknowledgementHour
from firstline.intake.usual import hourly_usual, usual_wait

MACHINE_NAME = "acknowledgement"
PAUSE = timedelta(minutes=1)
"""How long an acknowledgement waits for something better to be sent."""
FRESH = timedelta(days=1)
"""A mail that is older, by its own clock, was imported: its writer does not wait for word."""
ADDRESS_PAUSE, DOMAIN_WINDOW, DOMAIN_MOST = timedelta(hours=24), timedelta(minutes=1), 3
HOUR, BREAKER, FEWEST_USUAL = timedelta(hours=1), 5, 12
"""The breaker opens at five times the usual hour, which counts as twelve mails at least."""


def ask(incoming: Incoming, message: Message | None) -> None:
    """A mail opened a conversation: have it acknowledged if its inbox does that and the mail asks for no silence."""
    parsed, inbox = incoming.parsed, incoming.inbox
    if message is None or inbox.channel != "email" or not inbox.settings.get("acknowledge"):
        return
    is_late = abs(incoming.received_at - message.written_at) > FRESH
    if parsed.kind != "message" or parsed.list_or_bulk or is_late or not _is_proved(message):
        return
    record(
        Kind.ACKNOWLEDGEMENT_ASKED,
        by=MACHINE,
        conversation_id=message.conversation_id,
        inbox_id=inbox.pk,
        subject_id=message.pk,
        due=clock.now() + PAUSE,
    )


@transaction.atomic
def acknowledge(message_id: int) -> Message | None:
    """Queue the acknowledgement of a first mail; None when there is a reason to be silent. May run twice.

    Decisions stand in line at the row of the present hour, so that two workers never pass a limit together.
    """
    message = (
        Message.objects.select_related("strand__inbox", "strand__conversation", "conversation", "author_identity")
        .filter(pk=message_id)
        .first()
    )
    if message is None or message.author_identity is None or not _is_proved(message) or covering.reason_of(message):
        return None
    hour = _hold_hour(clock.now())
    locking.hold(message.conversation_id)
    inbox, address = message.strand.inbox, message.author_identity.address.lower()
    others = Message.objects.filter(conversation=message.conversation_id).exclude(pk=message.pk)
    if not inbox.is_active or not inbox.settings.get("acknowledge") or others.exists() or _is_one_of_us(address):
        return None
    if _heard_from_a_machine(message) or not _passes(hour, address):
        return None
    return automatic.queue(
        message.strand,
        machine=MACHINE_NAME,
        subject=_("Your message to %(desk)s has arrived") % {"desk": inbox.settings.get("name") or settings.DESK_NAME},
        text=letter(inbox),
        named=False,
    )


def letter(inbox: Inbox) -> str:
    """What it says: the inbox's own words or ours, and how long an answer usually takes if that was measured."""
    own = str(inbox.settings.get("acknowledge_text") or "").strip()
    words = own or _("Thank you for writing. Your message has arrived, and a person reads it.")
    hours = usual_wait(inbox.pk, clock.now())
    if hours is None:
        return words
    days = -(-hours // 24)
    said = (
        ngettext("Four of five answers come within an hour.", "Four of five answers come within %(n)d hours.", hours)
        % {"n": hours}
        if hours <= 24
        else ngettext("Four of five answers come within a day.", "Four of five answers come within %(n)d days.", days)
        % {"n": days}
    )
    return f"{words}\n\n{said}"


def forget(now: datetime) -> None:
    """Drop what no limit asks about any more."""
    Acknowledgement.objects.filter(at__lt=now - ADDRESS_PAUSE).delete()
    AcknowledgementHour.objects.filter(hour__lt=now - timedelta(days=8)).delete()


def _is_proved(message: Message) -> bool:
    return message.sender_auth == "pass" and not message.is_automatic and not message.conversation.unverified


def _is_one_of_us(address: str) -> bool:
    return (
        User.objects.filter(email__iexact=address, is_active=True).exists()
        or Inbox.objects.filter(address=address).exists()
    )


def _heard_from_a_machine(message: Message) -> bool:
    """Whether this person had a mail of ours within a day that no person wrote: an automatic answer says more, and two
    desks that lose each other's marks would go on with this one (S-12).
    """
    recent = Message.objects.filter(
        conversation__contact=message.conversation.contact_id, created_at__gt=clock.now() - ADDRESS_PAUSE
    )
    return recent.exclude(author_machine="").exists()


def _hold_hour(now: datetime) -> AcknowledgementHour:
    hour = now.replace(minute=0, second=0, microsecond=0)
    AcknowledgementHour.objects.bulk_create([AcknowledgementHour(hour=hour)], ignore_conflicts=True)
    return AcknowledgementHour.objects.select_for_update().get(hour=hour)


def _passes(hour: AcknowledgementHour, address: str) -> bool:
    """Whether all limits let it go; what is asked for counts in any case."""
    now = clock.now()
    hour.asked += 1
    hour.save(update_fields=["asked"])
    if _is_stopped(hour):
        return False
    keys = {"address": sealing.fingerprint(address.encode(), "acknowledged")}
    keys["domain"] = sealing.fingerprint(address.rpartition("@")[2].encode(), "acknowledged")
    known = Acknowledgement.objects.filter(address=keys["address"], at__gt=now - ADDRESS_PAUSE)
    crowd = Acknowledgement.objects.filter(domain=keys["domain"], at__gt=now - DOMAIN_WINDOW)
    if known.exists() or crowd.count() >= DOMAIN_MOST:
        return False
    Acknowledgement.objects.create(**keys, at=now)
    hour.sent += 1
    hour.save(update_fields=["sent"])
    return True


def _is_stopped(hour: AcknowledgementHour) -> bool:
    """Whether the desk's breaker is open: for the rest of an hour that passed the limit, and for whole hours after it
    until one stays below. Admins hear of it once.
    """
    if hour.stopped:
        return True
    last = AcknowledgementHour.objects.filter(hour=hour.hour - HOUR).first()
    limit = BREAKER * max(hourly_usual(hour.hour), FEWEST_USUAL)
    goes_on = last is not None and last.asked > limit
    if hour.asked <= limit and not goes_on:
        return False
    hour.stopped = True
    hour.save(update_fields=["stopped"])
    if not goes_on:
        record(Kind.ACKNOWLEDGEMENTS_STOPPED, by=MACHINE, subject_id=hour.pk, asked=hour.asked)
    return True
