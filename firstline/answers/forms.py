"""What a lead types on the pages under Settings › Answers."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from firstline.answers.models import Mode
from firstline.core import clock

FIRST_LOOK = timedelta(days=180)


class SinceForm(forms.Form):
    """Since when to replay."""

    since = forms.DateField(
        label=_("Since"),
        initial=lambda: (clock.now() - FIRST_LOOK).date(),
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
    )


class PolicyForm(forms.Form):
    """What the machine may do with a case type, and why."""

    case = forms.CharField(max_length=8, required=False)
    mode = forms.ChoiceField(choices=Mode.choices)
    reason = forms.CharField(max_length=300)
