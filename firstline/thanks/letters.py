"""The weekly letter to an engineer who has no account: what people said of what they helped with."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.core import tokens
from firstline.escalations.models import Engineer
from firstline.thanks import queries
from firstline.thanks.models import Credit

PURPOSE = "thanks-stop"


def weekly(engineer: Engineer, credits: Sequence[Credit]) -> EmailMessage:
    """One letter with everything; the way out of such letters is in it, for people and for mail programs (RFC 8058)."""
    count = len(credits)
    subject = ngettext("Somebody says thank you", "%(n)d people say thank you", count) % {"n": count}
    lines = [
        _("Hello %(name)s,") % {"name": engineer.first_name},
        "",
        _("you helped %(desk)s support with this, and this is what people wrote afterwards:")
        % {"desk": settings.DESK_NAME},
        "",
    ]
    for one in credits:
        lines += [f"“{queries.words_of(one.praise)}”", ""]
    link = stop_link(engineer)
    lines += [_("At most one such letter comes in a week. This ends them: %(link)s") % {"link": link}]
    headers = {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    text = "\n".join(lines) + "\n"
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [engineer.email], headers=headers)


def stop_link(engineer: Engineer) -> str:
    """Where the letters are ended."""
    return settings.BASE_URL + reverse("thanks:stop", args=[tokens.make(PURPOSE, [engineer.pk])])
