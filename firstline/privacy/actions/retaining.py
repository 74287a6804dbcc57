"""What was kept long enough goes: one rule a class of data, the same counted and done (P-06). Twice is once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from firstline.answers.models import Diagnosis, Suggestion
from firstline.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    Message,
    Note,
    Reveal,
    SealedSecret,
    Status,
)
from firstline.core import blobs
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE
from firstline.gaps.models import Question
from firstline.inboxes.models import KeptMail
from firstline.intake.models import InboundItem
from firstline.moderation.models import CheckIn, Evidence, HandOver, Mark
from firstline.privacy.models import Erasure
from firstline.search.models import MessageText, Passage
from firstline.upstream.models import Version

RAW, RAW_WITH_SECRET = timedelta(days=90), timedelta(days=7)
KEPT_ASIDE = timedelta(days=30)
EVIDENCE = timedelta(days=730)
EXPOSURE = timedelta(days=180)
OUTBOX = timedelta(days=90)
RESOLVED = timedelta(days=730)
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of data, how long it is kept, and what is left of it afterwards."""

    name: str
    days: int
    due: Callable[[datetime], Any]
    let_go: Callable[[Any], None]


def run(now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """How many of each class are due, and (not `dry_run`) let them go."""
    counts = {rule.name: rule.due(now).count() for rule in RULES}
    if not dry_run:
        for rule in RULES:
            if counts[rule.name]:
                rule.let_go(rule.due(now))
        if any(counts.values()):
            record_audit(Kind.RETENTION_RAN, by=MACHINE, after=dict(counts))
    return counts


def _raw(now: datetime) -> Any:
    """Raw mails older than 90 days, 7 with a secret; of what was kept aside, 30 days."""
    aside = Q(outcome__startswith="quarantined:", received_at__lt=now - KEPT_ASIDE)
    held = Q(held_secret=True, received_at__lt=now - RAW_WITH_SECRET) & ~Q(outcome__startswith="quarantined:")
    old = InboundItem.objects.filter(Q(received_at__lt=now - RAW) | aside | held)
    return old.filter(wrapped_key__isnull=False).exclude(outcome="pending")


def _empty_items(due: Any) -> None:
    with transaction.atomic():
        rows = list(due.values_list("pk", "storage_key"))
        InboundItem.objects.filter(pk__in=[pk for pk, _key in rows]).update(
            ciphertext=None, wrapped_key=None, storage_key=""
        )
    for _pk, key in rows:
        if key:
            blobs.delete(key)


def _evidence(now: datetime) -> Any:
    """Evidence of cases that nothing has happened to for 24 months; a legal hold keeps it longer."""
    old = Q(case__closed_at__lt=now - EVIDENCE)
    return Evidence.objects.filter(old).exclude(ciphertext=b"")


def _resolved(now: datetime) -> Any:
    """Ended conversations in which nothing was said for 24 months, and that still hold words."""
    ended = Conversation.objects.filter(status__in=(Status.RESOLVED, Status.SPAM), last_message_at__lt=now - RESOLVED)
    return ended.filter(Exists(Message.objects.filter(conversation=OuterRef("pk")).exclude(text="")))


def _empty_conversations(due: Any) -> None:
    """The words, files and notes go, and every copy of them; that there was a conversation stays."""
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    with transaction.atomic():
        files = Attachment.objects.filter(Q(message__conversation__in=ids) | Q(note__conversation__in=ids))
        keys = list(files.values_list("storage_key", flat=True))
        files.delete()
        messages = Message.objects.filter(conversation__in=ids)
        messages.update(text="", subject="", quoted="", html="", to=[], cc=[], bcc=[])
        for model in (Note, Draft, SealedSecret, MessageText, Passage, Question, Suggestion, Diagnosis):
            model.objects.filter(conversation__in=ids).delete()
        Version.objects.filter(original__message__in=messages).delete()
        Conversation.objects.filter(pk__in=ids).update(subject="", last_preview="")
    for key in keys:
        blobs.delete(key)


def _held(now: datetime) -> Any:
    """Evidence of erased people whose legal hold is over (P-04)."""
    over = Erasure.objects.filter(held_until__lte=now).values_list("contact_ids", flat=True)
    return Evidence.objects.filter(case__contact__in=[pk for ids in over for pk in ids]).exclude(ciphertext=b"")


def _empty_evidence(due: Any) -> None:
    due.update(ciphertext=b"", wrapped_key=b"", detectors={})


def _delete(due: Any) -> None:
    due.delete()


def _older(model: Any, field: str, age: timedelta) -> Callable[[datetime], Any]:
    """Rows whose `field` is longer ago than `age`."""
    return lambda now: model.objects.filter(**{f"{field}__lt": now - age})


RULES = (
    Rule("raw_items", RAW.days, _raw, _empty_items),
    Rule("evidence", EVIDENCE.days, _evidence, _empty_evidence),
    Rule("legal_holds", 0, _held, _empty_evidence),
    Rule("exposure", EXPOSURE.days, _older(Reveal, "at", EXPOSURE), _delete),
    Rule("hand_overs", EXPOSURE.days, _older(HandOver, "at", EXPOSURE), _delete),
    Rule("check_ins", EXPOSURE.days, _older(CheckIn, "asked_at", EXPOSURE), _delete),
    Rule("outbox", OUTBOX.days, _older(KeptMail, "created_at", OUTBOX), _delete),
    Rule("marks", 0, _older(Mark, "until", timedelta()), _delete),
    Rule("conversations", RESOLVED.days, _resolved, _empty_conversations),
)
"""Every class of data that ends by itself."""
