"""Who may look at a covered message now: not whom it names, and past a day's hard limit nobody without asking twice."""

from datetime import timedelta

from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions.covering import RevealRefused
from firstline.conversations.models import Cover
from firstline.core import clock
from firstline.moderation.actions import routing
from firstline.moderation.models import Case, HandOver, Preference

WAIT: timedelta = timedelta(minutes=15)
"""How long somebody else has to take over, before the person may go on (W-07)."""


def guard(cover: Cover, *, by: User, is_sure: bool) -> None:
    """Raises RevealRefused for whom the message names unless they chose to read such (W-10), and past the hard limit
    as long as somebody else could take it, then until the person says that they are sure (settings.REVEAL_GUARD).
    """
    case = Case.objects.filter(items__message=cover.message_id).first()
    if case is not None and _is_spared(case, by):
        raise RevealRefused(
            _("Somebody else handles this message about you. Under “Only you see this” you can choose to read it.")
        )
    if by.pk not in routing.over_budget([by], routing.HARD_REVEALS, routing.HARD_SECONDS):
        return
    if case is not None and case.needs_decision and not _has_waited(case, by) and routing.eligible(case, but=by):
        raise RevealRefused(
            _("You have seen a lot today. Hand it over; if nobody takes it within 15 minutes, you may go on.")
        )
    if not is_sure:
        raise RevealRefused(_("You have seen a lot today, and nobody else is free. Do you want to see it?"), asks=True)


def _is_spared(case: Case, user: User) -> bool:
    is_named = case.aimed_at.filter(pk=user.pk).exists()
    return is_named and not Preference.objects.filter(user=user, reads_about_self=True).exists()


def _has_waited(case: Case, user: User) -> bool:
    """Whether the person handed it over at least 15 minutes ago and nobody took it."""
    asked = HandOver.objects.filter(case=case, user=user, accepted_at=None)
    return asked.filter(at__lte=clock.now() - WAIT).exists()
