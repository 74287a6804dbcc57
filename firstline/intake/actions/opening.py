"""Opening a sealed item: its bytes and its envelope, in memory only."""

from firstline.channels.base import Envelope
from firstline.core import blobs, sealing
from firstline.intake.models import InboundItem


def raw_of(item: InboundItem) -> bytes:
    """The item exactly as it arrived. Raises SealBroken; FileNotFoundError when it was erased."""
    if item.wrapped_key is None:
        raise FileNotFoundError("The raw item was erased when its time was over.")
    ciphertext = blobs.read(item.storage_key) if item.storage_key else item.ciphertext
    return sealing.unseal(ciphertext or b"", item.wrapped_key)


def envelope_of(item: InboundItem) -> Envelope:
    """What the door noted of the delivery."""
    return Envelope(**{**item.envelope, "rcpt_to": tuple(item.envelope.get("rcpt_to", ()))})
