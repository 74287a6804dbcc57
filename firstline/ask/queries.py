"""What people outside may see of their questions."""

from dataclasses import dataclass
from datetime import datetime

from firstline.ask import rules
from firstline.channels.web.cases import CASES, Case, case
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import Conversation, Delivery, Message, ParticipantRole, Status
from firstline.inboxes.models import Inbox
from firstline.intake.models import InboundItem

MOST = 50


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an exchange."""

    who: str
    text: str
    at: datetime
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question of theirs, how far it is, and what was said by both."""

    subject: str
    state: str
    asked_at: datetime
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an item is, when it came, and to which inbox. No word of it is told."""

    inbox: Inbox
    state: str
    at: datetime


def forms() -> list[Inbox]:
    """The inboxes that have a form."""
    return list(Inbox.objects.filter(channel="web", is_active=True).order_by("pk"))


def form(name: str) -> Inbox | None:
    """The inbox with a form of that name."""
    return Inbox.objects.filter(channel="web", is_active=True, name=name).first()


def cases(inbox: Inbox) -> list[Case]:
    """The kinds of questions that a form offers, in the order of its setting, else all."""
    named = [case(word) for word in str(inbox.settings.get("cases", "")).replace(",", " ").split()]
    return [one for one in named if one is not None] or list(CASES)


def progress(item_id: int) -> Progress | None:
    """How far an item is; None when there is no such item."""
    found = InboundItem.objects.select_related("inbox", "conversation__merged_into")
    item = found.filter(pk=item_id).first()
    if item is None:
        return None
    conversation = item.conversation.merged_into or item.conversation if item.conversation else None
    return Progress(item.inbox, _state(item.outcome, conversation), item.received_at)


def by_address(address: str) -> ContactIdentity | None:
    """Somebody who asked from this address, or claimed to; the one who proved it first."""
    key = address.strip().lower()
    known = ContactIdentity.objects.filter(channel__in=("email", "web"), key=key).order_by("channel")
    return known.filter(participations__isnull=False).distinct().first()


def questions(identity: ContactIdentity) -> list[Question]:
    """What the owner of an address asked in private, newest first; nothing sealed, nothing said aside."""
    mine = Conversation.objects.filter(
        strands__participants__identity__key=identity.key,
        strands__participants__identity__channel__in=("email", "web"),
        strands__participants__role=ParticipantRole.REQUESTER,
        strands__is_side=False,
        sealed=False,
        merged_into=None,
    ).exclude(status=Status.SPAM)
    found = mine.distinct().order_by("-pk")[:MOST]
    return [
        Question(one.subject, _state("new", one), one.created_at, said)
        for one in found
        if (said := _said(one, identity))
    ]


def _state(outcome: str, conversation: Conversation | None) -> str:
    if conversation is None:
        return rules.state(outcome, "", is_answered=False)
    return rules.state(outcome, conversation.status, is_answered=conversation.last_is_ours)


def _said(conversation: Conversation, identity: ContactIdentity) -> list[Said]:
    """Both sides of the strands in which this address asks."""
    messages = Message.objects.filter(
        conversation=conversation,
        strand__is_side=False,
        strand__participants__identity__key=identity.key,
        strand__participants__role=ParticipantRole.REQUESTER,
        state__in=(Delivery.RECEIVED, Delivery.SENT, Delivery.BOUNCED),
    )
    return [
        Said(
            one.author_user.first_name
            if one.author_user
            else one.author_identity.display
            if one.author_identity
            else "",
            one.text,
            one.sent_at or one.created_at,
            one.is_ours,
        )
        for one in messages.select_related("author_identity", "author_user").order_by("pk").distinct()
    ]
