"""How a person wants to be told."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from firstline.notifications.models import ByMail, Why
from firstline.notifications.rules import Default


class ChoicesForm(forms.Form):
    """For each thing: in the bell or not, pushed or not, and when by mail."""

    def __init__(self, *args: Any, choices: Mapping[str, Default] | None = None, **kwargs: Any) -> None:
        if choices is not None:
            bells = {f"bell_{why}": choice.bell for why, choice in choices.items()}
            pushes = {f"push_{why}": choice.push for why, choice in choices.items()}
            kwargs["initial"] = bells | pushes | {f"mail_{why}": choice.mail for why, choice in choices.items()}
        super().__init__(*args, **kwargs)
        for why in Why:
            self.fields[f"bell_{why}"] = forms.BooleanField(required=False, label=gettext_lazy("In the bell"))
            self.fields[f"push_{why}"] = forms.BooleanField(required=False, label=gettext_lazy("Pushed"))
            self.fields[f"mail_{why}"] = forms.ChoiceField(choices=ByMail.choices, label=gettext_lazy("By mail"))

    @property
    def rows(self) -> Iterator[tuple[str, BoundField, BoundField, BoundField]]:
        """Each thing with its three fields."""
        return ((str(why.label), self[f"bell_{why}"], self[f"push_{why}"], self[f"mail_{why}"]) for why in Why)

    @property
    def choices(self) -> dict[str, Default]:
        """What was chosen."""
        said = self.cleaned_data
        return {str(why): Default(said[f"bell_{why}"], said[f"mail_{why}"], said[f"push_{why}"]) for why in Why}
