"""Conversations that are one matter become one; a message that is another matter becomes its own."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.conversations import topics
from firstline.conversations.actions import covering, locking, turns
from firstline.conversations.models import (
    Conversation,
    Delivery,
    Draft,
    Link,
    LinkKind,
    Message,
    Note,
    Participant,
    ParticipantRole,
    Promise,
    ReadMark,
    Resolution,
    Review,
    ReviewState,
    SealedSecret,
    Status,
    Strand,
)
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, NewEvent, record_all


class MergeRefused(Exception):
    """These can't become one, or this can't be taken out; the message is a sentence for the person."""


@transaction.atomic
def merge(source: Conversation, target: Conversation, *, by: Actor) -> Conversation:
    """Move everything of `source` into `target`. Strands move whole, so late replies follow (ground.md G4).

    `source` stays behind resolved as a duplicate, and its address leads to `target`. Raises MergeRefused.
    """
    source, target = _hold_both(source, target)
    if source.sealed != target.sealed:
        raise MergeRefused(_("A sealed conversation can't be merged with one that is not."))
    for model in (Strand, Message, Note, SealedSecret, Promise):
        model._default_manager.filter(conversation=source).update(conversation=target)
    _move_drafts(source, target)
    _move_reviews(source, target)
    _move_links(source, target)
    target.tags.add(*source.tags.all())
    ReadMark.objects.filter(conversation__in=(source, target)).delete()  # what came over has not been read
    Conversation.objects.filter(merged_into=source).update(merged_into=target)
    _take_turn(source, target)
    source.merged_into = target
    turns.give_turn(source, Status.RESOLVED, clock.now(), resolution=Resolution.DUPLICATE)
    source.save(update_fields=["merged_into", *turns.TURN_FIELDS])
    refresh_last(target)
    record_all(
        [
            NewEvent(Kind.CONVERSATION_MERGED, by, one.pk, one.inbox_id, source.pk, one.assignee_id)
            for one in (target, source)
        ]
    )
    return target


@transaction.atomic
def split(message: Message, *, by: Actor, subject: str = "") -> Conversation:
    """Take one message of a contact out into a conversation of its own; its author stays its author.

    Answers to it follow it there. Raises MergeRefused for a message of ours, and for the only one of its strand.
    """
    old = locking.hold(message.conversation_id)
    author = message.author_identity
    if author is None:
        raise MergeRefused(_("Only what a contact wrote can be split out."))
    if not old.messages.exclude(pk=message.pk).exists():
        raise MergeRefused(_("It is the only message here."))
    now = clock.now()
    covered = covering.reason_of(message)
    new = Conversation.objects.create(
        subject="" if covered else (subject.strip() or message.subject or old.subject)[:400],
        cover=covered,
        status=Status.OPEN,
        priority=old.priority,
        contact_id=author.contact_id,
        inbox_id=message.strand.inbox_id,
        sealed=old.sealed,
        unverified=message.sender_auth != "pass",
        waiting_since=message.created_at,
        sort_at=message.created_at,
        created_at=message.created_at,
        last_message_at=message.created_at,
        last_preview=covering.preview_of(message),
    )
    new.readers.bulk_create(type(one)(conversation=new, user_id=one.user_id) for one in old.readers.all())
    strand = Strand.objects.create(conversation=new, inbox_id=message.strand.inbox_id, audience=message.strand.audience)
    Participant.objects.create(strand=strand, identity=author, role=ParticipantRole.REQUESTER)
    flags = [flag for flag in message.flags if flag != topics.CHANGED]
    Message.objects.filter(pk=message.pk).update(conversation=new, strand=strand, flags=flags)
    SealedSecret.objects.filter(message=message).update(conversation=new)
    Link.objects.create(conversation=new, other=old, kind=LinkKind.SPLIT, created_at=now)
    refresh_last(old)
    record_all(
        [
            NewEvent(Kind.CONVERSATION_CREATED, by, new.pk, new.inbox_id, message.pk),
            NewEvent(Kind.CONVERSATION_SPLIT, by, old.pk, old.inbox_id, message.pk, old.assignee_id),
            NewEvent(Kind.CONVERSATION_SPLIT, by, new.pk, new.inbox_id, message.pk),
        ]
    )
    return new


@transaction.atomic
def link(conversation: Conversation, other: Conversation, kind: str, *, by: Actor) -> Link:
    """Say that two conversations belong together; a second saying changes how. Raises MergeRefused for itself."""
    if conversation.pk == other.pk:
        raise MergeRefused(_("That is this conversation itself."))
    Link.objects.filter(conversation=other, other=conversation).delete()
    found, _created = Link.objects.update_or_create(conversation=conversation, other=other, defaults={"kind": kind})
    record_all(
        [
            NewEvent(Kind.CONVERSATION_LINKED, by, one.pk, one.inbox_id, found.pk, one.assignee_id)
            for one in (conversation, other)
        ]
    )
    return found


def unlink(conversation: Conversation, other: Conversation) -> None:
    """Take a link off, from whichever end it was made."""
    Link.objects.filter(conversation=conversation, other=other).delete()
    Link.objects.filter(conversation=other, other=conversation).delete()


def refresh_last(conversation: Conversation) -> None:
    """Write anew what list rows say of the newest message."""
    newest = conversation.messages.exclude(state=Delivery.CANCELLED).order_by("-created_at", "-pk").first()
    if newest is not None:
        conversation.last_message_at, conversation.last_is_ours = newest.created_at, newest.is_ours
        conversation.last_preview = covering.preview_of(newest)
        conversation.save(update_fields=["last_message_at", "last_is_ours", "last_preview"])


def _hold_both(source: Conversation, target: Conversation) -> tuple[Conversation, Conversation]:
    """Both rows, locked in the order of their ids so that two merges can't wait for each other."""
    if source.pk == target.pk:
        raise MergeRefused(_("That is this conversation itself."))
    held = {pk: locking.hold(pk) for pk in sorted((source.pk, target.pk))}
    if any(one.merged_into_id for one in held.values()):
        raise MergeRefused(_("One of them was merged already. Reload the page."))
    return held[source.pk], held[target.pk]


def _take_turn(source: Conversation, target: Conversation) -> None:
    """Whoever waits on us in either, waits on us in the one that stays, and since then."""
    fields = ["unverified"]
    target.unverified = target.unverified or source.unverified
    if source.is_ours:
        since = min(filter(None, (source.waiting_since, target.waiting_since)))
        if not target.is_ours:
            turns.give_turn(target, source.status, since)
        target.waiting_since = since
        target.due_at = min(filter(None, (source.due_at, target.due_at)), default=None)
        target.sort_at = target.due_at or since
        fields += turns.TURN_FIELDS
    if target.assignee_id is None and source.assignee_id is not None:
        target.assignee_id = source.assignee_id
        fields.append("assignee")
    target.priority = min(target.priority, source.priority)
    target.save(update_fields=[*fields, "priority"])


def _move_drafts(source: Conversation, target: Conversation) -> None:
    """Drafts go along; where a person has one in both, the texts follow one another."""
    for draft in Draft.objects.filter(conversation=source):
        there = Draft.objects.filter(conversation=target, user_id=draft.user_id, mode=draft.mode).first()
        if there is None:
            Draft.objects.filter(pk=draft.pk).update(conversation=target)
            continue
        there.text = "\n\n".join(filter(None, (there.text, draft.text)))
        there.save(update_fields=["text"])
        draft.attachments.update(draft=there)
        draft.delete()


def _move_reviews(source: Conversation, target: Conversation) -> None:
    """Shared drafts go along; where a person has one in both, the one of the conversation that stays holds."""
    asked = Review.objects.filter(conversation=target).open().values("author")
    Review.objects.filter(conversation=source, author__in=asked).open().update(
        state=ReviewState.WITHDRAWN, decided_at=clock.now()
    )
    Review.objects.filter(conversation=source).update(conversation=target)


def _move_links(source: Conversation, target: Conversation) -> None:
    for found in Link.objects.filter(conversation=source).exclude(other=target):
        Link.objects.get_or_create(conversation=target, other_id=found.other_id, defaults={"kind": found.kind})
    for found in Link.objects.filter(other=source).exclude(conversation=target):
        Link.objects.get_or_create(conversation_id=found.conversation_id, other=target, defaults={"kind": found.kind})
    Link.objects.filter(conversation=source).delete()
    Link.objects.filter(other=source).delete()
