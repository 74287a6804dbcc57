"""Away until when, and to whom a shift is handed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.accounts.models import User
from firstline.core import clock


class AwayForm(forms.Form):
    """A moment ahead, or nothing: back."""

    until = forms.DateTimeField(label=gettext_lazy("Away until"), required=False)

    def clean_until(self) -> datetime | None:
        """The moment. Raises ValidationError for one that is past."""
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= clock.now():
            raise forms.ValidationError(_("That moment is past."))
        return until


class HandOverForm(forms.Form):
    """Which conversations, to whom, and a line for them."""

    conversations = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Choose at least one conversation.")}
    )
    to = forms.ChoiceField(required=False)
    words = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, mine: Sequence[int], people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        self.fields["conversations"].choices = [(str(pk), str(pk)) for pk in mine]  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", ""), *((pk, one.name) for pk, one in self.people.items())]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User | None:
        """Who takes it; None for the team."""
        return self.people.get(self.cleaned_data["to"])
