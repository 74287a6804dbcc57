"""Opening a sealed item: its bytes and its envelope, in memory only."""

from firstline.accounts.models import User
from firstline.channels.base import Envelope
from firstline.conversations.models import Message
from firstline.core import blobs, sealing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.intake.models import InboundItem


def raw_of(item: InboundItem) -> bytes:
    """The item exactly as it arrived. Raises SealBroken; FileNotFoundError when it was erased."""
    if item.wrapped_key is None:
        raise FileNotFoundError("The raw item was erased when its time was over.")
    ciphertext = blobs.read(item.storage_key) if item.storage_key else item.ciphertext
    return sealing.unseal(ciphertext or b"", item.wrapped_key)


def raw_of_message(message: Message) -> bytes | None:
    """The bytes that a message came in as, for evidence; None when they are gone, or hold a secret (ground.md G1)."""
    item = message.items.filter(held_secret=False).order_by("pk").first()
    try:
        return raw_of(item) if item is not None else None
    except (FileNotFoundError, sealing.SealBroken):
        return None


def envelope_of(item: InboundItem) -> Envelope:
    """What the door noted of the delivery."""
    return Envelope(**{**item.envelope, "rcpt_to": tuple(item.envelope.get("rcpt_to", ()))})


def note_look(message: Message, *, by: User) -> None:
    """Somebody opens the mail as it came: audited (M-21)."""
    inbox = message.conversation.inbox_id
    facts = {"conversation": message.conversation_id}
    record_audit(Kind.ORIGINAL_OPENED, by=by, inbox_id=inbox, subject_id=message.pk, after=facts)
