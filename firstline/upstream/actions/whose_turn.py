"""Whose turn it is in a thread that others answer too: by what was said last there, and by whom."""

from datetime import datetime

from firstline.channels import registry
from firstline.channels.base import ParsedMessage
from firstline.conversations.actions import locking, statuses, turns
from firstline.conversations.models import Message, Status
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE
from firstline.inboxes.models import Inbox
from firstline.upstream import rules
from firstline.upstream.actions import threads
from firstline.upstream.models import Thread


def speaks(thread: Thread, message: Message, inbox: Inbox, parsed: ParsedMessage) -> None:
    """What was only a "+1" says something in another version: it counts as if it had said so from the beginning."""
    message.is_automatic = False
    message.save(update_fields=["is_automatic"])
    at = parsed.date or clock.now()
    if helps(thread, inbox, parsed):
        note_answer(thread, parsed.sender.name if parsed.sender else "", parsed.url, at)
        if rules.is_later(at, thread.turn_at):
            stop_clock(thread, at)
    elif is_latest(thread, at):
        statuses.set_status(message.conversation, Status.OPEN, by=MACHINE)
    thread.turn_at = max(filter(None, (thread.turn_at, at)))


def is_noise(thread: Thread, parsed: ParsedMessage) -> bool:
    """Whether a program wrote it, or somebody who only counts themselves in."""
    return parsed.sender_is_machine or rules.is_noise(parsed.reply_text, by_opener=_by_opener(thread, parsed))


def helps(thread: Thread, inbox: Inbox, parsed: ParsedMessage) -> bool:
    """Whether it is the word of somebody who answers for the place, and did not ask it."""
    return not _by_opener(thread, parsed) and registry.get(inbox.channel).is_helper(parsed, inbox.open_settings())


def is_latest(thread: Thread, at: datetime | None) -> bool:
    """Whether nothing later said or did whose turn it is; who closes while commenting closes last."""
    if thread.state == "closed" and at is not None and at == thread.turn_at:
        return False
    return rules.is_later(at, thread.turn_at)


def note_answer(thread: Thread, name: str, url: str, at: datetime) -> None:
    """Who answered there last, whatever was said since."""
    if thread.answered_at is None or at >= thread.answered_at:
        thread.answered_by, thread.answered_url, thread.answered_at = name[:200], url[:600], at


def stop_clock(thread: Thread, at: datetime) -> None:
    """Somebody who answers for the place has answered there: the clock stops until the contact writes again."""
    assert thread.strand is not None
    thread.turn_at = max(filter(None, (thread.turn_at, at)))
    conversation = locking.hold(thread.strand.conversation_id)
    if not conversation.is_ours or conversation.is_snoozed(clock.now()):
        return
    turns.give_turn(conversation, Status.WAITING_ON_CONTACT, clock.now())
    conversation.first_response_at = conversation.first_response_at or at
    conversation.save(update_fields=["first_response_at", *turns.TURN_FIELDS])
    threads.say(Kind.THREAD_ANSWERED, thread, conversation)


def was_answered(thread: Thread, at: datetime | None) -> None:
    """Something said after the end, which arrives only now that it has been answered there: had it come in time, it
    had opened the conversation again, and the answer had stopped the clock.
    """
    assert thread.strand is not None
    if at is None or thread.answered_at is None or thread.answered_at != thread.turn_at:
        return
    conversation = locking.hold(thread.strand.conversation_id)
    ended_at = thread.closed_at if thread.state == "closed" else conversation.resolved_at
    if conversation.is_resolved and ended_at is not None and ended_at < at:
        statuses.set_status(conversation, Status.WAITING_ON_CONTACT, by=MACHINE)


def _by_opener(thread: Thread, parsed: ParsedMessage) -> bool:
    return parsed.sender is not None and parsed.sender.key == thread.opener_key
