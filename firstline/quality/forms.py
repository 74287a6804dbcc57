"""How many to draw, the scorecard filled in, an author's words, the scorecard itself."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.quality import rules
from firstline.quality.models import Criterion, Verdict

WORDS = 2000


class DrawForm(forms.Form):
    """How many answers."""

    count = forms.IntegerField(min_value=1, max_value=rules.MOST_AT_ONCE)


class ReviewForm(forms.Form):
    """A verdict for every question, and words."""

    words = forms.CharField(required=False, max_length=WORDS)

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in criteria:
            self.fields[f"mark_{one.pk}"] = forms.ChoiceField(
                choices=Verdict.choices,
                error_messages={"required": _("Say something to this one, or that it does not apply.")},
            )

    @property
    def verdicts(self) -> dict[Criterion, str]:
        """The verdict on each question."""
        return {one: self.cleaned_data[f"mark_{one.pk}"] for one in self.criteria}

    @property
    def rows(self) -> list[tuple[Criterion, Any]]:
        """Each question with its field."""
        return [(one, self[f"mark_{one.pk}"]) for one in self.criteria]


class ReplyForm(forms.Form):
    """What an author says to a review."""

    words = forms.CharField(required=False, max_length=WORDS)


class ScorecardForm(forms.Form):
    """One question a line."""

    questions = forms.CharField(error_messages={"required": gettext_lazy("At least one question, please.")})

    def clean_questions(self) -> list[str]:
        """The lines, each once. Raises ValidationError for too many, or for one that is too long."""
        lines = [" ".join(one.split()) for one in self.cleaned_data["questions"].splitlines()]
        found = list(dict.fromkeys(one for one in lines if one))
        if len(found) > rules.MOST_CRITERIA:
            raise forms.ValidationError(
                _("At most %(n)d questions: a longer card is not filled in with care.") % {"n": rules.MOST_CRITERIA}
            )
        if any(len(one) > 120 for one in found):
            raise forms.ValidationError(_("A question has at most 120 characters."))
        return found
