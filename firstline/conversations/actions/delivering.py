"""A queued reply leaves the desk: claimed, sent copy by copy, settled (ground.md G13)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from firstline.channels import registry
from firstline.channels.base import Address, ChannelError, OutgoingMessage
from firstline.conversations import rules
from firstline.conversations.actions import approving, locking, posting, promising, replying, sharing, turns
from firstline.conversations.models import Delivery, ExternalId, Message, Participant, Resolution, Status
from firstline.core import clock, tokens
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.inboxes import actions as inboxes

ABANDONED_AFTER = timedelta(seconds=90)
"""A message that has been `sending` for longer was left by a crash."""
MAX_ATTEMPTS = 10
REFERENCES = 10


class NotYet(Exception):
    """The message can't go now, but later: the job should be tried again."""


def deliver(message_id: int) -> None:
    """Send one message if it is due and nobody else is sending it. May run twice.

    Raises NotYet when the outside asks to wait; a refusal for good is stored on the message and recorded.
    """
    if _is_unapproved(message_id) or not _claim(message_id):
        return
    message = Message.objects.select_related("strand__inbox", "conversation", "author_user").get(pk=message_id)
    try:
        _send_copies(message)
    except ChannelError as error:
        _put_back(message, error)
    else:
        _settle_sent(message)


def _is_unapproved(message_id: int) -> bool:
    """A trainee's message that nobody said yes to is not sent, whichever door queued it: it goes back to its draft."""
    message = Message.objects.select_related("author_user", "conversation").get(pk=message_id)
    if approving.may_leave(message):
        return False
    if message.state == Delivery.QUEUED and message.author_user is not None:
        replying.take_back(message, message.author_user, by=MACHINE)
    return True


def _claim(message_id: int) -> bool:
    """Compare-and-set to `sending`; one left by a crash, or unclear, is taken up once more with the same Message-ID."""
    now = clock.now()
    due = Message.objects.filter(pk=message_id, state=Delivery.QUEUED, send_at__lte=now)
    left = Message.objects.filter(
        pk=message_id, state=Delivery.SENDING, sending_since__lt=now - ABANDONED_AFTER, attempts__lt=MAX_ATTEMPTS
    )
    unclear = Message.objects.filter(posting.may_resend(), pk=message_id, state=Delivery.UNCLEAR)
    claimed = {"state": Delivery.SENDING, "sending_since": now, "attempts": F("attempts") + 1}
    return any(candidates.update(**claimed) for candidates in (due, left, unclear))


def _send_copies(message: Message) -> None:
    """One copy to each recipient, each with their own reply address; those that have theirs are passed over on a
    retry.
    """
    if registry.get(message.strand.inbox.channel).posts:
        posting.post(message)
        return
    recipients = _recipients(message)
    stopped = inboxes.refuse_stopped(one.identity.address for one in recipients)
    for participant in recipients:
        if participant.identity_id in message.delivered_to or participant.identity.address.lower() in stopped:
            continue
        outgoing = compose(message, participant)
        inboxes.hand_over(message.strand.inbox, outgoing)
        message.delivered_to = [*message.delivered_to, participant.identity_id]
        message.save(update_fields=["delivered_to"])


def _recipients(message: Message) -> list[Participant]:
    addresses = {one["email"].lower() for one in [*message.to, *message.cc, *message.bcc]}
    participants = message.strand.participants.select_related("identity").order_by("pk")
    return [one for one in participants if one.identity.key in addresses]


def compose(message: Message, to: Participant) -> OutgoingMessage:
    """The copy of `message` for one recipient; the Message-ID is the same in all, the reply address is theirs alone."""
    inbox = message.strand.inbox
    earlier = list(
        message.strand.messages.filter(pk__lt=message.pk)
        .exclude(message_id="")
        .exclude(state=Delivery.CANCELLED)
        .order_by("-pk")
        .values_list("message_id", flat=True)[:REFERENCES]
    )
    desk = inbox.settings.get("name") or settings.DESK_NAME
    name = f"{message.author_user.first_name} at {desk}" if message.author_user else desk
    copy = OutgoingMessage(
        message_id=message.message_id,
        sender=Address(name, inbox.address),
        recipient=Address(to.identity.name, to.identity.address),
        to=tuple(Address(one["name"], one["email"]) for one in message.to),
        cc=tuple(Address(one["name"], one["email"]) for one in message.cc),
        reply_to=reply_address(inbox.address, to),
        subject=message.subject,
        text=message.text,
        html=message.html,
        date=message.written_at,
        in_reply_to=earlier[0] if earlier else "",
        references=tuple(reversed(earlier)),
        automatic=message.is_automatic,
    )
    return sharing.with_not_me(sharing.with_files(copy, message), to)


def reply_address(inbox_address: str, participant: Participant) -> str:
    """`support+<token>@…`: the token names the strand and the participant, signed (S-04)."""
    local, _, domain = inbox_address.rpartition("@")
    return f"{local}+{tokens.make('reply', [participant.strand_id, participant.pk])}@{domain}"


def _put_back(message: Message, error: ChannelError) -> None:
    message.failure = error.sentence[:300]
    if error.permanent or message.attempts >= MAX_ATTEMPTS:
        _settle_failed(message)
        return
    message.state = Delivery.UNCLEAR if error.unclear else Delivery.QUEUED
    message.send_at = clock.now() + timedelta(seconds=error.retry_after)
    message.save(update_fields=["state", "failure", "send_at"])
    raise NotYet(error.sentence)


@transaction.atomic
def _settle_sent(message: Message) -> None:
    """The channel took it: only now do clocks stop and does the turn pass (ground.md G13)."""
    now = clock.now()
    conversation = locking.hold(message.conversation_id)
    message.state, message.sent_at, message.failure = Delivery.SENT, now, ""
    message.save(update_fields=["state", "sent_at", "failure"])
    _remember_id(message)
    news = [_event(Kind.MESSAGE_SENT, message)]
    if message.strand.is_side or message.author_machine:  # a third party's, or no person's word: the turn stays ours
        record_all(news)
        return
    promising.keep(conversation, by=message.author_user or MACHINE, before=message)
    conversation.first_response_at = conversation.first_response_at or now
    conversation.last_message_at, conversation.last_is_ours = now, True
    conversation.last_preview = rules.preview(message.text)
    wrote_since = conversation.messages.filter(
        pk__gt=message.pk, author_identity__isnull=False, is_automatic=False, strand__is_side=False
    ).exists()
    if not wrote_since and not conversation.is_ended:
        status = Status.RESOLVED if message.resolve_on_send else _status_after(conversation.status)
        snoozed_until = conversation.snoozed_until
        turns.give_turn(conversation, status, now, resolution=Resolution.ANSWERED)
        if status == Status.RESOLVED:
            news.append(_event(Kind.CONVERSATION_RESOLVED, message))
        elif snoozed_until is not None and snoozed_until > now:  # our own answer does not end our snooze
            turns.sleep(conversation, snoozed_until)
    conversation.save(
        update_fields=["first_response_at", "last_message_at", "last_is_ours", "last_preview", *turns.TURN_FIELDS]
    )
    record_all(news)


@transaction.atomic
def _settle_failed(message: Message) -> None:
    """It will not arrive: the conversation is the team's turn, with the reason on the message."""
    conversation = locking.hold(message.conversation_id)
    message.state = Delivery.FAILED
    message.save(update_fields=["state", "failure"])
    if not conversation.is_ours:
        turns.give_turn(conversation, Status.OPEN, clock.now())
        conversation.save(update_fields=turns.TURN_FIELDS)
    record_all([_event(Kind.MESSAGE_FAILED, message)])


@transaction.atomic
def bounced(message_id: int, *, status: str) -> bool:
    """A mail of ours came back for good: say so on the message, and give the conversation back to the team. False
    when it is not one of ours.
    """
    message = (
        Message.objects.select_related("conversation")
        .filter(pk=message_id, state=Delivery.SENT, author_identity=None)
        .first()
    )
    if message is None:
        return False
    conversation = locking.hold(message.conversation_id)
    message.state = Delivery.BOUNCED
    message.failure = f"The other mail server sent it back ({status or 'no code given'})."
    message.save(update_fields=["state", "failure"])
    turns.give_turn(conversation, Status.OPEN, clock.now())
    conversation.save(update_fields=turns.TURN_FIELDS)
    record_all([_event(Kind.MESSAGE_BOUNCED, message)])
    return True


def retry(message: Message) -> None:
    """Try a failed or bounced message again, at an agent's wish."""
    Message.objects.filter(pk=message.pk, state__in=(Delivery.FAILED, Delivery.BOUNCED)).update(
        state=Delivery.QUEUED, send_at=clock.now(), attempts=0, delivered_to=[]
    )


def left_behind() -> list[int]:
    """Ids of messages that should have left by now: their job was lost, or a crash left them half-way."""
    now = clock.now()
    late = Message.objects.filter(state=Delivery.QUEUED, send_at__lt=now - ABANDONED_AFTER)
    half = Message.objects.filter(state=Delivery.SENDING, sending_since__lt=now - ABANDONED_AFTER)
    unclear = Message.objects.filter(
        posting.may_resend(), state=Delivery.UNCLEAR, sending_since__lt=now - ABANDONED_AFTER
    )
    return list((late | half | unclear).order_by("pk").values_list("pk", flat=True)[:200])


def _remember_id(message: Message) -> None:
    ExternalId.objects.get_or_create(
        channel=message.strand.inbox.channel, account="", external_id=message.message_id, defaults={"message": message}
    )


def _status_after(status: str) -> str:
    return Status.WAITING_ON_ENGINEERING if status == Status.WAITING_ON_ENGINEERING else Status.WAITING_ON_CONTACT


def _event(kind: Kind, message: Message) -> NewEvent:
    return NewEvent(
        kind,
        message.author_user or MACHINE,
        message.conversation_id,
        message.conversation.inbox_id,
        message.pk,
        message.conversation.assignee_id,
    )
