"""What the checks on a draft say beside the composer: each names its words, none stops anybody."""

from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.conversations.models import Conversation, Delivery, Message
from firstline.conversations.views.timeline import cover_of
from firstline.conversations.writing import BLANK
from firstline.wording import drafts

MOST = 3
_TOLD = 12


def remarks(conversation: Conversation, heard: Message | None, draft: str, name: str) -> list[str]:
    """Sentences about a draft that answers `heard`, the gravest first; one query, and only when there is a draft.

    A macro's own blanks are left out: they hold the reply back and say so themselves.
    """
    if heard is None or not draft.strip() or cover_of(heard) is not None:
        return []
    found = drafts.check(heard.text, draft, drafts.Known(name=name, told=_told(conversation)))
    return [_sentence(one) for one in found if not BLANK.search(one.words)][:MOST]


def _told(conversation: Conversation) -> tuple[str, ...]:
    """What this person was advised, here and in their other conversations, newest first; nothing of sealed ones."""
    theirs = Q(conversation__contact=conversation.contact_id, conversation__sealed=False)
    ours = Message.objects.filter(theirs | Q(conversation=conversation), author_user__isnull=False)
    said = ours.filter(strand__is_side=False).exclude(state__in=(Delivery.CANCELLED, Delivery.FAILED))
    return tuple(said.order_by("-pk").values_list("text", flat=True)[:_TOLD])


def _sentence(finding: drafts.Finding) -> str:
    words = {"words": finding.words if len(finding.words) <= 80 else f"{finding.words[:79]}…"}
    sentences = {
        "placeholder": _("A blank is still to be filled: “%(words)s”."),
        "private_data": _("Is this for the reader's eyes? “%(words)s”"),
        "wrong_name": _("Another name than this conversation's: “%(words)s”."),
        "same_advice": _("They were advised this before: “%(words)s”"),
        "question_untouched": _("Not answered yet: “%(words)s”"),
        "no_next_step": _("Nothing says what happens next, or by when."),
        "blame": _("This may sound like blame: “%(words)s”."),
        "promise": _("A promise without a source: “%(words)s”"),
        "risky_command": _("This weakens their machine: “%(words)s”."),
        "belittling": _("“%(words)s” may make the question sound small."),
        "no_acknowledgement": _("They are upset (“%(words)s”); a word about that first?"),
        "length": _("Long for one paragraph, or short for a complaint."),
    }
    return sentences[finding.check] % words
