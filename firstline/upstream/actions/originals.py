"""Messages and their originals: versions by the source's time, deletions as marks."""

from firstline.channels import registry
from firstline.channels.base import ParsedMessage, StateChange
from firstline.conversations import rules as conversations
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.upstream import rules
from firstline.upstream.models import Original, Thread, Version

EDITED, DELETED = "edited_upstream", "deleted_upstream"


def remember(thread: Thread, message: Message, parsed: ParsedMessage) -> Original:
    """Note the original of a message that was just stored; it stands in the timeline at the source's time."""
    original = Original.objects.create(
        thread=thread,
        message=message,
        channel=thread.inbox.channel,
        external_id=parsed.external_id[:400],
        ref=parsed.ref[:200],
        url=parsed.url[:600],
        updated_at=parsed.updated_at,
        reactions=dict(parsed.reactions or {}),
    )
    _keep_version(original, parsed, message.text)
    if parsed.date is not None:
        Message.objects.filter(pk=message.pk).update(created_at=parsed.date)
    return original


def take_over(original: Original, parsed: ParsedMessage) -> None:
    """A known message came again: newer words replace the text, older ones become a version beside it."""
    words = parsed.reply_text or parsed.text
    _keep_version(original, parsed, words)
    if not rules.is_later(parsed.updated_at, original.updated_at):
        return
    original.updated_at = parsed.updated_at or original.updated_at
    original.reactions = dict(parsed.reactions or original.reactions)
    original.save(update_fields=["updated_at", "reactions"])
    message = original.message
    if words != message.text:
        message.text, message.html = words, ""
        message.save(update_fields=["text", "html"])
        _flag(message, EDITED)
        _show_newest(message)
        _record(Kind.MESSAGE_EDITED, message)


def changed(message: Message, change: StateChange) -> None:
    """Mark a message as edited or deleted at its source; nothing of it is erased."""
    if change.kind == "edited":
        _flag(message, EDITED)
    if change.kind == "deleted" and DELETED not in message.flags:
        Original.objects.filter(message=message).update(deleted_at=change.at or clock.now())
        _flag(message, DELETED)
        _record(Kind.MESSAGE_DELETED, message)
        if registry.get(message.strand.inbox.channel).forgets:
            _forget(message)


def gone(channel: str, external_id: str, change: StateChange) -> Message | None:
    """A source that only names what was deleted there: mark the message, if the desk has it."""
    known = Original.objects.select_related("message__conversation")
    original = known.filter(channel=channel, external_id=external_id).first()
    if original is None:
        return None
    changed(original.message, change)
    return original.message


def _forget(message: Message) -> None:
    """Take the words out of the desk, where a network's terms demand it; that something was said stays."""
    Version.objects.filter(original__message=message).update(text="")
    Message.objects.filter(pk=message.pk).update(text="", html="", quoted="", subject="")
    message.text = message.html = message.quoted = message.subject = ""
    first = message.conversation.messages.order_by("created_at", "pk").values_list("pk", flat=True).first()
    if first == message.pk:
        Conversation.objects.filter(pk=message.conversation_id).update(subject="")
    _show_newest(message)
    _record(Kind.MESSAGE_EDITED, message)


def _keep_version(original: Original, parsed: ParsedMessage, words: str) -> None:
    at = parsed.updated_at or parsed.date
    if at is not None:
        Version.objects.get_or_create(original=original, at=at, defaults={"text": words})


def _flag(message: Message, flag: str) -> None:
    if flag not in message.flags:
        message.flags = [*message.flags, flag]
        message.save(update_fields=["flags"])


def _show_newest(message: Message) -> None:
    """The list row shows the words of the newest message."""
    newest = message.conversation.messages.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    if newest == message.pk:
        Conversation.objects.filter(pk=message.conversation_id).update(last_preview=conversations.preview(message.text))


def _record(kind: Kind, message: Message) -> None:
    conversation = message.conversation
    record(
        kind,
        by=MACHINE,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=message.pk,
        assignee_id=conversation.assignee_id,
    )
