"""Letters to the admins about what arrives: gaps in the ledger, a flood that stopped the acknowledgements."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.intake.models import LedgerCheck


def tell_of_gaps(check: LedgerCheck) -> None:
    """One letter to each admin, with every gap on a line. Raises ChannelError when the way out is shut."""
    count = len(check.gaps)
    subject = ngettext("The ledger has a gap", "The ledger has %(n)d gaps", count) % {"n": count}
    lines = [_("Not everything that arrived is accounted for:"), ""]
    lines += [f"- {said(**gap)}" for gap in check.gaps]
    lines += ["", settings.BASE_URL + reverse("intake:ledger"), ""]
    _tell_admins(subject, "\n".join(lines))


def tell_of_stop(asked: int) -> None:
    """One letter to each admin. Raises ChannelError when the way out is shut."""
    lines = [
        _("In this hour %(n)d new conversations asked for an acknowledgement: five times the usual, or more.")
        % {"n": asked},
        _("They are not sent any more until an hour stays below that. All mail is taken in as always."),
        "",
        settings.BASE_URL + reverse("intake:ledger"),
        "",
    ]
    _tell_admins(_("Acknowledgements are stopped"), "\n".join(lines))


def _tell_admins(subject: str, text: str) -> None:
    for admin in User.objects.filter(is_active=True, roles__contains=[Role.ADMIN.value]).order_by("pk"):
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [admin.email])


def said(kind: str, count: int, inbox: str = "", day: str = "") -> str:
    """One gap in words; its facts are those of `queries.Gap`."""
    facts = {"n": abs(count), "inbox": inbox, "day": day}
    if kind == "missing" and count < 0:
        return _("%(inbox)s, %(day)s: %(n)d more than the door remembers to have taken") % facts
    if kind == "missing":
        return _("%(inbox)s, %(day)s: %(n)d taken, and nothing says what became of it") % facts
    if kind == "late":
        return _("%(inbox)s: %(n)d waiting to be read for more than 15 minutes") % facts
    if kind == "not_taken":
        return _("%(inbox)s: %(n)d on its own server that the desk never took") % facts
    return _("Conversations that nobody waits for and nobody ended: %(n)d") % facts
