"""The letter that says to an author that somebody looked at an answer of theirs."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from firstline.quality.models import Sample


def reviewed(sample: Sample) -> EmailMessage:
    """Who looked and where it stands; not a word of the review, the answer or the contact."""
    lines = [
        _("Hello %(name)s,") % {"name": sample.author.first_name},
        "",
        _("%(who)s looked at an answer of yours that was drawn by chance. You are the first to see what was said:")
        % {"who": sample.reviewer.first_name},
        "",
        settings.BASE_URL + reverse("quality:sample", args=[sample.pk]),
        "",
        _("You may say something to it. Nobody else reads it, and only totals of the team are ever shown."),
    ]
    headers = {"Auto-Submitted": "auto-generated"}
    subject = _("Somebody looked at an answer of yours")
    return EmailMessage(
        subject, "\n".join(lines) + "\n", settings.DEFAULT_FROM_EMAIL, [sample.author.email], headers=headers
    )
