"""Answering a contact: queued with an undo window, checked before it may leave."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.contacts.actions import EMAIL, identify
from firstline.conversations import audience, rules, writing
from firstline.conversations.actions import approving, drafting, guarding, locking, posting
from firstline.conversations.models import (
    Attachment,
    Audience,
    Conversation,
    Delivery,
    Draft,
    DraftMode,
    Message,
    Participant,
    ParticipantRole,
    Strand,
)
from firstline.core import clock, markdown
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.evidence import secrets as secrets_in


class DraftRefused(Exception):
    """The reply may not leave as it is; `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


class ApprovalNeeded(DraftRefused):
    """Its writer is learning: a mentor has to say yes first (`reviewing.ask`). Everything else about it is fine."""

    def __init__(self) -> None:
        super().__init__([_("Somebody else has to say yes before this leaves: ask for it.")])


class GivesAway(DraftRefused):
    """It is for a public place and holds what only private messages or notes say; `found` is what, and where from."""

    def __init__(self, found: Sequence[audience.GivenAway]) -> None:
        super().__init__([one.sentence for one in found])
        self.found = list(found)


class StaleReply(Exception):
    """Something arrived since the page was opened; `newer` holds it."""

    def __init__(self, newer: Sequence[Message]) -> None:
        super().__init__("Something arrived while you were writing.")
        self.newer = list(newer)


@transaction.atomic
def reply(
    conversation: Conversation,
    *,
    by: User,
    text: str,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    resolve: bool = False,
    seen_message_id: int | None = None,
    force: bool = False,
    send_at: datetime | None = None,
    strand: Strand | None = None,
    override: str = "",
    approved_by: User | None = None,
    own_words: str = "",
) -> Message:
    """Queue an answer on the strand where the contact wrote last (or on `strand`); it leaves after the undo window, or
    at `send_at` unless the contact writes first.

    The person's reply draft is used up, with its attachments. An unassigned conversation becomes theirs. Where `text`
    is a translation, `own_words` is what they wrote; it has to pass the same checks.
    Raises DraftRefused when a check holds it back, GivesAway when it would say in public what is private and
    `override` is no reason to, StaleReply when something newer than `seen_message_id` is there and not `force`,
    ApprovalNeeded for a trainee without `approved_by`, who is somebody else with the right to.
    """
    conversation = locking.hold(conversation)
    draft = Draft.objects.filter(conversation=conversation, user=by, mode=DraftMode.REPLY).first()
    strand = strand or answer_strand(conversation)
    _check(conversation, text, draft, strand.audience)
    _check_room(strand, text)
    found = audience.given_away(conversation, strand, f"{text}\n\n{own_words}".strip(), by=by)
    if found and not override.strip():
        raise GivesAway(found)
    if seen_message_id is not None and not force:
        _check_fresh(conversation, seen_message_id)
    vouched = _vouched(conversation, by, approved_by)
    requester = strand.participants.select_related("identity").filter(role=ParticipantRole.REQUESTER).get()
    copies = _add_copies(strand, cc, ParticipantRole.CC)
    hidden = _add_copies(strand, bcc, ParticipantRole.BCC)
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        strand=strand,
        author_user=by,
        subject=rules.reply_subject(conversation.subject),
        text=text.strip(),
        html=markdown.render(text.strip()),
        own_words=secrets_in.mask(own_words.strip()).text,
        state=Delivery.QUEUED,
        to=[{"name": requester.identity.name, "email": requester.identity.address}],
        cc=[{"name": one.identity.name, "email": one.identity.address} for one in copies],
        bcc=[{"name": one.identity.name, "email": one.identity.address} for one in hidden],
        message_id=f"<{secrets.token_hex(16)}@{strand.inbox.address.rpartition('@')[2]}>",
        send_at=send_at or now + posting.undo_window(strand.inbox),
        is_scheduled=send_at is not None,
        resolve_on_send=resolve,
        approved_by=vouched,
    )
    if draft is not None:
        draft.attachments.update(message=message, draft=None)
        draft.delete()
    if found:
        guarding.override(message, found, by=by, reason=override)
    _take_if_nobodys(conversation, by)
    record(
        Kind.REPLY_QUEUED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=message.pk,
        assignee_id=conversation.assignee_id,
        due=message.send_at,
    )
    return message


@transaction.atomic
def ask_aside(conversation: Conversation, *, by: User, to: str, subject: str, text: str) -> Message:
    """Write to a third party about a conversation, on a side strand of its own that the contact never sees.

    The person's reply draft stays untouched. Raises DraftRefused when a check holds it back, ApprovalNeeded for a
    trainee.
    """
    conversation = locking.hold(conversation)
    _check(conversation, text, None)
    vouched = _vouched(conversation, by, None)
    inbox = answer_strand(conversation).inbox
    identity = identify(channel=EMAIL, address=to.strip().lower(), name="")
    strand = Strand.objects.create(conversation=conversation, inbox=inbox, is_side=True)
    Participant.objects.create(strand=strand, identity=identity, role=ParticipantRole.REQUESTER)
    message = Message.objects.create(
        conversation=conversation,
        strand=strand,
        author_user=by,
        subject=" ".join(subject.split())[:400] or writing.forward_subject(conversation.subject),
        text=text.strip(),
        html=markdown.render(text.strip()),
        state=Delivery.QUEUED,
        to=[{"name": identity.name, "email": identity.address}],
        message_id=f"<{secrets.token_hex(16)}@{inbox.address.rpartition('@')[2]}>",
        send_at=clock.now() + timedelta(seconds=settings.UNDO_SECONDS),
        approved_by=vouched,
    )
    record(
        Kind.REPLY_QUEUED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=message.pk,
        assignee_id=conversation.assignee_id,
        due=message.send_at,
    )
    return message


def cancel_scheduled(conversation: Conversation) -> int:
    """The contact wrote first: what was scheduled goes back into its author's draft. How many; the caller holds the
    conversation.
    """
    waiting = conversation.messages.filter(state=Delivery.QUEUED, is_scheduled=True, send_at__gt=clock.now())
    cancelled = 0
    for message in waiting.select_related("author_user", "conversation"):
        if message.author_user is not None:
            take_back(message, message.author_user, by=MACHINE)
            cancelled += 1
    return cancelled


@transaction.atomic
def undo(message: Message, *, by: User) -> Draft:
    """Take a queued reply back within the undo window; its text and files return to the person's draft.

    Raises DraftRefused when it is on its way already.
    """
    taken = Message.objects.filter(pk=message.pk, state=Delivery.QUEUED, send_at__gt=clock.now(), author_user=by)
    if not taken.exists():
        raise DraftRefused([_("It is on its way already.")])
    return take_back(message, by, by=by)


def take_back(message: Message, author: User, *, by: Actor) -> Draft:
    """Cancel a queued message; its words go before what its author has written since."""
    Message.objects.filter(pk=message.pk, state=Delivery.QUEUED).update(state=Delivery.CANCELLED)
    begun = Draft.objects.filter(conversation_id=message.conversation_id, user=author, mode=DraftMode.REPLY).first()
    words = "\n\n".join(filter(None, (message.own_words or message.text, begun.text if begun else "")))
    draft = drafting.save_draft(
        message.conversation,
        by=author,
        mode=DraftMode.REPLY,
        text=words,
        cc=[one["email"] for one in message.cc],
        bcc=[one["email"] for one in message.bcc],
        translated=message.text if message.own_words else "",
        translated_of=writing.digest(message.own_words),
    )
    Attachment.objects.filter(message=message).update(message=None, draft=draft)
    record(
        Kind.REPLY_UNDONE,
        by=by,
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        subject_id=message.pk,
    )
    return draft


def check_draft(text: str, audience: str) -> list[str]:
    """What every check of config/checks.py says about a draft; an empty list means it may leave."""
    checks = import_string(settings.DRAFT_CHECKS)
    return [problem for name in checks for problem in import_string(name)(text, audience)]


def _check(conversation: Conversation, text: str, draft: Draft | None, audience: str = Audience.PRIVATE) -> None:
    if not text.strip() and (draft is None or not draft.attachments.exists()):
        raise DraftRefused([_("Write something first.")])
    problems = check_draft(text, audience)
    if problems:
        raise DraftRefused(problems)


def _check_room(strand: Strand, text: str) -> None:
    """A network of short posts takes only so much, even as a thread."""
    room = posting.room(strand, text)
    if room is not None and not room.posts:
        said = _("Too long for this network: %(used)d characters, of which a post takes %(limit)d.")
        raise DraftRefused([said % {"used": room.used, "limit": room.limit}])


def _vouched(conversation: Conversation, by: User, approved_by: User | None) -> User | None:
    try:
        return approving.vouching(conversation, by, approved_by)
    except approving.Unapproved as refused:
        raise ApprovalNeeded from refused


def _check_fresh(conversation: Conversation, seen: int) -> None:
    newer = (
        conversation.messages.filter(pk__gt=seen, strand__is_side=False)
        .exclude(state=Delivery.CANCELLED)
        .select_related("author_identity", "author_user")
    )
    if newer:
        raise StaleReply(list(newer))


def answer_strand(conversation: Conversation) -> Strand:
    """The strand on which the contact wrote last."""
    heard = conversation.messages.filter(author_identity__isnull=False, strand__is_side=False)
    newest = heard.order_by("-pk").values("strand_id")[:1]
    strand = Strand.objects.select_related("inbox").filter(pk__in=newest).first()
    return strand or conversation.strands.select_related("inbox").filter(is_side=False).latest("pk")


def _add_copies(strand: Strand, addresses: Sequence[str], role: str) -> list[Participant]:
    """Whom the agent copies in takes part from now on (S-06)."""
    copies = []
    for address in dict.fromkeys(one.strip().lower() for one in addresses if one.strip()):
        identity = identify(channel=EMAIL, address=address, name="")
        participant, _created = Participant.objects.get_or_create(
            strand=strand, identity=identity, defaults={"role": role}
        )
        if participant.role != ParticipantRole.REQUESTER:
            copies.append(participant)
    return copies


def _take_if_nobodys(conversation: Conversation, by: User) -> None:
    if conversation.assignee_id is None:
        conversation.assignee = by
        conversation.save(update_fields=["assignee"])
        record(
            Kind.CONVERSATION_ASSIGNED,
            by=by,
            conversation_id=conversation.pk,
            inbox_id=conversation.inbox_id,
            assignee_id=by.pk,
            to=by.pk,
        )
