"""Words and numbers of the ledger's page."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.intake import letters
from firstline.intake.queries import Gap

register = template.Library()

_WORDS = {
    "auto_reply": gettext_lazy("Automatic replies and out-of-office"),
    "bounce": gettext_lazy("Bounces, filed with their message"),
    "complaint": gettext_lazy("Complaints that a mail service reports"),
    "state_change": gettext_lazy("Changes of a thread, noted with it"),
    "ignored:same_message": gettext_lazy("The same message once more"),
    "ignored:test_mail": gettext_lazy("Test mails of this desk"),
    "quarantined:spam": gettext_lazy("Spam"),
    "quarantined:loop": gettext_lazy("Two machines that answer each other"),
    "quarantined:ambiguous_sender": gettext_lazy("No sender, or more than one"),
    "quarantined:failed_email_authentication": gettext_lazy("The sender’s domain disowns it"),
    "quarantined:from_support_address": gettext_lazy("An address of this team, and no proof"),
    "quarantined:processing_failed": gettext_lazy("Could not be read"),
}


@register.filter
def grouped(number: int) -> str:
    """A count with the separators of the reader's language: 1,204."""
    return number_format(number, force_grouping=True)


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
def gap_words(gap: Gap) -> str:
    """One gap, as the letter to the admins says it."""
    return letters.said(gap.kind, gap.count, gap.inbox, gap.day)
