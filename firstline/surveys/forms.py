"""What a contact may say of our answer, and when an inbox asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from firstline.surveys import rules
from firstline.surveys.models import Rating, Reason


class RatingForm(forms.Form):
    """One click."""

    rating = forms.ChoiceField(choices=Rating.choices)


class MoreForm(forms.Form):
    """Everything beside the rating; all of it may be left out."""

    effort = forms.IntegerField(required=False, min_value=rules.LEAST_EFFORT, max_value=rules.MOST_EFFORT)
    reasons = forms.MultipleChoiceField(required=False, choices=Reason.choices)
    words = forms.CharField(
        required=False,
        max_length=rules.WORDS,
        error_messages={"max_length": _("At most %(limit_value)d characters, please.")},
    )

    def __init__(self, *args: Any, rating: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(one, Reason(one).label) for one in rules.reasons_for(rating)]
        self.fields["reasons"].choices = allowed  # type: ignore[attr-defined]


class PolicyForm(forms.Form):
    """One inbox: on or off, and how many hours after the end."""

    inbox = forms.IntegerField()
    is_on = forms.BooleanField(required=False)
    wait_hours = forms.IntegerField(
        min_value=1,
        max_value=rules.MOST_HOURS,
        error_messages={
            "min_value": _("At least one hour, so that people have tried it."),
            "max_value": _("At most two weeks: later nobody remembers."),
            "invalid": _("A number of hours, please."),
            "required": _("A number of hours, please."),
        },
    )
