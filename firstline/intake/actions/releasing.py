"""Held items: let in by an agent, or processed once more after a repair."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ParsedMessage
from firstline.contacts.actions import identify
from firstline.conversations.actions import receiving
from firstline.conversations.rules import Join, Verdict
from firstline.core import clock
from firstline.intake import masking
from firstline.intake.actions.opening import envelope_of, raw_of
from firstline.intake.actions.processing import identity_of, mark, process
from firstline.intake.models import PENDING, InboundItem


@transaction.atomic
def release(item: InboundItem, *, by: User) -> str:
    """An agent lets a quarantined mail in as a new, unverified conversation; it joins nothing and sends nothing
    (S-03).
    """
    held = InboundItem.objects.select_for_update(of=["self"]).select_related("inbox").get(pk=item.pk)
    if not held.outcome.startswith("quarantined:"):
        return held.outcome
    channel = registry.get(held.inbox.channel)
    envelope = envelope_of(held)
    parsed = channel.parse(raw_of(held), envelope)
    if not isinstance(parsed, ParsedMessage) or parsed.thread is not None:  # kept aside because processing it failed
        return replay(held.pk)
    masked = masking.mask_message(parsed)
    identity = identity_of(held.inbox, masked.parsed)
    if identity is None:
        identity = identify(channel=held.inbox.channel, address="unknown@invalid", name="Unknown sender")
    verdict = Verdict(Join.NEW, cause="released_from_quarantine")
    incoming = receiving.Incoming(
        held.inbox, identity, masked.parsed, verdict, "fail", clock.now(), masked.secrets, masked.files
    )
    received = receiving.receive(incoming)
    held.conversation, held.message = received.conversation, received.message
    return mark(held, "new")


def replay(item_id: int) -> str:
    """Process an item once more, as if it had arrived now; what it became before stays as it is. Returns the outcome.

    Only an item that made no message can be replayed: one that did would say everything twice.
    """
    InboundItem.objects.filter(pk=item_id, message=None).update(outcome=PENDING, processed_at=None)
    return process(item_id)
