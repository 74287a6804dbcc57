"""Letters to the admins about what arrives: a flood that stopped the acknowledgements."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.accounts.permissions import Role


def tell_of_stop(asked: int) -> None:
    """One letter to each admin. Raises ChannelError when the way out is shut."""
    lines = [
        _("In this hour %(n)d new conversations asked for an acknowledgement: five times the usual, or more.")
        % {"n": asked},
        _("They are not sent any more until an hour stays below that. All mail is taken in as always."),
        "",
        settings.BASE_URL + reverse("ledger:page"),
        "",
    ]
    _tell_admins(_("Acknowledgements are stopped"), "\n".join(lines))


def _tell_admins(subject: str, text: str) -> None:
    for admin in User.objects.filter(is_active=True, roles__contains=[Role.ADMIN.value]).order_by("pk"):
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [admin.email])
