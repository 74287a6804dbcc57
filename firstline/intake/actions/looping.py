"""The loop guard: an address that writes without pause is held for an hour (S-12, RFC 3834)."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from firstline.channels.base import ParsedMessage
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import Message
from firstline.intake.models import LoopHold

WINDOW, HOLD = timedelta(minutes=15), timedelta(hours=1)
MAILS, AUTOMATIC_MAILS = 10, 3


def loops(identity: ContactIdentity, parsed: ParsedMessage, *, now: datetime) -> bool:
    """Whether this mail belongs to a loop: more than ten from one address within 15 minutes by the sender's own clock,
    or more than three automatic ones. The address is held for an hour from then on. Delivery reports never count.

    The sender's clock is asked, so that an old mailbox that is taken in at once is not mistaken for a loop.
    """
    if parsed.kind not in {"message", "auto_reply"}:
        return False
    until, nth = _history(identity, is_automatic=parsed.kind == "auto_reply")
    if until is not None and until > now:
        return True
    if nth is None or abs((parsed.date or now) - nth) > WINDOW:
        return False
    LoopHold.objects.update_or_create(identity=identity, defaults={"until": now + HOLD})
    return True


def _history(identity: ContactIdentity, *, is_automatic: bool) -> tuple[datetime | None, datetime | None]:
    """Until when the address is held, and when it wrote the mail that makes the next one too many."""
    written = Message.objects.filter(author_identity=OuterRef("pk"))
    allowed = MAILS
    if is_automatic:
        written, allowed = written.filter(is_automatic=True), AUTOMATIC_MAILS
    nth = Subquery(written.order_by("-pk").values("written_at")[allowed - 1 : allowed])
    until, written_at = ContactIdentity.objects.values_list("loop_hold__until", nth).get(pk=identity.pk)
    return until, written_at
