"""Words and numbers of the ledger's page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from firstline.ledger import letters
from firstline.ledger.models import Check
from firstline.ledger.rules import Gap

register = template.Library()

_WORDS = {
    "auto_reply": gettext_lazy("Automatic replies and out-of-office"),
    "bounce": gettext_lazy("Bounces, filed with their message"),
    "complaint": gettext_lazy("Complaints that a mail service reports"),
    "state_change": gettext_lazy("Changes of a thread, noted with it"),
    "ignored:same_message": gettext_lazy("The same message once more"),
    "ignored:already_known": gettext_lazy("What the desk had already"),
    "ignored:own_post": gettext_lazy("Our own posts, coming back"),
    "ignored:own_thread": gettext_lazy("Threads that we opened ourselves"),
    "ignored:bot": gettext_lazy("Threads that a machine opened"),
    "ignored:test_mail": gettext_lazy("Test mails of this desk"),
    "quarantined:spam": gettext_lazy("Spam"),
    "quarantined:loop": gettext_lazy("Two machines that answer each other"),
    "quarantined:ambiguous_sender": gettext_lazy("No sender, or more than one"),
    "quarantined:failed_email_authentication": gettext_lazy("The sender’s domain disowns it"),
    "quarantined:from_support_address": gettext_lazy("An address of this team, and no proof"),
    "quarantined:processing_failed": gettext_lazy("Could not be read"),
}
_SOURCES = {
    "mailbox": gettext_lazy("The mailbox’s own list"),
    "journal": gettext_lazy("The mail listener’s journal"),
    "list": gettext_lazy("The network’s own list"),
    "none": gettext_lazy("Nothing: this source keeps no list that we can read"),
}


@register.filter
def grouped(number: int) -> str:
    """A count with the separators of the reader's language: 1,204."""
    return number_format(number, force_grouping=True)


@register.filter
def percent(share: float) -> str:
    """A share with one digit behind the point: 1.4 %."""
    return f"{number_format(100 * share, 1)} %"


@register.filter
def outcome_words(outcome: str) -> str:
    """What a word of the ledger means, for people."""
    if outcome in _WORDS:
        return str(_WORDS[outcome])
    family, _colon, cause = outcome.partition(":")
    said = cause.replace("_", " ")
    if family == "ignored":
        return _("Left out by the rule “%(rule)s”") % {"rule": said}
    return _("Kept aside: %(cause)s") % {"cause": said} if cause else family


@register.simple_tag
def source_words(source: str) -> str:
    """What an inbox was compared with."""
    return str(_SOURCES[source])


@register.simple_tag
def gap_words(gap: Gap) -> str:
    """One gap, as the letter to the admins says it."""
    return letters.said(gap)


@register.simple_tag
def gone_of(compared: Mapping[str, Any]) -> str:
    """How many a kept comparison found missing and could not take in."""
    return grouped(len(set(compared["missing"]) - set(compared["healed"])))


@register.filter
def all_healed(gaps: Iterable[Gap]) -> bool:
    """Whether everything that was missing is here by now."""
    return all(gap.healed for gap in gaps)


@register.filter
def with_a_list(compared: Iterable[Mapping[str, Any]]) -> int:
    """How many of the compared sources had a list with anything in it."""
    return sum(one["listed"] > 0 for one in compared)


@register.simple_tag
def night_words(night: Check) -> str:
    """What a night's check found, in three words."""
    gaps = [Gap(**gap) for gap in night.gaps]
    if gaps and all_healed(gaps):
        late = sum(gap.count for gap in gaps)
        return ngettext("%(n)d taken in late", "%(n)d taken in late", late) % {"n": late}
    if gaps:
        return ngettext("%(n)d gap", "%(n)d gaps", len(gaps)) % {"n": len(gaps)}
    if night.finished_at is None:
        return _("did not come to its end")
    return _("not every source reached") if night.unreached else _("0 missing")
