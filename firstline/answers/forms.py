"""What a lead types on the pages under Settings › Answers."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from firstline.answers.entry_forms import CASE
from firstline.answers.models import Mode, SortingKind
from firstline.conversations.models import Priority
from firstline.core import clock
from firstline.search.rules.sorting import TARGETS

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


class CaseForm(forms.Form):
    """Which case type it is; a desk may have its own."""

    value = forms.CharField(max_length=7, validators=[CASE])


class TopicForm(forms.Form):
    """What it is about, as a tag."""

    value = forms.CharField(max_length=60)


class PriorityForm(forms.Form):
    """How much it hurts."""

    value = forms.TypedChoiceField(choices=Priority.choices, coerce=int)


SORTING_FORMS: dict[str, type[forms.Form]] = {
    SortingKind.CASE: CaseForm,
    SortingKind.TOPIC: TopicForm,
    SortingKind.PRIORITY: PriorityForm,
}


PRECISIONS = [(str(one), f"{one:.0%}") for one in TARGETS]


class PrecisionForm(forms.Form):
    """The share of its proposals that must be right for the machine to speak up."""

    target = forms.TypedChoiceField(choices=PRECISIONS, coerce=float)
