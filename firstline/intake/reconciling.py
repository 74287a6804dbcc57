"""What the sources have, beside what the desk has; what it lacks is taken in at once where the source gives it.

Three witnesses: a mailbox's own list of mails, the journal of the mail listener, and the list that a channel's
`reconcile` reads from its network. None of this runs within a transaction: a source may take its time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _

from firstline.channels import registry
from firstline.channels.base import ChannelError, ParsedMessage
from firstline.channels.email import accounts, imap
from firstline.channels.port import Channel, Listed
from firstline.conversations.models import ExternalId
from firstline.core import sealing
from firstline.inboxes import actions as inboxes
from firstline.inboxes.actions.reading_mailboxes import remember_taken
from firstline.inboxes.models import Inbox, Mailbox, TakenMail
from firstline.intake import actions, fetching, journal
from firstline.intake.actions import Accepted, Offered
from firstline.intake.journal import Entry
from firstline.intake.models import InboundItem, SeenItem
from firstline.upstream.models import Original

logger = logging.getLogger(__name__)

Source = Literal["mailbox", "journal", "list", "none"]
ON_ITS_WAY = timedelta(minutes=15)
"""What a source has had for no longer than this may still come by itself: it is taken in, and nobody is alarmed."""
_CHUNK = 64
_KEYS = 5000


@dataclass(frozen=True, slots=True)
class Compared:
    """One inbox beside one list of its source.

    `listed` counts what the source has. `missing` names what the desk should have had and lacked, `healed` what of that
    it has now; `taken` counts what was only on its way. `unreached` says why the list could not be read. With the
    source `none` there is no list to compare with.
    """

    inbox: str
    source: Source
    listed: int = 0
    missing: tuple[str, ...] = ()
    healed: tuple[str, ...] = ()
    taken: int = 0
    unreached: str = ""

    @property
    def gone(self) -> tuple[str, ...]:
        """What is missing for good, as far as the desk can see."""
        return tuple(one for one in self.missing if one not in set(self.healed))


def compare_all(since: datetime, now: datetime) -> list[Compared]:
    """Every active inbox beside every list that its source keeps, since then."""
    noted = _journal(since)
    found: list[Compared] = []
    for inbox in Inbox.objects.filter(is_active=True).order_by("name"):
        try:
            compared = list(_compare(inbox, since, now, noted.get(inbox.pk, {})))
        except sealing.SealBroken:
            compared = [Compared(inbox.name, "list", unreached=_("Its settings cannot be opened with this desk key."))]
        found += compared or [Compared(inbox.name, "none")]
    return found


def _compare(inbox: Inbox, since: datetime, now: datetime, noted: dict[str, Entry]) -> Iterator[Compared]:
    in_via = inbox.shown_settings().get("in_via", "")
    if inbox.channel == "email" and (noted or not in_via):
        yield _with_journal(inbox, noted)
    if inbox.channel == "email" and in_via in accounts.FETCHED:
        yield with_mailbox(inbox, since, now)
    elif inbox.channel != "email" and registry.get(inbox.channel).keeps_list(inbox.open_settings()):
        with inboxes.measured(inbox, only_reads=True):
            yield with_list(inbox, since, now)


def with_list(inbox: Inbox, since: datetime, now: datetime) -> Compared:
    """Beside what the channel's `reconcile` lists; whatever the desk has not seen in this version is processed here.

    Only what becomes a message was missing: of the rest the desk knew already, or its rules leave it to others.
    """
    channel = registry.get(inbox.channel)
    listed, taken = 0, 0
    missing: list[str] = []
    try:
        inboxes.allow_reading(inbox)
        arrived = channel.reconcile(max(since, inbox.created_at), inboxes.settings_to_send(inbox))
        for chunk in _chunks(arrived, _CHUNK):
            listed += len(chunk)
            for one in _take_in(inbox, channel, chunk):
                if one.updated_at is None or one.updated_at < now - ON_ITS_WAY:
                    missing.append(one.external_id)
                else:
                    taken += 1
    except ChannelError as error:
        unreached = error.sentence
    except Exception as error:  # a list that cannot be understood is a list that was not compared
        logger.exception("The list of inbox %d could not be compared", inbox.pk)
        unreached = type(error).__name__
    else:
        unreached = ""
    return Compared(inbox.name, "list", listed, tuple(missing), tuple(missing), taken, unreached)


def _take_in(inbox: Inbox, channel: Channel, chunk: Sequence[Listed]) -> list[Listed]:
    """Offer what is unknown; returns what of it became a message that the desk did not have."""
    unknown = [one for one in _unknown(inbox, chunk) if not _is_from_before(inbox, channel, one)]
    if not unknown:
        return []
    arrivals = [one.arrival for one in unknown]
    accepted = actions.accept_many([Offered(inbox.pk, one.raw, one.envelope, one.key) for one in arrivals])
    return [one for one, kept in zip(unknown, accepted, strict=True) if _became_message(kept)]


def _became_message(kept: Accepted) -> bool:
    if kept.is_repeat:
        return False
    try:
        return actions.process(kept.item_id) in ("new", "threaded")
    except Exception as error:  # noqa: BLE001 (the item is kept; the sweep tries again, and the sums tell if it stays)
        actions.note_failure(kept.item_id, type(error).__name__)
        return False


def _unknown(inbox: Inbox, chunk: Sequence[Listed]) -> list[Listed]:
    """What the desk does not have in this version: neither a message, nor a post of its own, nor listed before."""
    keys = [sealing.fingerprint(one.arrival.key.encode() or one.arrival.raw, "seen") for one in chunk]
    seen = set(SeenItem.objects.filter(inbox=inbox, key__in=keys).values_list("key", flat=True))
    names = [one.external_id[:400] for one in chunk]
    versions = dict(
        Original.objects.filter(channel=inbox.channel, external_id__in=names).values_list("external_id", "updated_at")
    )
    ours = set(
        ExternalId.objects.filter(
            channel=inbox.channel, external_id__in=names, message__author_identity=None
        ).values_list("external_id", flat=True)
    )
    return [
        one
        for one, key, name in zip(chunk, keys, names, strict=True)
        if key not in seen and name not in ours and not (name in versions and _is_current(one, versions[name]))
    ]


def _is_current(one: Listed, known: datetime | None) -> bool:
    return one.updated_at is None or (known is not None and known >= one.updated_at)


def _is_from_before(inbox: Inbox, channel: Channel, one: Listed) -> bool:
    """Whether it was written before the inbox was there: that was never asked of this desk."""
    parsed = channel.parse(one.arrival.raw, one.arrival.envelope)
    written = parsed.date if isinstance(parsed, ParsedMessage) else None
    return written is not None and written < inbox.created_at


def with_mailbox(inbox: Inbox, since: datetime, now: datetime) -> Compared:
    """Beside the mail server's own list. What lies beyond the mailbox's place and came a moment ago is on its way."""
    mailbox = inboxes.mailbox_of(inbox)
    begins = max(since, mailbox.begins_at or since).replace(microsecond=0)  # INTERNALDATE has whole seconds
    try:
        with imap.Mailbox(accounts.imap_account(inboxes.settings_to_send(inbox))) as box:
            there = {uid: got for uid, got in box.since(begins.date()).items() if got >= begins}
            fresh = _fetch(inbox, box, _lacking(inbox, box.validity, there))
            late = [uid for uid in fresh if _was_due(mailbox, box.validity, uid, there[uid], now)]
            names = tuple(f"{box.validity}:{uid}" for uid in late)
    except (ChannelError, ValueError) as error:
        return Compared(inbox.name, "mailbox", unreached=getattr(error, "sentence", str(error)))
    return Compared(inbox.name, "mailbox", len(there), names, names, len(fresh) - len(late))


def _lacking(inbox: Inbox, validity: int, there: Iterable[int]) -> list[int]:
    """The UIDs that became no item, or one that is gone."""
    taken = TakenMail.objects.filter(inbox=inbox, uidvalidity=validity, uid__in=list(there))
    items = dict(taken.values_list("uid", "item_id"))
    kept = set(InboundItem.objects.filter(pk__in=items.values()).values_list("pk", flat=True))
    return [uid for uid in there if items.get(uid) not in kept]


def _fetch(inbox: Inbox, box: imap.Mailbox, uids: list[int]) -> list[int]:
    """Take these mails in; returns those that the desk really did not have."""
    fresh: list[int] = []
    for batch in imap.batches(box.sizes(uids) if uids else {}, count=fetching.BATCH, size=fetching.BATCH_BYTES):
        raws = box.fetch(batch)
        accepted = actions.accept_many([Offered(inbox.pk, raw) for raw in raws.values()])
        kept = dict(zip(raws, accepted, strict=True))
        remember_taken(inbox.pk, box.validity, {uid: one.item_id for uid, one in kept.items()})
        box.settle(list(raws))
        fresh += [uid for uid, one in kept.items() if not one.is_repeat]
    return fresh


def _was_due(mailbox: Mailbox, validity: int, uid: int, got: datetime, now: datetime) -> bool:
    passed = mailbox.uidvalidity == validity and uid <= mailbox.uid
    return passed or got < now - ON_ITS_WAY


def _with_journal(inbox: Inbox, noted: dict[str, Entry]) -> Compared:
    """Beside what the listener noted before it said 250. The sender has let go of it, so nothing can be fetched: the
    gap names when it came and how big it was.
    """
    keys = list(noted)
    known: set[str] = set()
    for start in range(0, len(keys), _KEYS):
        part = SeenItem.objects.filter(inbox=inbox, key__in=keys[start : start + _KEYS])
        known.update(part.values_list("key", flat=True))
    lost = [one for key, one in noted.items() if key not in known]
    names = tuple(f"{one.at:%Y-%m-%dT%H:%M:%SZ} {one.size} bytes {one.key[:12]}" for one in lost)
    return Compared(inbox.name, "journal", len(noted), names)


def _journal(since: datetime) -> dict[int, dict[str, Entry]]:
    found: dict[int, dict[str, Entry]] = {}
    for entry in journal.read(since):
        found.setdefault(entry.inbox_id, {})[entry.key] = entry
    return found


def _chunks(listed: Iterable[Listed], size: int) -> Iterator[list[Listed]]:
    rest = iter(listed)
    while chunk := list(islice(rest, size)):
        yield chunk
