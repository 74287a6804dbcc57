"""What arrives from a channel that knows its threads: messages, their edits and deletions, changes of state."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from firstline.channels import registry
from firstline.channels.base import ParsedMessage, StateChange
from firstline.channels.base import Thread as Described
from firstline.contacts.actions import identify
from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import locking, receiving, storing
from firstline.conversations.models import ExternalId, Message, Participant, ParticipantRole
from firstline.conversations.rules import Join, Verdict
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.inboxes.models import Inbox
from firstline.upstream import rules
from firstline.upstream.actions import originals, releasing, threads, whose_turn
from firstline.upstream.models import KeptItem, Original, Thread


@dataclass(frozen=True, slots=True)
class Arrived:
    """A masked message or change, the item that holds it, and the secrets that were taken out of it."""

    inbox: Inbox
    item_id: int
    parsed: ParsedMessage | StateChange
    received_at: datetime
    secrets: tuple[storing.FoundSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """The item's outcome, and where it went."""

    outcome: str
    conversation_id: int | None = None
    message_id: int | None = None


STATE_CHANGE = "state_change"


@transaction.atomic(savepoint=False)
def follow(arrived: Arrived) -> Followed:
    """Take over what an item says. Any item may come twice, late, or before the one it builds on."""
    parsed = arrived.parsed
    if parsed.thread is None:
        assert isinstance(parsed, StateChange)
        return _place_change(arrived.inbox, parsed)
    thread = threads.hold(arrived.inbox, parsed.thread)
    if isinstance(parsed, ParsedMessage):
        return _message(thread, arrived, parsed)
    return _change(thread, arrived, parsed)


def _place_change(inbox: Inbox, change: StateChange) -> Followed:
    if change.kind == "place_renamed" and change.before:
        threads.place_changed(inbox.channel, change.before, change.place)
    elif change.kind in ("made_private", "published"):
        threads.audience_changed(inbox.channel, change.place, is_public=change.kind == "published")
    elif change.kind == "released":
        releasing.published(change.place, change.value, change.url)
    return Followed(STATE_CHANGE)


def _change(thread: Thread, arrived: Arrived, change: StateChange) -> Followed:
    """An edit, a deletion, or a change of the thread. On a thread that is no conversation it waits until it is one."""
    assert change.thread is not None
    threads.describe(thread, change.thread)
    if change.moved_to is not None:
        threads.move(thread, change.moved_to)
    if thread.strand is None:
        return _keep_for_later(thread, arrived, change)
    message = None
    if change.kind == "deleted" and change.message is not None and not change.message.text:
        message = originals.gone(arrived.inbox.channel, change.message.external_id, change)
    elif change.message is not None and not _is_own(thread, change.message):
        message = _upsert(thread, arrived, change.message)[0]
        originals.changed(message, change)
    elif change.kind == "deleted":
        _deleted(thread)
    elif change.kind == "reopened":
        threads.reopened(thread, change.at)
    elif change.kind == "answered":
        whose_turn.note_answer(thread, change.by.name if change.by else "", change.url, change.at or clock.now())
        whose_turn.stop_clock(thread, change.at or clock.now())
    thread.save()
    return Followed(STATE_CHANGE, thread.strand.conversation_id, message.pk if message else None)


def _keep_for_later(thread: Thread, arrived: Arrived, change: StateChange) -> Followed:
    first = change.thread.first if change.thread else None
    if (
        thread.left_by
        and first
        and change.kind == "labelled"
        and not _rule(thread, arrived.inbox, change.thread, first)
    ):
        pull_in(thread)
    KeptItem.objects.get_or_create(item_id=arrived.item_id, defaults={"thread": thread})
    return Followed(STATE_CHANGE)


def _message(thread: Thread, arrived: Arrived, parsed: ParsedMessage) -> Followed:
    assert parsed.thread is not None
    if _is_own(thread, parsed):
        return Followed("ignored:own_post", thread.strand.conversation_id if thread.strand else None)
    is_new = False
    if thread.strand is None:
        first = parsed.thread.first or parsed
        rule = _rule(thread, arrived.inbox, parsed.thread, first)
        if rule:
            threads.describe(thread, parsed.thread)
            Thread.objects.filter(pk=thread.pk).update(left_by=rule)
            KeptItem.objects.get_or_create(item_id=arrived.item_id, defaults={"thread": thread})
            return Followed(f"ignored:{rule}")
        _start(thread, arrived, parsed.thread, first)
        is_new = True
    threads.describe(thread, parsed.thread)
    message, was_known = _upsert(thread, arrived, parsed)
    thread.save()
    outcome = "new" if is_new else "ignored:already_known" if was_known else "threaded"
    return Followed(outcome, message.conversation_id, message.pk)


def _rule(thread: Thread, inbox: Inbox, described: Described | None, first: ParsedMessage) -> str:
    """Which rule leaves this thread to others, '' when it comes in; once pulled in, none does."""
    if thread.left_by == "pulled_in" or described is None:
        return ""
    options = inbox.open_settings()
    channel = registry.get(inbox.channel)
    if channel.is_own(first, options):
        return "own_thread"
    if first.sender_is_machine:
        return "bot"
    return channel.left_out(described, first.text, options)


def _start(thread: Thread, arrived: Arrived, described: Described, first: ParsedMessage) -> None:
    """The thread becomes a conversation, opened by its first message; what waited for that is processed again."""
    received = receiving.receive(_incoming(arrived, first.within(described), Verdict(Join.NEW, verified=True)))
    assert received.message is not None
    thread.strand, thread.left_by = received.message.strand, ""
    thread.turn_at = first.date
    threads.describe(thread, described)
    threads.follow_state(thread, ("", False), set(), closed_at=described.closed_at)
    thread.save()
    originals.remember(thread, received.message, first)
    if thread.kept_items.exists():
        _say_pulled_in(thread, MACHINE)


def _upsert(thread: Thread, arrived: Arrived, parsed: ParsedMessage) -> tuple[Message, bool]:
    """The message of an original, and whether the desk had it; a newer version replaces the text, an older one is
    kept beside it.
    """
    known = (
        Original.objects.select_related("message")
        .filter(channel=arrived.inbox.channel, external_id=parsed.external_id)
        .first()
    )
    if known is not None:
        originals.take_over(known, parsed)
        if known.message.is_automatic and not whose_turn.is_noise(thread, parsed):
            whose_turn.speaks(thread, known.message, arrived.inbox, parsed)
        return known.message, True
    return _store(thread, arrived, parsed), False


def _store(thread: Thread, arrived: Arrived, parsed: ParsedMessage) -> Message:
    assert thread.strand is not None
    is_noise, helps = whose_turn.is_noise(thread, parsed), whose_turn.helps(thread, arrived.inbox, parsed)
    is_turn = not is_noise and not helps and whose_turn.is_latest(thread, parsed.date)
    join = Join.QUIET if is_noise else Join.APPEND
    incoming = _incoming(arrived, parsed, Verdict(join, strand=thread.strand.pk, may_reopen=is_turn, verified=True))
    received = receiving.receive(incoming)
    assert received.message is not None
    originals.remember(thread, received.message, parsed)
    Participant.objects.get_or_create(
        strand=thread.strand, identity=incoming.identity, defaults={"role": ParticipantRole.MENTIONED}
    )
    if helps and not is_noise:
        whose_turn.note_answer(thread, incoming.identity.display, parsed.url, parsed.date or clock.now())
        if rules.is_later(parsed.date, thread.turn_at):
            whose_turn.stop_clock(thread, parsed.date or clock.now())
    elif not is_noise and not is_turn:
        whose_turn.was_answered(thread, parsed.date)
    if not is_noise and parsed.date is not None:
        thread.turn_at = max(filter(None, (thread.turn_at, parsed.date)))
    return received.message


def _deleted(thread: Thread) -> None:
    assert thread.strand is not None
    thread.is_deleted = True
    conversation = locking.hold(thread.strand.conversation_id)
    threads.say(Kind.THREAD_DELETED, thread, conversation)


def _is_own(thread: Thread, parsed: ParsedMessage) -> bool:
    """Whether the desk posted it: known by its id, by who posted, or by a marker that no other post has claimed."""
    inbox = thread.inbox
    if ExternalId.objects.filter(
        channel=inbox.channel, external_id=parsed.external_id, message__author_identity=None
    ).exists():
        return True
    is_by_us = registry.get(inbox.channel).is_own(parsed, inbox.open_settings())
    if not parsed.marker or thread.strand_id is None:
        return is_by_us
    ours = Message.objects.filter(strand=thread.strand_id, message_id__startswith=f"<{parsed.marker}@").first()
    if ours is None or ours.external_ids.exclude(external_id=ours.message_id).exists():
        return is_by_us  # a message that is known by another id: somebody may have copied its mark
    ExternalId.objects.get_or_create(channel=inbox.channel, external_id=parsed.external_id, defaults={"message": ours})
    return True


def pull_in(thread: Thread, *, by: Actor = MACHINE) -> None:
    """Take in a thread that a rule had left to others: everything kept of it is processed again."""
    thread.left_by = "pulled_in"
    Thread.objects.filter(pk=thread.pk).update(left_by="pulled_in")
    _say_pulled_in(thread, by)


def take_kept(thread_id: int) -> list[int]:
    """The ids of the items that were kept of a thread, oldest first; they are kept no longer."""
    kept = KeptItem.objects.filter(thread=thread_id)
    found = sorted(kept.values_list("item_id", flat=True))
    kept.filter(item_id__in=found).delete()
    return found


def _say_pulled_in(thread: Thread, by: Actor) -> None:
    record(Kind.THREAD_PULLED_IN, by=by, inbox_id=thread.inbox_id, subject_id=thread.pk)


def _incoming(arrived: Arrived, parsed: ParsedMessage, verdict: Verdict) -> receiving.Incoming:
    return receiving.Incoming(
        arrived.inbox, _identity(arrived.inbox, parsed), parsed, verdict, "pass", arrived.received_at, arrived.secrets
    )


def _identity(inbox: Inbox, parsed: ParsedMessage) -> ContactIdentity:
    assert parsed.sender is not None
    sender = parsed.sender
    return identify(channel=inbox.channel, address=sender.email, name=sender.name, key=sender.key)
