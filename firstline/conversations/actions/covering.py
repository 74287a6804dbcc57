"""Covering a message, showing it step by step to who asks, and taking the cover off again (W-01 to W-04)."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations import rules
from firstline.conversations.actions import locking
from firstline.conversations.models import Conversation, Cover, Message, Origin, Reason, Reveal
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.models_ai import languages
from firstline.models_ai.embedder import ModelMissing

if TYPE_CHECKING:
    from firstline.conversations.actions.receiving import Incoming

LOOKS: Final = timedelta(minutes=10)
"""How long somebody who has seen a covered message whole may open its files and its original."""
SEALED: Final = "moderation.sealed"
_LINK = re.compile(r"https?://\S+")


class RevealRefused(Exception):
    """It is not shown to this person; the message is a sentence. `asks`: it is, once they say that they are sure."""

    def __init__(self, sentence: str, *, asks: bool = False) -> None:
        super().__init__(sentence)
        self.asks = asks


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a message before it is stored. `reason` "" means that it needs no cover; `is_held`: nobody is
    told that it came, and it takes nobody's turn. `needs_care`: its writer may be in danger.
    """

    reason: str = ""
    severity: int = 0
    origin: str = Origin.DETECTOR
    is_held: bool = False
    needs_care: bool = False
    score: float | None = None
    terms: tuple[str, ...] = field(default=(), repr=False)
    version: str = ""

    @property
    def arrives_as(self) -> Kind:
        """The event that its arrival records: nothing follows from what is held."""
        return Kind.MESSAGE_HELD if self.is_held else Kind.MESSAGE_RECEIVED


FINE: Final = Standing()


def judge(incoming: "Incoming") -> Standing:
    """What the slice above says of a message and its writer (config: ARRIVAL_JUDGE)."""
    found: Standing = import_string(settings.ARRIVAL_JUDGE)(incoming)
    return found


def keep(message: Message, standing: Standing, *, by: User | None = None) -> Cover | None:
    """Store the cover of a message, if it needs one."""
    if not standing.reason:
        return None
    said = f"{message.subject}\n{message.text}"
    cover, _is_new = Cover.objects.update_or_create(
        message=message,
        defaults={
            "reason": standing.reason,
            "severity": standing.severity,
            "origin": standing.origin,
            "by": by,
            "score": standing.score,
            "terms": list(standing.terms),
            "version": standing.version,
            "words": len(message.text.split()),
            "language": _language(message.text),
            "asks": "?" in said,
            "links": len(_LINK.findall(said)),
            "is_held": standing.is_held,
            "covered_at": clock.now(),
            "uncovered_at": None,
            "uncovered_by": None,
        },
    )
    message.cover = cover
    return cover


def _language(text: str) -> str:
    try:
        return languages.detect(text).code
    except ModelMissing:
        return ""


def reason_of(message: Message) -> str:
    """Why a message is covered now, "" when it is not."""
    return Cover.objects.filter(message=message, uncovered_at=None).values_list("reason", flat=True).first() or ""


def preview_of(message: Message) -> str:
    """What a list row shows of a message: nothing of what is covered."""
    return "" if reason_of(message) else rules.preview(message.text)


@transaction.atomic
def cover(message: Message, standing: Standing, *, by: User | None) -> Cover | None:
    """Cover a message that is there already; lists, titles and the index forget it. Covering twice is once."""
    conversation = locking.hold(message.conversation_id)
    known = Cover.objects.filter(message=message, uncovered_at=None).first()
    if known is not None and known.severity >= standing.severity:
        return known
    made = keep(message, standing, by=by)
    if made is None:
        return None
    withhold(conversation, message, standing.reason)
    _record(Kind.MESSAGE_COVERED, conversation, message, by or MACHINE)
    return made


def withhold(conversation: Conversation, message: Message, reason: str) -> None:
    """Take a covered message's words out of what the conversation shows of itself."""
    conversation.cover = reason
    first = conversation.messages.order_by("pk").values_list("pk", flat=True).first()
    if first == message.pk:
        conversation.subject = ""
    if not conversation.messages.filter(pk__gt=message.pk, strand__is_side=False).exists():
        conversation.last_preview = ""
    conversation.save(update_fields=["cover", "subject", "last_preview"])


@transaction.atomic
def uncover(message: Message, *, by: User) -> None:
    """It was wrongly covered: it is shown, listed and indexed like any other."""
    conversation = locking.hold(message.conversation_id)
    taken_off = Cover.objects.filter(message=message, uncovered_at=None)
    if not taken_off.update(uncovered_at=clock.now(), uncovered_by=by):
        return
    others = Cover.objects.filter(message__conversation=conversation, uncovered_at=None).order_by("-pk")
    conversation.cover = others.values_list("reason", flat=True).first() or ""
    first = conversation.messages.order_by("pk").first()
    if first is not None and first.pk == message.pk and not conversation.subject:
        conversation.subject = message.subject
    newest = conversation.messages.filter(strand__is_side=False).order_by("-pk").first()
    if newest is not None and newest.pk == message.pk:
        conversation.last_preview = rules.preview(message.text)
    conversation.save(update_fields=["cover", "subject", "last_preview"])
    _record(Kind.MESSAGE_UNCOVERED, conversation, message, by)


@transaction.atomic
def reveal(cover: Cover, *, by: User, paragraphs: int, is_sure: bool = False) -> tuple[list[str], bool]:
    """The first `paragraphs` of a covered text, and whether that is all. Kept for that person alone, and audited.

    Raises RevealRefused for content that only the sealed path may open (M-16), and as the slice above says (config:
    REVEAL_GUARD) for who has seen enough today or is named in it (W-07, W-10).
    """
    if cover.reason == Reason.CSAE and not by.can(SEALED):
        raise RevealRefused(_("This is on the sealed path. Only named people may open it."))
    import_string(settings.REVEAL_GUARD)(cover, by=by, is_sure=is_sure)
    parts = paragraphs_of(cover.message)
    shown = parts[:paragraphs]
    Reveal.objects.create(cover=cover, user=by, paragraphs=len(shown))
    conversation = cover.message.conversation
    record_audit(
        Kind.MESSAGE_REVEALED,
        by=by,
        inbox_id=conversation.inbox_id,
        subject_id=cover.message_id,
        after={"conversation": conversation.pk, "paragraphs": len(shown)},
    )
    return shown, len(shown) == len(parts)


def paragraphs_of(message: Message) -> list[str]:
    """Its subject and text in steps: blocks between empty lines, none longer than a screen."""
    blocks = [message.subject, *re.split(r"\n\s*\n", message.text)]
    cut = [block[at : at + 600] for block in (one.strip() for one in blocks) for at in range(0, len(block), 600)]
    return cut or [""]


def note_seconds(user: User, reveal_id: int, seconds: float) -> None:
    """How long it stood on the person's screen."""
    Reveal.objects.filter(pk=reveal_id, user=user).update(seconds=max(0.0, min(seconds, 3600.0)))


def may_open(message: Message, user: User) -> bool:
    """Whether the person may open the files and the original: it is not covered, or they have just seen it whole."""
    found = Cover.objects.filter(message=message, uncovered_at=None).first()
    if found is None:
        return True
    recent = Reveal.objects.filter(cover=found, user=user, at__gte=clock.now() - LOOKS)
    return recent.filter(paragraphs__gte=len(paragraphs_of(message))).exists()


def _record(kind: Kind, conversation: Conversation, message: Message, by: Actor) -> None:
    record(
        kind,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=message.pk,
        assignee_id=conversation.assignee_id,
    )
