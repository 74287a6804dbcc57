"""One mail from the sealed item to a conversation's message, its events and its jobs."""

import json
import os
import secrets
from collections.abc import Callable
from typing import Any

from django.db import connection

from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models import (
    Conversation,
    Delivery,
    ExternalId,
    Message,
    Participant,
    Status,
    Strand,
)
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.intake.actions import Offered, accept_many, process
from firstline.operations.bench import mails, meter, pages
from firstline.operations.bench.copying import Insert
from firstline.operations.bench.report import Row

MAILS = 300
TARGET_MS, TARGET_RATIO = 8.0, 2.5


def measure() -> Row:
    """`process` over mails of as many senders, half of them answers; against the same rows by hand."""
    inbox = _inbox()
    tag = f"p{secrets.token_hex(4)}"
    warm = 10
    raws = list(mails.mails(MAILS + warm, to=inbox.address, tag=tag, replies_to=f"<{tag}.0@sender.example>"))
    items = [one.item_id for one in accept_many([Offered(inbox.pk, raw) for raw in raws])]

    def run(i: int) -> None:
        process(items[i if i >= 0 else MAILS - 1 - i])

    def watched() -> set[int]:
        return meter.descendants(os.getpid()) | meter.backends()

    timing = meter.measure(run, n=MAILS, pids=watched, warm_up=warm)
    floor = meter.measure(_by_hand(inbox, tag, items[0]), n=MAILS, pids=watched)
    ratio = timing.cpu_ms / floor.cpu_ms
    return Row(
        name="process",
        n=MAILS,
        target=f"≤ {TARGET_MS:g} ms CPU and ≤ {TARGET_RATIO:g} × the floor",
        ok=timing.cpu_ms <= TARGET_MS and ratio <= TARGET_RATIO,
        cpu_ms=round(timing.cpu_ms, 2),
        p50_ms=round(timing.p50_ms, 2),
        p95_ms=round(timing.p95_ms, 2),
        per_s=round(timing.per_s, 1),
        floor=round(floor.cpu_ms, 2),
        ratio=round(ratio, 2),
    )


def _inbox() -> Inbox:
    found = Inbox.objects.filter(name__startswith="bench-").order_by("pk").first()
    if found is None:
        raise pages.NothingSeeded("Seed the desk first: firstline bench seed --conversations 1000")
    return found


def _by_hand(inbox: Inbox, tag: str, item: int) -> Callable[[int], None]:
    """The least that a mail costs: the same look-ups and rows in one transaction, written by hand with psycopg.

    Its rows are those of a mail that begins a conversation: contact, identity, conversation, strand, participant,
    message, Message-ID, two events, the jobs that follow them, the item's outcome.
    """
    connection.ensure_connection()
    bare = connection.connection
    text = "word " * 700

    def one(sql: str, *values: object) -> Any:
        row = bare.execute(sql, values).fetchone()
        return row[0] if row else None

    rows = _Rows()

    def run(i: int) -> None:
        address = f"hand{i}@{tag}.example"
        with bare.transaction():
            one("SELECT id FROM intake_inbounditem WHERE id = %s FOR UPDATE", item)
            one("SELECT id FROM contacts_contactidentity WHERE channel = 'email' AND key = %s", address)
            one("SELECT message_id FROM conversations_externalid WHERE channel = 'email' AND external_id = %s", address)
            contact = one(rows.contact.sql, *rows.contact.values(address))
            identity = one(rows.identity.sql, *rows.identity.values(contact, "email", address, address))
            message = _message(one, rows, inbox, contact, identity, text, f"<{address}>")
            one("UPDATE intake_inbounditem SET message_id = %s WHERE id = %s RETURNING id", message, item)

    return run


class _Rows:
    def __init__(self) -> None:
        self.contact = Insert(Contact, ("name",))
        self.identity = Insert(ContactIdentity, ("contact_id", "channel", "key", "address"))
        self.conversation = Insert(
            Conversation, ("subject", "contact_id", "inbox_id", "waiting_since", "last_preview", "status")
        )
        self.strand = Insert(Strand, ("conversation_id", "inbox_id"))
        self.participant = Insert(Participant, ("strand_id", "identity_id", "role"))
        self.message = Insert(
            Message, ("conversation_id", "strand_id", "author_identity_id", "subject", "text", "state", "message_id")
        )
        self.external = Insert(ExternalId, ("channel", "external_id", "message_id"))


def _message(
    one: Callable[..., Any], rows: _Rows, inbox: Inbox, contact: int, identity: int, text: str, external_id: str
) -> int:
    """The rows of a new conversation with its first message, its two events and two jobs; returns the message's id."""
    conversation = one(
        rows.conversation.sql,
        *rows.conversation.values(text[:60], contact, inbox.pk, clock.now(), text[:120], Status.OPEN.value),
    )
    strand = one(rows.strand.sql, *rows.strand.values(conversation, inbox.pk))
    one(rows.participant.sql, *rows.participant.values(strand, identity, "requester"))
    values = rows.message.values(conversation, strand, identity, text[:60], text, Delivery.RECEIVED.value, external_id)
    message: int = one(rows.message.sql, *values)
    one(rows.external.sql, *rows.external.values("email", external_id, message))
    event = one(
        "INSERT INTO events_event (kind, at, actor_kind, actor_id, conversation_id, inbox_id, subject_id, data)"
        " SELECT kind, now(), 'contact', %s, %s, %s, %s, '{}' FROM unnest(ARRAY['conversation.created',"
        " 'message.received']) AS kind RETURNING id",
        identity,
        conversation,
        inbox.pk,
        message,
    )
    one(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
        " SELECT 'bench', name, %s, 'cancelled' FROM unnest(ARRAY['bench.none', 'bench.none']) AS name RETURNING id",
        json.dumps({"event_id": event}),
    )
    one("SELECT 1 FROM pg_notify('bench', %s)", str(conversation))
    return message
