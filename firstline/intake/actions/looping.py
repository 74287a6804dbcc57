"""The loop guard: an address that writes without pause is held for an hour (S-12, RFC 3834)."""

from datetime import datetime, timedelta

from firstline.channels.base import ParsedMessage
from firstline.contacts.models import ContactIdentity
from firstline.intake.actions.knowing import Known
from firstline.intake.models import LoopHold

WINDOW, HOLD = timedelta(minutes=15), timedelta(hours=1)
MAILS, AUTOMATIC_MAILS = 10, 3


def allowed(parsed: ParsedMessage) -> int:
    """How many mails of this kind one address may write within the window."""
    return AUTOMATIC_MAILS if parsed.kind == "auto_reply" else MAILS


def loops(identity: ContactIdentity, parsed: ParsedMessage, known: Known, *, now: datetime) -> bool:
    """Whether this mail belongs to a loop: more than ten from one address within 15 minutes by the sender's own clock,
    or more than three automatic ones. The address is held for an hour from then on. Delivery reports never count.

    The sender's clock is asked, so that an old mailbox that is taken in at once is not mistaken for a loop.
    """
    if parsed.kind not in {"message", "auto_reply"}:
        return False
    if known.held_until is not None and known.held_until > now:
        return True
    if known.nth_written is None or abs((parsed.date or now) - known.nth_written) > WINDOW:
        return False
    LoopHold.objects.update_or_create(identity=identity, defaults={"until": now + HOLD})
    return True
