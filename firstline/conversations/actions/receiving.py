"""What arrives becomes a message, a note, or a new conversation."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from firstline.channels.base import ParsedMessage
from firstline.contacts.models import ContactIdentity
from firstline.conversations import rules
from firstline.conversations.actions import covering, locking, parting, picturing, replying, storing, turns
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import (
    Audience,
    Conversation,
    Delivery,
    ExternalId,
    Message,
    Note,
    Participant,
    ParticipantRole,
    Resolution,
    Status,
    Strand,
)
from firstline.conversations.rules import Join, Verdict
from firstline.core import clock, statements
from firstline.covers import deceiving
from firstline.events.kinds import Kind
from firstline.events.recording import NewEvent, record_all
from firstline.inboxes.models import Inbox


@dataclass(frozen=True, slots=True)
class Incoming:
    """A masked message with what is known of its sender."""

    inbox: Inbox
    identity: ContactIdentity
    parsed: ParsedMessage
    verdict: Verdict
    sender_auth: str
    received_at: datetime
    secrets: tuple[storing.FoundSecret, ...] = ()
    attachments: tuple[storing.NewFile, ...] = ()
    standing: Standing = covering.FINE
    answers_from: Inbox | None = None

    @property
    def preview(self) -> str:
        """What a list row shows of it: nothing of what is covered."""
        return "" if self.standing.reason else rules.preview(self.parsed.reply_text or self.parsed.text)


@dataclass(frozen=True, slots=True)
class Received:
    """Where it went. `message` is None when it became a note."""

    conversation: Conversation
    message: Message | None
    is_new: bool


@transaction.atomic(savepoint=False)
def receive(incoming: Incoming) -> Received:
    """Store a message where its verdict says; a conversation that waited or was resolved reopens when it may.

    The caller has masked every text and decided by `rules.match`; quarantined and lonely automatic mail never comes
    here.
    """
    incoming = replace(incoming, standing=covering.judge(incoming))
    if incoming.verdict.strand is None:
        return _start(incoming)
    if incoming.verdict.join is Join.GUEST_NOTE and incoming.standing.reason:
        # A note has no cover: what somebody else sent to be covered stands alone.
        return _start(replace(incoming, verdict=Verdict(Join.NEW, related=incoming.verdict.strand)))
    strand = Strand.objects.select_related("conversation").get(pk=incoming.verdict.strand)
    conversation = locking.hold(strand.conversation_id)
    if incoming.verdict.join is Join.GUEST_NOTE:
        return _guest_note(conversation, incoming)
    return _append(conversation, strand, incoming)


@transaction.atomic(savepoint=False)
def join_as_strand(conversation_id: int, incoming: Incoming) -> Received:
    """The same mail came to a second inbox: it becomes a strand of the first one's conversation (ground.md G4)."""
    conversation = locking.hold(conversation_id)
    strand, requester = _new_strand(conversation, incoming)
    verdict = replace(incoming.verdict, join=Join.APPEND)
    incoming = replace(incoming, verdict=verdict, standing=covering.judge(incoming))
    return _append(conversation, strand, incoming, requester)


def _start(incoming: Incoming) -> Received:
    now = incoming.received_at  # the wait began at the door, whenever a worker had time for it
    parsed, verdict = incoming.parsed, incoming.verdict
    related = (
        Strand.objects.filter(pk=verdict.related).values_list("conversation_id", flat=True).first()
        if verdict.related
        else None
    )
    conversation = Conversation(
        subject="" if incoming.standing.reason else parsed.subject[:400],
        cover=incoming.standing.reason,
        **_first_state(incoming),
        contact_id=incoming.identity.contact_id,
        inbox=incoming.inbox,
        unverified=not verdict.verified,
        possibly_related_id=related,
        sort_at=now,
        created_at=now,
        last_message_at=now,
        last_preview=incoming.preview,
    )
    message = _store(incoming, conversation, *_new_strand(conversation, incoming))
    record_all(
        [
            *_created(conversation, incoming, message),
            *_noticed(conversation, incoming, message),
            _event(incoming.standing.arrives_as, conversation, incoming, message),
        ]
    )
    return Received(conversation, message, is_new=True)


def _created(conversation: Conversation, incoming: Incoming, message: Message) -> list[NewEvent]:
    """What is held opens nothing that rules or people would hear of."""
    is_held = incoming.standing.is_held
    return [] if is_held else [_event(Kind.CONVERSATION_CREATED, conversation, incoming, message)]


def _first_state(incoming: Incoming) -> dict[str, Any]:
    """Ours to answer; of somebody who is sanctioned, ended from the start."""
    if incoming.standing.is_held:
        at = incoming.received_at
        return {"status": Status.RESOLVED, "resolution": Resolution.SANCTIONED, "resolved_at": at}
    return {"status": Status.OPEN, "waiting_since": incoming.received_at}


def _append(conversation: Conversation, strand: Strand, incoming: Incoming, *joining: Participant) -> Received:
    now = incoming.received_at
    incoming = replace(incoming, parsed=parting.marked(incoming.parsed, conversation, strand))
    message = _store(incoming, conversation, strand, *joining)
    was_resolved = conversation.is_resolved
    quiet = incoming.verdict.join is Join.QUIET or incoming.standing.is_held
    if not quiet and not strand.is_side:
        replying.cancel_scheduled(conversation)  # it was written without knowing this
    fields = ["last_message_at", "last_preview", "last_is_ours", "cover"]
    conversation.cover = incoming.standing.reason or conversation.cover
    if not strand.is_side:  # a row tells what the contact said last
        conversation.last_message_at = now
        conversation.last_preview = incoming.preview
        conversation.last_is_ours = False
    if incoming.verdict.may_reopen and not quiet and conversation.status != Status.SPAM:
        status = conversation.status if conversation.is_ours else Status.OPEN
        turns.give_turn(conversation, status, now)
        fields += turns.TURN_FIELDS
    conversation.save(update_fields=fields)
    news = [*_noticed(conversation, incoming, message)]
    if was_resolved and not conversation.is_resolved:
        news.append(_event(Kind.CONVERSATION_REOPENED, conversation, incoming, message))
    record_all([*news, _event(incoming.standing.arrives_as, conversation, incoming, message)])
    return Received(conversation, message, is_new=False)


def _guest_note(conversation: Conversation, incoming: Incoming) -> Received:
    note = Note.objects.create(
        conversation=conversation,
        author_identity=incoming.identity,
        text=incoming.parsed.reply_text or incoming.parsed.text,
    )
    storing.keep_secrets(conversation, None, incoming.secrets)
    storing.keep_files(incoming.attachments, note=note)
    record_all(
        [
            NewEvent(
                Kind.NOTE_ADDED,
                incoming.identity,
                conversation.pk,
                conversation.inbox_id,
                note.pk,
                conversation.assignee_id,
                data={"guest": True},
            )
        ]
    )
    return Received(conversation, None, is_new=False)


def _new_strand(conversation: Conversation, incoming: Incoming) -> tuple[Strand, Participant]:
    """A strand to be, and who asks in it."""
    thread = incoming.parsed.thread
    strand = Strand(
        conversation=conversation,
        inbox=incoming.answers_from or incoming.inbox,
        audience=Audience.PUBLIC if thread and thread.is_public else Audience.PRIVATE,
        external_id=(thread.address if thread else incoming.parsed.external_id)[:400],
    )
    return strand, Participant(strand=strand, identity=incoming.identity, role=ParticipantRole.REQUESTER)


def _store(incoming: Incoming, conversation: Conversation, strand: Strand, *joining: Participant) -> Message:
    """Insert the message with its Message-ID and whatever of the others is new, by one statement; then its files."""
    parsed = incoming.parsed
    flags = [*parsed.flags, *deceiving.flags(incoming.identity.name, incoming.identity.address, parsed.html)]
    if incoming.verdict.cause:
        flags.append(incoming.verdict.cause)
    message = Message(
        conversation=conversation,
        strand=strand,
        author_identity=incoming.identity,
        subject=parsed.subject[:400],
        text=parsed.reply_text or parsed.text,
        quoted=parsed.quoted_text if parsed.reply_text else "",
        html=parsed.html,
        state=Delivery.RECEIVED,
        sender_auth=incoming.sender_auth,
        is_automatic=incoming.verdict.join is Join.QUIET,
        flags=flags,
        to=[{"name": one.name, "email": one.email} for one in parsed.to[:50]],
        cc=[{"name": one.name, "email": one.email} for one in parsed.cc[:50]],
        message_id=parsed.external_id[:400],
        written_at=parsed.date or clock.now(),
    )
    known_by = (
        [ExternalId(channel=incoming.inbox.channel, external_id=parsed.external_id[:400], message=message)]
        if parsed.external_id
        else []
    )
    new = [one for one in (conversation, strand, *joining, message, *known_by) if one.pk is None]
    statements.insert_together(*new, unless_known=ExternalId)
    storing.keep_secrets(conversation, message, incoming.secrets)
    storing.keep_files(incoming.attachments, message=message)
    if parsed.remote_pictures:
        picturing.keep(message, parsed.remote_pictures)
    covering.keep(message, incoming.standing)
    return message


def _event(kind: Kind, conversation: Conversation, incoming: Incoming, message: Message) -> NewEvent:
    return NewEvent(
        kind, incoming.identity, conversation.pk, conversation.inbox_id, message.pk, conversation.assignee_id
    )


def _noticed(conversation: Conversation, incoming: Incoming, message: Message) -> list[NewEvent]:
    """What was seen in the message on its way in: secrets, and words of somebody who may be in danger."""
    news = []
    if incoming.secrets:
        event = _event(Kind.SECRET_SEALED, conversation, incoming, message)
        news.append(replace(event, data={"count": len(incoming.secrets)}))
    if incoming.standing.reason and not incoming.standing.is_held:
        news.append(_event(Kind.MESSAGE_COVERED, conversation, incoming, message))
    if incoming.standing.needs_care:
        news.append(_event(Kind.CARE_SEEN, conversation, incoming, message))
    return news
