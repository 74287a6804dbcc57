"""The door's two verbs: `accept` takes an item in for good, `process` finds out what it is."""

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils.module_loading import import_string

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import Envelope, ParsedMessage, SenderAuth, Trust
from firstline.contacts.actions import identify
from firstline.contacts.models import ContactIdentity
from firstline.conversations import rules
from firstline.conversations.actions import delivering, receiving
from firstline.conversations.models import ExternalId, Participant
from firstline.conversations.rules import Inbound, Join, Verdict
from firstline.core import blobs, clock, sealing, tokens
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.inboxes.models import Inbox
from firstline.intake import masking
from firstline.intake.models import PENDING, InboundItem, Refusal, SeenItem

IN_ROW_BYTES = 1024 * 1024
TOKEN_LIFETIME = timedelta(days=90)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Offered:
    """What a source offers: raw bytes for one inbox, with the facts that only the door has."""

    inbox_id: int
    raw: bytes = field(repr=False)
    envelope: Envelope = field(default_factory=Envelope)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The item that holds it; `is_repeat` when the inbox had it already."""

    item_id: int
    is_repeat: bool


def accept(inbox: Inbox, raw: bytes, envelope: Envelope | None = None) -> Accepted:
    """Take one item in. When this returns, it is durable; only then may the source be told so."""
    return accept_many([Offered(inbox.pk, raw, envelope or Envelope())])[0]


def accept_many(offered: Sequence[Offered]) -> list[Accepted]:
    """Take items in, all in one transaction: sealed, deduplicated by a keyed hash, queued for `process` (G1, G3).

    Raises OperationalError when the database is away: the source must keep what it has.
    """
    try:
        return _accept_many(offered)
    except IntegrityError:
        # Another process took one of them between our look and our insert: now it will be seen.
        return _accept_many(offered)


@transaction.atomic
def _accept_many(offered: Sequence[Offered]) -> list[Accepted]:
    keys = [(one.inbox_id, sealing.fingerprint(one.raw, "seen")) for one in offered]
    known = {
        (seen.inbox_id, seen.key): seen.item_id
        for seen in SeenItem.objects.filter(inbox__in={inbox for inbox, _ in keys}, key__in={key for _, key in keys})
    }
    fresh = {key: one for key, one in zip(keys, offered, strict=True) if key not in known}
    items = InboundItem.objects.bulk_create(_sealed_item(one) for one in fresh.values())
    created = dict(zip(fresh, items, strict=True))
    SeenItem.objects.bulk_create(SeenItem(inbox_id=inbox, key=key, item=item) for (inbox, key), item in created.items())
    record_all([NewEvent(Kind.INBOUND_ACCEPTED, MACHINE, inbox_id=item.inbox_id, subject_id=item.pk) for item in items])
    accepted = []
    unused = set(created)
    for key in keys:
        is_repeat = key not in unused
        unused.discard(key)
        if is_repeat:
            SeenItem.objects.filter(inbox=key[0], key=key[1]).update(repeats=F("repeats") + 1)
        accepted.append(Accepted(known[key] if key in known else created[key].pk, is_repeat))
    return accepted


def _sealed_item(one: Offered) -> InboundItem:
    sealed = sealing.seal(one.raw)
    is_big = len(one.raw) > IN_ROW_BYTES
    return InboundItem(
        inbox_id=one.inbox_id,
        size=len(one.raw),
        ciphertext=None if is_big else sealed.ciphertext,
        storage_key=blobs.write(sealed.ciphertext) if is_big else "",
        wrapped_key=sealed.wrapped_key,
        envelope=asdict(one.envelope),
    )


def refuse(address: str, inbox: Inbox | None, code: str, *, count: int = 1) -> None:
    """Count deliveries that were refused for good (5xx); nothing of their content is kept."""
    row, _created = Refusal.objects.get_or_create(
        inbox=inbox, day=clock.now().date(), code=code, defaults={"address": address if inbox else ""}
    )
    Refusal.objects.filter(pk=row.pk).update(count=F("count") + count)


def raw_of(item: InboundItem) -> bytes:
    """The item exactly as it arrived. Raises SealBroken; FileNotFoundError when it was erased."""
    if item.wrapped_key is None:
        raise FileNotFoundError("The raw item was erased when its time was over.")
    ciphertext = blobs.read(item.storage_key) if item.storage_key else item.ciphertext
    return sealing.unseal(ciphertext or b"", item.wrapped_key)


def process(item_id: int) -> str:
    """Find out what a pending item is, and put it where it belongs; returns its outcome. May run twice.

    Parsing and asking DNS happen outside the transaction; deciding, storing and marking inside one.
    """
    item = InboundItem.objects.select_related("inbox").get(pk=item_id)
    if item.outcome != PENDING:
        return item.outcome
    channel = registry.get(item.inbox.channel)
    envelope = Envelope(**{**item.envelope, "rcpt_to": tuple(item.envelope.get("rcpt_to", ()))})
    raw = raw_of(item)
    parsed = channel.parse(raw, envelope)
    auth = _stored_auth(item) or channel.verify(raw, parsed, envelope, _trust())
    masked = masking.mask_message(parsed)
    with transaction.atomic():
        item.outcome = InboundItem.objects.select_for_update().values_list("outcome", flat=True).get(pk=item_id)
        return item.outcome if item.outcome != PENDING else _place(item, masked, auth, envelope)


@functools.cache
def _trust() -> Trust:
    """What the judgement of senders may believe; without a resolver nothing is ever `fail` (ground.md G2)."""
    resolver = import_string(settings.DNS_RESOLVER)() if settings.DNS_RESOLVER else None
    return Trust(settings.AUTHSERV_ID, resolver)


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
    identity = _identify(item.inbox, parsed)
    mail = _facts(item.inbox, parsed, auth, envelope, identity)
    verdict = rules.match(mail)
    if verdict.join is Join.QUARANTINE or identity is None:
        return _mark(item, f"quarantined:{verdict.cause or 'ambiguous_sender'}")
    if verdict.join is Join.QUIET and verdict.strand is None:
        return _mark(item, _automatic_outcome(parsed))
    return _receive(
        item,
        receiving.Incoming(
            item.inbox, identity, parsed, verdict, auth.result, item.received_at, masked.secrets, masked.files
        ),
    )


def _receive(item: InboundItem, incoming: receiving.Incoming) -> str:
    same = _same_mail(item.inbox, incoming)
    if same is not None and same.inbox_id == item.inbox_id:
        item.conversation_id, item.message_id = same.conversation_id, same.message_id
        return _mark(item, "ignored:same_message")
    if same is not None and incoming.verdict.strand is None:
        received = receiving.join_as_strand(same.conversation_id, incoming)
    else:
        received = receiving.receive(incoming)
    item.conversation, item.message = received.conversation, received.message
    if incoming.verdict.join is Join.QUIET:
        return _mark(item, _automatic_outcome(incoming.parsed))
    return _mark(item, "new" if received.is_new else "threaded")


class SameMail(NamedTuple):
    """What a mail became when it came before."""

    message_id: int
    text: str
    conversation_id: int
    inbox_id: int


def _same_mail(inbox: Inbox, incoming: receiving.Incoming) -> SameMail | None:
    """The message that this very mail became before: same Message-ID, same sender, same words."""
    parsed = incoming.parsed
    if not parsed.external_id:
        return None
    found = ExternalId.objects.filter(
        channel=inbox.channel,
        account="",
        external_id=parsed.external_id[:400],
        message__author_identity=incoming.identity,
    ).values_list("message_id", "message__text", "message__conversation_id", "message__strand__inbox_id")
    known = next((SameMail(*row) for row in found), None)
    return known if known and known.text == (parsed.reply_text or parsed.text) else None


def _identify(inbox: Inbox, parsed: ParsedMessage) -> ContactIdentity | None:
    if parsed.sender is None:
        return None
    return identify(channel=inbox.channel, address=parsed.sender.email, name=parsed.sender.name)


def _facts(
    inbox: Inbox, parsed: ParsedMessage, auth: SenderAuth, envelope: Envelope, identity: ContactIdentity | None
) -> Inbound:
    token, token_invalid = _reply_token(inbox, parsed, envelope)
    referenced = _referenced(inbox, parsed)
    takes_part = (
        frozenset(
            Participant.objects.filter(identity=identity, strand__in=referenced)
            .exclude(role="mentioned")
            .values_list("strand_id", flat=True)
        )
        if identity and referenced
        else frozenset()
    )
    from_us, from_agent = _is_ours(inbox, parsed.sender.email.lower() if parsed.sender else "")
    return Inbound(
        sender_auth=auth.result,
        sender_identity=identity.pk if identity else None,
        ambiguous=parsed.sender is None or bool(parsed.sender_problem),
        automatic=parsed.kind != "message",
        listed=parsed.list_or_bulk,
        from_us=from_us,
        from_agent=from_agent,
        token_strand=token.strand_id if token else None,
        token_identity=token.identity_id if token else None,
        token_invalid=token_invalid,
        referenced=referenced,
        participations=takes_part,
    )


def _is_ours(inbox: Inbox, address: str) -> tuple[bool, bool]:
    """Whether it is an address of the desk, and whether it is one of a person of the team; in one query."""
    inboxes = Inbox.objects.filter(channel=inbox.channel, address=address).annotate(kind=Value("inbox")).values("kind")
    people = User.objects.filter(email__iexact=address, is_active=True).annotate(kind=Value("person")).values("kind")
    kinds = {row["kind"] for row in inboxes.union(people)} if address else set()
    return "inbox" in kinds, "person" in kinds


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
            Participant.objects.select_related("strand__conversation")
            .filter(pk=participant_id, strand=strand_id)
            .first()
        )
        if participant is not None and not _is_expired(participant):
            return participant, False
    return None, bool(candidates)


def _is_expired(participant: Participant) -> bool:
    resolved_at = participant.strand.conversation.resolved_at
    return resolved_at is not None and clock.now() - resolved_at > TOKEN_LIFETIME


def _referenced(inbox: Inbox, parsed: ParsedMessage) -> tuple[int, ...]:
    """Strands whose Message-IDs the mail names, nearest first."""
    names = list(dict.fromkeys([parsed.in_reply_to, *reversed(parsed.references)]))[:30]
    names = [name[:400] for name in names if name]
    if not names:
        return ()
    found = dict(
        ExternalId.objects.filter(channel=inbox.channel, external_id__in=names).values_list(
            "external_id", "message__strand_id"
        )
    )
    return tuple(dict.fromkeys(found[name] for name in names if name in found))


def _settle_bounce(parsed: ParsedMessage) -> None:
    original = parsed.bounce.original_message_id if parsed.bounce else ""
    known = ExternalId.objects.filter(channel="email", external_id=original).first() if original else None
    if known is not None and parsed.bounce is not None:
        delivering.bounced(known.message_id, status=parsed.bounce.status)


def _automatic_outcome(parsed: ParsedMessage) -> str:
    return parsed.kind if parsed.kind != "message" else "auto_reply"


def _mark(item: InboundItem, outcome: str, failure: str = "") -> str:
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


@transaction.atomic
def release(item: InboundItem, *, by: User) -> str:
    """An agent lets a quarantined mail in as a new, unverified conversation; it joins nothing and sends nothing
    (S-03).
    """
    held = InboundItem.objects.select_for_update(of=["self"]).select_related("inbox").get(pk=item.pk)
    if not held.outcome.startswith("quarantined:"):
        return held.outcome
    channel = registry.get(held.inbox.channel)
    envelope = Envelope(**{**held.envelope, "rcpt_to": tuple(held.envelope.get("rcpt_to", ()))})
    masked = masking.mask_message(channel.parse(raw_of(held), envelope))
    identity = _identify(held.inbox, masked.parsed)
    if identity is None:
        identity = identify(channel=held.inbox.channel, address="unknown@invalid", name="Unknown sender")
    verdict = Verdict(Join.NEW, cause="released_from_quarantine")
    incoming = receiving.Incoming(
        held.inbox, identity, masked.parsed, verdict, "fail", clock.now(), masked.secrets, masked.files
    )
    received = receiving.receive(incoming)
    held.conversation, held.message = received.conversation, received.message
    return _mark(held, "new")


def replay(item_id: int) -> str:
    """Process an item once more, as if it had arrived now; what it became before stays as it is. Returns the outcome.

    Only an item that made no message can be replayed: one that did would say everything twice.
    """
    InboundItem.objects.filter(pk=item_id, message=None).update(outcome=PENDING, processed_at=None)
    return process(item_id)
