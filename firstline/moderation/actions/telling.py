"""Telling somebody what was decided about them, and why (M-08)."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.conversations.actions import automatic
from firstline.conversations.models import Audience, Reason, Strand
from firstline.core import tokens
from firstline.moderation import rules, texts
from firstline.moderation.models import AppealLink, Measure, NoticeState, Sanction

MACHINE_NAME = "moderation"
UNTOLD = (Reason.SPAM, Reason.DUPLICATE_FLOOD)
"""Reasons of mass mail: the law asks for no notice there (DSA Art. 17(2)), and none would reach a person."""


def tell(sanction: Sanction) -> None:
    """Send the statement of reasons, unless it is a mere note, mass mail, or somebody's safety forbids it."""
    if sanction.measure == Measure.NOTE:
        return
    sanction.notice = _told(sanction)
    sanction.save(update_fields=["notice"])


def _told(sanction: Sanction) -> NoticeState:
    if sanction.reason in UNTOLD:
        return NoticeState.NOT_NEEDED
    if sanction.notice_hold:
        return NoticeState.SAFETY_HOLD
    strand = private_strand(sanction)
    if strand is None:
        return NoticeState.NO_WAY
    with translation.override(language_of(sanction)):
        automatic.queue(
            strand,
            machine=MACHINE_NAME,
            subject=_("A decision about your messages to us"),
            text=statement_of(sanction, appeal_link(sanction)),
        )
    return NoticeState.SENT


def statement_of(sanction: Sanction, link: str) -> str:
    """The statement's text."""
    items = sanction.case.items.select_related("message").order_by("pk")
    first = items.first()
    return texts.statement(
        sanction,
        items=len(items),
        first=first.message.written_at if first else sanction.starts_at,
        link=link,
        appeal_until=sanction.starts_at + rules.APPEAL_WINDOW,
    )


def appeal_link(sanction: Sanction) -> str:
    """A fresh single-use link to the appeal, good for 180 days."""
    token = tokens.random_token()
    AppealLink.objects.create(
        sanction=sanction, digest=tokens.digest(token), expires_at=sanction.starts_at + rules.APPEAL_WINDOW
    )
    return settings.BASE_URL + reverse("moderation:appeal", args=[token])


def private_strand(sanction: Sanction) -> Strand | None:
    """Where the person can be written to without others reading it: the newest private mail strand of theirs."""
    found = Strand.objects.filter(
        audience=Audience.PRIVATE,
        is_side=False,
        inbox__channel="email",
        conversation__contact=sanction.contact_id,
        participants__role="requester",
        participants__identity__contact=sanction.contact_id,
    )
    return found.select_related("inbox", "conversation").order_by("-pk").first() if sanction.contact_id else None


def language_of(sanction: Sanction) -> str:
    """The person's language if the desk speaks it, else its own."""
    wanted = sanction.contact.language if sanction.contact else ""
    return (
        wanted
        if translation.check_for_language(wanted) and wanted in dict(settings.LANGUAGES)
        else settings.LANGUAGE_CODE
    )


def say_outcome(sanction: Sanction, subject: str, text: str) -> None:
    """Tell the person how their appeal ended, if there is a private way."""
    strand = private_strand(sanction)
    if strand is not None and sanction.notice not in (NoticeState.SAFETY_HOLD, NoticeState.NOT_NEEDED):
        automatic.queue(strand, machine=MACHINE_NAME, subject=subject, text=text)
