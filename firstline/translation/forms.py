"""Which language a person reads, and which inboxes may be translated."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.inboxes.models import Inbox

CODES = sorted(code for code, known in LANG_INFO.items() if len(code) == 2 and "name" in known)


def languages() -> list[tuple[str, str]]:
    """ISO 639-1 codes with their names in the reader's language, Chinese among them."""
    named = [(code, _(LANG_INFO[code]["name"])) for code in CODES]
    return sorted([*named, ("zh", _("Chinese"))], key=lambda one: one[1])


class LanguageForm(forms.Form):
    """What a person reads and writes."""

    language = forms.ChoiceField(choices=languages, label=gettext_lazy("I read and write"))
    at_once = forms.BooleanField(required=False, label=gettext_lazy("Translate what I open without being asked"))


class InboxesForm(forms.Form):
    """From which inboxes words may go to the translator."""

    inboxes = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, inboxes: Sequence[Inbox], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in inboxes}
        self.fields["inboxes"] = forms.MultipleChoiceField(
            required=False, choices=[(pk, one.name) for pk, one in self.known.items()]
        )

    @property
    def chosen(self) -> list[Inbox]:
        """The inboxes that were ticked."""
        return [self.known[pk] for pk in self.cleaned_data["inboxes"]]
