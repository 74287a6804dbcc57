"""What moderation asks people for."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from firstline.conversations.models import Reason
from firstline.inboxes.models import Inbox
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.models import CaseState, Measure, Outcome

NO_SANCTION = [one for one in Outcome.choices if one[0] != Outcome.ACTIONED]


class DecisionForm(forms.Form):
    """A measure, or an outcome without one."""

    choice = forms.ChoiceField(choices=[*NO_SANCTION, *Measure.choices], label=_("Decision"))
    reason = forms.ChoiceField(choices=Reason.choices, label=_("Rule"))
    days = forms.IntegerField(min_value=1, max_value=365, required=False, label=_("Days"))
    words = forms.CharField(max_length=1500, required=False, label=_("Facts"))
    channel = forms.CharField(max_length=20, required=False)
    per_day = forms.IntegerField(min_value=1, max_value=50, required=False)
    skip_reason = forms.CharField(max_length=500, required=False)
    pattern_reason = forms.CharField(max_length=500, required=False)
    notice_hold = forms.CharField(max_length=500, required=False)
    upstream = forms.MultipleChoiceField(
        choices=[("block", "block"), ("hide", "hide"), ("lock", "lock"), ("mute", "mute")], required=False
    )

    @property
    def is_sanction(self) -> bool:
        """Whether it is about the person, not only about the case."""
        return self.cleaned_data["choice"] in Measure.values

    @property
    def decision(self) -> Decision:
        """What the action takes."""
        given = self.cleaned_data
        names = ("reason", "days", "words", "channel", "per_day", "skip_reason", "pattern_reason", "notice_hold")
        return Decision(given["choice"], **{name: given[name] for name in names}, upstream=tuple(given["upstream"]))


class SecondForm(forms.Form):
    """The second person agrees or does not."""

    agree = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class LiftForm(forms.Form):
    """Why it ends before its time."""

    reason = forms.CharField(max_length=500, label=_("Reason"))


class AppealAnswerForm(forms.Form):
    """How an appeal ends, and what its writer reads about it."""

    outcome = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (CaseState.UPHELD, CaseState.OVERTURNED, CaseState.AMENDED)]
    )
    answer = forms.CharField(max_length=2000, required=False)
    days = forms.IntegerField(min_value=1, max_value=365, required=False)


class ReportForm(forms.Form):
    """What is not right with a message."""

    reason = forms.ChoiceField(choices=Reason.choices, label=_("What is it?"))
    words = forms.CharField(max_length=1000, required=False, label=_("What should we know?"))


class AppealForm(forms.Form):
    """An appeal."""

    text = forms.CharField(max_length=2000, label=_("Why is the decision wrong?"))


class WishesForm(forms.Form):
    """What one does not want to get, and whether one is paused."""

    avoids = forms.MultipleChoiceField(choices=Reason.choices, required=False)
    paused = forms.BooleanField(required=False)
    reads_about_self = forms.BooleanField(required=False)


class SelfCheckForm(forms.Form):
    """One answer from 1 to 5 to each of `count` questions, as fields q0, q1, …"""

    def __init__(self, count: int, data: Any) -> None:
        super().__init__(data)
        self.fields |= {f"q{at}": forms.IntegerField(min_value=1, max_value=5) for at in range(count)}

    @property
    def answers(self) -> list[int]:
        """The answers in the questions' order."""
        return [self.cleaned_data[name] for name in self.fields]


class BrigadeForm(forms.Form):
    """Where a crowd comes in, and for how long."""

    inbox = forms.ModelChoiceField(queryset=Inbox.objects.none(), label=_("Inbox"))
    hours = forms.TypedChoiceField(choices=[(24, "24"), (72, "72")], coerce=int, label=_("Hours"))

    def __init__(self, data: Any, *, inboxes: "QuerySet[Inbox]") -> None:
        super().__init__(data)
        self.fields["inbox"].queryset = inboxes  # type: ignore[attr-defined]  # a model choice


class SafetyForm(forms.Form):
    """Whom to call, and the helplines, one a line: `language | name | how to reach it`."""

    contacts = forms.TypedMultipleChoiceField(coerce=int, required=False)
    helplines = forms.CharField(max_length=5000, required=False)

    def clean_helplines(self) -> list[tuple[str, str, str]]:
        """The lines in three parts each."""
        rows = []
        for line in self.cleaned_data["helplines"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 3 or not all(parts) or len(parts[0]) > 12:
                raise forms.ValidationError(
                    _("Write each helpline on a line of its own: en | Samaritans | 116 123. This one is not: %(line)s"),
                    params={"line": line[:80]},
                )
            rows.append((parts[0], parts[1][:120], parts[2][:200]))
        return rows


def problems(form: forms.Form) -> str:
    """Everything that is wrong with a form, as one sentence after the other."""
    errors: Any = form.errors
    return " ".join(str(error) for field in errors.values() for error in field)
