"""The door's second verb: `process` finds out what an item is, and puts it where it belongs."""

import functools
from dataclasses import asdict, replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from firstline.channels import registry
from firstline.channels.base import Envelope, Ignored, Parsed, ParsedMessage, Resolver, SenderAuth, Trust
from firstline.contacts.actions import identify
from firstline.contacts.models import ContactIdentity
from firstline.conversations import rules
from firstline.conversations.actions import confirming, delivering, receiving
from firstline.conversations.models import Conversation, ExternalId, Participant
from firstline.conversations.rules import Inbound, Join
from firstline.core import clock, statements, tokens
from firstline.escalations.actions import answering
from firstline.inboxes.actions import came_back, note_forward_code
from firstline.inboxes.models import Inbox
from firstline.intake import masking
from firstline.intake.actions import acknowledging, claiming
from firstline.intake.actions.knowing import Known, look
from firstline.intake.actions.looping import allowed, loops
from firstline.intake.actions.opening import envelope_of, raw_of
from firstline.intake.models import PENDING, InboundItem
from firstline.notifications import actions as notifications
from firstline.upstream.actions import following

TOKEN_LIFETIME = timedelta(days=90)
ATTEMPTS = 5
SLOW = "It takes long to read."
"""The failure of an item that was put into the slow lane."""


def process(item_id: int, *, quickly: bool = False) -> str:
    """Find out what a pending item is, and put it where it belongs; returns its outcome. May run twice.

    Parsing and asking DNS happen outside the transaction; deciding, storing and marking inside one. With `quickly` it
    raises TakesLong when others should not wait for it, unless that was noted before.
    """
    item = InboundItem.objects.select_related("inbox").get(pk=item_id)
    if item.outcome != PENDING:
        return item.outcome
    channel = registry.get(item.inbox.channel)
    envelope = envelope_of(item)
    raw = raw_of(item)
    parsed = (channel.parse_quickly if quickly and item.failure != SLOW else channel.parse)(raw, envelope)
    if not isinstance(parsed, ParsedMessage) or parsed.thread is not None:
        return _follow(item, parsed)
    auth = _stored_auth(item) or channel.verify(raw, parsed, envelope, _trust(item.inbox))
    parsed = _restored(parsed, auth)
    masked = masking.mask_message(parsed)
    with transaction.atomic():
        item.outcome = _hold(item_id)
        return item.outcome if item.outcome != PENDING else _place(item, masked, auth, envelope)


def _hold(item_id: int) -> str:
    """Lock the item and return its outcome, which another worker may have given it meanwhile."""
    [(outcome,)] = statements.run("SELECT outcome FROM intake_inbounditem WHERE id = %s FOR UPDATE", [item_id])
    return str(outcome)


def _follow(item: InboundItem, parsed: Parsed) -> str:
    """What comes from a channel that knows its threads is upstream's to place; the network vouches for its writers."""
    item.sender_auth = {"result": "pass", "reason": "network", "inputs": {}}
    if isinstance(parsed, Ignored):
        return mark(item, f"ignored:{parsed.rule}")
    masked, secrets = masking.mask_thread(parsed)
    item.held_secret = bool(secrets)
    with transaction.atomic():
        outcome = _hold(item.pk)
        if outcome != PENDING:
            return outcome
        found = following.follow(following.Arrived(item.inbox, item.pk, masked, item.received_at, secrets))
        item.conversation_id, item.message_id = found.conversation_id, found.message_id
        return mark(item, found.outcome)


def _trust(inbox: Inbox) -> Trust:
    """What the judgement of senders may believe; without a resolver nothing is ever `fail` (ground.md G2)."""
    named = str(inbox.settings.get("forwarders", "")).lower().replace(",", " ").split()
    return Trust(settings.AUTHSERV_ID, _resolver(), forwarders=tuple(named))


@functools.cache
def _resolver() -> Resolver | None:
    return import_string(settings.DNS_RESOLVER)() if settings.DNS_RESOLVER else None


def _restored(parsed: ParsedMessage, auth: SenderAuth) -> ParsedMessage:
    """The message with the writer that a named forwarder restored, marked with through whom it came."""
    flags = (*parsed.flags, f"through:{auth.through}") if auth.through else parsed.flags
    return replace(parsed, sender=auth.writer or parsed.sender, flags=flags)


def _stored_auth(item: InboundItem) -> SenderAuth | None:
    """The verdict is computed once; a replay reuses it (ground.md G2)."""
    stored = item.sender_auth
    return SenderAuth(stored["result"], stored["reason"], stored["inputs"]) if stored else None


def _place(item: InboundItem, masked: masking.MaskedMessage, auth: SenderAuth, envelope: Envelope) -> str:
    parsed = masked.parsed
    item.sender_auth = asdict(auth)
    item.held_secret = bool(masked.secrets)
    if parsed.kind == "bounce" and parsed.bounce and parsed.bounce.permanent:
        _settle_bounce(parsed)
    if _is_report_of_ours(parsed, envelope):
        return mark(item, "state_change")
    if came_back(item.inbox, parsed.external_id):
        return mark(item, "ignored:test_mail")
    if parsed.forward_verification is not None:
        note_forward_code(item.inbox, parsed.forward_verification.code, parsed.forward_verification.link)
    try:
        noted = _answer_to_news(parsed, auth, envelope) or _answer_of_engineer(masked, auth, envelope)
    except (notifications.NotTaken, answering.NotTaken):
        return mark(item, "quarantined:from_support_address")
    if noted is not None:
        item.conversation = noted
        return mark(item, "threaded")
    identity = identity_of(item.inbox, parsed)
    known = look(item.inbox, parsed, identity, nth=allowed(parsed))
    mail = _facts(item.inbox, parsed, auth, envelope, identity, known)
    verdict = rules.match(mail)
    if verdict.join is Join.QUARANTINE or identity is None:
        return mark(item, f"quarantined:{verdict.cause or 'ambiguous_sender'}")
    if item.inbox.channel == "email" and loops(identity, parsed, known, now=clock.now()):
        return mark(item, "quarantined:loop")
    if verdict.join is Join.QUIET and verdict.strand is None:
        return mark(item, _automatic_outcome(parsed))
    return _receive(
        item,
        known,
        receiving.Incoming(
            item.inbox,
            identity,
            parsed,
            verdict,
            auth.result,
            item.received_at,
            masked.secrets,
            masked.files,
            answers_from=claiming.answers_from(item.inbox),
        ),
    )


def _answer_to_news(parsed: ParsedMessage, auth: SenderAuth, envelope: Envelope) -> Conversation | None:
    """Where an answer to a notification went; None for any other mail. Raises NotTaken."""
    if parsed.kind != "message" or parsed.sender is None:
        return None
    addressed = [*envelope.rcpt_to, *(one.email for one in (*parsed.to, *parsed.cc))]
    words = parsed.reply_text or parsed.text
    return notifications.take_answer(addressed, parsed.sender.email, words, is_proved=auth.result == "pass")


def _answer_of_engineer(masked: masking.MaskedMessage, auth: SenderAuth, envelope: Envelope) -> Conversation | None:
    """Where an engineer's answer to a request went; None for any other mail. Raises NotTaken."""
    parsed = masked.parsed
    if parsed.kind != "message" or parsed.sender is None:
        return None
    addressed = [*envelope.rcpt_to, *(one.email for one in (*parsed.to, *parsed.cc))]
    words = parsed.reply_text or parsed.text
    proved = auth.result == "pass"
    return answering.take_mail(addressed, parsed.sender.email, words, is_proved=proved, files=masked.files)


def _receive(item: InboundItem, known: Known, incoming: receiving.Incoming) -> str:
    same = known.same_mail(incoming.parsed)
    if same is not None and same.inbox == item.inbox_id:
        item.conversation_id, item.message_id = same.conversation, same.message
        return mark(item, "ignored:same_message")
    if same is not None and incoming.verdict.strand is None:
        received = receiving.join_as_strand(same.conversation, incoming)
    else:
        received = receiving.receive(incoming)
    item.conversation, item.message = received.conversation, received.message
    if incoming.verdict.join is Join.QUIET:
        return mark(item, _automatic_outcome(incoming.parsed))
    if received.is_new:
        claiming.opened(incoming, received)
        acknowledging.ask(incoming, received.message)
    return mark(item, "new" if received.is_new else "threaded")


def identity_of(inbox: Inbox, parsed: ParsedMessage) -> ContactIdentity | None:
    """Who wrote it, made known when new; None when that can't be told for certain."""
    if parsed.sender is None:
        return None
    return identify(channel=inbox.channel, address=parsed.sender.email, name=parsed.sender.name)


def _facts(
    inbox: Inbox,
    parsed: ParsedMessage,
    auth: SenderAuth,
    envelope: Envelope,
    identity: ContactIdentity | None,
    known: Known,
) -> Inbound:
    token, token_invalid = _reply_token(inbox, parsed, envelope)
    answered = known.answered(parsed)
    owns = auth.result != "fail" and parsed.kind == "message" and claiming.proved_by_reply(token, identity)
    return Inbound(
        sender_auth=auth.result,
        sender_identity=identity.pk if identity else None,
        ambiguous=parsed.sender is None or bool(parsed.sender_problem),
        automatic=parsed.kind != "message",
        listed=auth.listed_unverified,
        verification_mail="verification_mail" in parsed.flags,
        spam="spam" in parsed.flags,
        from_us=known.from_us,
        from_agent=known.from_agent and not registry.get(inbox.channel).answers_by,
        token_strand=token.strand_id if token else None,
        token_identity=identity.pk if owns and identity else token.identity_id if token else None,
        token_invalid=token_invalid,
        referenced=tuple(dict.fromkeys(one.strand for one in answered)),
        participations=frozenset(one.strand for one in answered if one.takes_part),
    )


def _reply_token(inbox: Inbox, parsed: ParsedMessage, envelope: Envelope) -> tuple[Participant | None, bool]:
    """The participant whom a valid reply token names, and whether there was a token that is not valid (S-04)."""
    local = inbox.address.rpartition("@")[0]
    addressed = [*envelope.rcpt_to, *(one.email for one in (*parsed.to, *parsed.cc))]
    candidates = {
        address.lower().rpartition("@")[0][len(local) + 1 :]
        for address in addressed
        if address.lower().startswith(f"{local}+")
    }
    for candidate in sorted(candidates):
        try:
            strand_id, participant_id = tokens.read("reply", candidate, 2)
        except tokens.BadToken:
            continue
        participant = (
            Participant.objects.select_related("strand__conversation", "identity")
            .filter(pk=participant_id, strand=strand_id)
            .first()
        )
        if participant is not None and not _is_expired(participant):
            return participant, False
    return None, bool(candidates)


def _is_expired(participant: Participant) -> bool:
    resolved_at = participant.strand.conversation.resolved_at
    return resolved_at is not None and clock.now() - resolved_at > TOKEN_LIFETIME


def _is_report_of_ours(parsed: ParsedMessage, envelope: Envelope) -> bool:
    """A mail service's signed word that a mail of ours was delivered or complained about; it is noted with the mail."""
    word = envelope.event.rpartition(".")[2]
    if word not in confirming.WORDS or not parsed.in_reply_to:
        return False
    known = ExternalId.objects.filter(channel="email", external_id=parsed.in_reply_to).first()
    return known is not None and confirming.note_report(known.message_id, word)


def _settle_bounce(parsed: ParsedMessage) -> None:
    original = parsed.bounce.original_message_id if parsed.bounce else ""
    known = ExternalId.objects.filter(channel="email", external_id=original).first() if original else None
    if known is not None and parsed.bounce is not None:
        delivering.bounced(known.message_id, status=parsed.bounce.status)


def _automatic_outcome(parsed: ParsedMessage) -> str:
    return parsed.kind if parsed.kind != "message" else "auto_reply"


def mark(item: InboundItem, outcome: str, failure: str = "") -> str:
    """Give the item the one outcome it ends with, and return it."""
    item.outcome, item.processed_at, item.failure = outcome, clock.now(), failure
    item.save(
        update_fields=["outcome", "processed_at", "failure", "sender_auth", "held_secret", "conversation", "message"]
    )
    return outcome


def note_failure(item_id: int, cause: str) -> None:
    """Processing broke. After five times the item is kept aside under a named cause, for an operator to replay; it is
    never lost.
    """
    pending = InboundItem.objects.filter(pk=item_id, outcome=PENDING)
    pending.update(attempts=F("attempts") + 1, failure=cause[:300])
    pending.filter(attempts__gte=ATTEMPTS).update(outcome="quarantined:processing_failed", processed_at=clock.now())


def note_slow(item_id: int) -> None:
    """Reading it took too long for the lane that others wait in: the next try may take its time."""
    InboundItem.objects.filter(pk=item_id, outcome=PENDING).update(failure=SLOW)
