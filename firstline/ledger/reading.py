"""One left-out item, opened in memory for the person who judges it: masked, and covered when it may hurt."""

from __future__ import annotations

from dataclasses import dataclass

from firstline.channels import registry
from firstline.channels.base import Ignored, ParsedMessage
from firstline.core import sealing
from firstline.covers.judging import judge
from firstline.intake import actions as intake
from firstline.intake import masking
from firstline.intake.models import InboundItem

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to read. `is_source` means that the channel makes no message of it, so that its source is shown."""

    sender: str
    subject: str
    text: str
    is_covered: bool
    is_source: bool = False


def shown(item: InboundItem) -> Shown | None:
    """Open it; None when the original was erased."""
    try:
        raw, envelope = intake.raw_of(item), intake.envelope_of(item)
    except (FileNotFoundError, sealing.SealBroken):
        return None
    parsed = registry.get(item.inbox.channel).parse(raw, envelope)
    if isinstance(parsed, Ignored):
        return _covered("", "", masking.mask_source(raw), is_source=True)
    masked = masking.mask_message(parsed).parsed if isinstance(parsed, ParsedMessage) else None
    if masked is None:
        return _covered("", "", masking.mask_source(raw), is_source=True)
    sender = masked.sender or masked.shown_sender
    written = f"{sender.name} <{sender.email}>".strip() if sender else str(item.envelope.get("mail_from", ""))
    return _covered(written, masked.subject, masked.text)


def _covered(sender: str, subject: str, text: str, *, is_source: bool = False) -> Shown:
    text = text[:LONGEST]
    return Shown(sender, subject, text, judge(f"{subject}\n{text}").is_covered, is_source)
