"""A reply where others read it: posted to the outside thread, once, whatever breaks on the way (ground.md G13)."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from firstline.channels import registry
from firstline.channels.base import Address, OutgoingMessage, Thread
from firstline.channels.port import Room
from firstline.conversations.actions import guarding
from firstline.conversations.models import Audience, ExternalId, Message, Strand
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox

MOST_POSTS, MOST_MAILS = 10, 2


def post(message: Message) -> None:
    """Post it to its strand's thread, unless an earlier try has left it there. Raises ChannelError."""
    guarding.look_again(message)
    inbox = message.strand.inbox
    channel, options, outgoing = registry.get(inbox.channel), inboxes.settings_to_send(inbox), compose(message)
    with inboxes.measured(inbox):
        found = channel.find(outgoing, options) if message.attempts > 1 else ""
        external_id = found or _send(inbox, outgoing, options)
    ExternalId.objects.get_or_create(
        channel=inbox.channel, account="", external_id=external_id, defaults={"message": message}
    )


def _send(inbox: Inbox, outgoing: OutgoingMessage, options: Mapping[str, str]) -> str:
    channel = registry.get(inbox.channel)
    with inboxes.paying(inbox, channel.charges(outgoing, options)):
        return channel.send(outgoing, options)


def compose(message: Message) -> OutgoingMessage:
    """What is posted: the text and the agent's public name. No address of anybody is in it."""
    author = message.author_user.first_name if message.author_user else settings.DESK_NAME
    name = f"{author}, {message.strand.inbox.settings.get('name') or settings.DESK_NAME}"
    return OutgoingMessage(
        message_id=message.message_id,
        sender=Address(name, ""),
        recipient=Address("", ""),
        to=(),
        subject=message.subject,
        text=message.text,
        date=message.written_at,
        in_reply_to=_answered(message),
        thread=Thread(key="", address=message.strand.external_id, is_public=message.strand.audience == "public"),
    )


def _answered(message: Message) -> str:
    """The external id of what was said last by somebody outside and is still there: posts answer a post."""
    heard = message.strand.messages.filter(author_identity__isnull=False, is_automatic=False)
    standing = heard.exclude(flags__contains=["deleted_upstream"]).exclude(message_id="")
    return standing.order_by("-created_at", "-pk").values_list("message_id", flat=True).first() or ""


def room(strand: Strand, text: str, reader: str = "") -> Room | None:
    """How much of a post the text takes on this strand's network; None where nothing limits it."""
    options = strand.inbox.shown_settings()
    is_public = strand.audience == Audience.PUBLIC
    return registry.get(strand.inbox.channel).room(text.strip(), reader, options, is_public=is_public)


def undo_window(inbox: Inbox) -> timedelta:
    """How long a reply waits to be taken back: a post does not (ux.md)."""
    return timedelta(seconds=0 if registry.get(inbox.channel).posts else settings.UNDO_SECONDS)


def may_resend() -> Q:
    """Which unclear messages may go again: a mail once, since nobody can say whether it left; a post is looked for."""
    return Q(attempts__lt=MOST_MAILS) | Q(strand__inbox__channel__in=registry.posting(), attempts__lt=MOST_POSTS)
