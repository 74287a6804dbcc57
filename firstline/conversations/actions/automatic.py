"""A mail that no person wrote: marked as such, to the contact alone, and no clock stops for it (RFC 3834)."""

import secrets

from firstline.conversations.models import Delivery, Message, ParticipantRole, Strand
from firstline.core import clock, markdown
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record


def queue(strand: Strand, *, machine: str, subject: str, text: str, named: bool = True) -> Message:
    """Queue `text` (Markdown) to the strand's requester, as said by `machine`; `named` puts their name beside their
    address. The caller holds the conversation's lock.
    """
    to = strand.participants.select_related("identity").get(role=ParticipantRole.REQUESTER).identity
    message = Message.objects.create(
        conversation_id=strand.conversation_id,
        strand=strand,
        author_machine=machine,
        is_automatic=True,
        subject=subject,
        text=text.strip(),
        html=markdown.render(text.strip()),
        state=Delivery.QUEUED,
        to=[{"name": to.name if named else "", "email": to.address}],
        message_id=f"<{secrets.token_hex(16)}@{strand.inbox.address.rpartition('@')[2]}>",
        send_at=clock.now(),
    )
    record(
        Kind.REPLY_QUEUED,
        by=MACHINE,
        conversation_id=strand.conversation_id,
        inbox_id=strand.conversation.inbox_id,
        subject_id=message.pk,
        due=message.send_at,
    )
    return message
