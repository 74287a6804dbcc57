"""The ask form: typed fields for each kind of question, judged by the same rules as the API door."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.channels.web import asked
from firstline.channels.web.cases import Case, Field

TRAP = "website"
"""A field that people cannot see: whoever fills it in is a program."""


class Files(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, empty when there are none."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Each file on its own. Raises ValidationError."""
        return [super(FilesField, self).clean(one, initial) for one in data or []]

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was given."""
        return data


class AskForm(forms.Form):
    """One kind of question: the fields it needs, the person's own words, files, and where to answer."""

    name = forms.CharField(label=gettext_lazy("Your name"), required=False, max_length=asked.NAME_LENGTH)
    email = forms.EmailField(
        label=gettext_lazy("Your email address"),
        max_length=asked.EMAIL_LENGTH,
        help_text=gettext_lazy("The answer goes there, and nothing else."),
        error_messages={
            "required": gettext_lazy("Where shall the answer go?"),
            "invalid": gettext_lazy("This is not an email address that we can answer to."),
        },
    )
    text = forms.CharField(
        required=False,
        max_length=asked.TEXT_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say what happens.")},
    )
    attached = FilesField(label=gettext_lazy("Files"), required=False)
    website = forms.CharField(required=False)

    def __init__(self, case: Case, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.case = case
        self.fields["text"].label = _(case.ask)
        if not case.fields:
            self.fields["text"].required = True
        for one in case.fields:
            self.fields[f"f_{one.name}"] = _field(one)

    def typed(self) -> list[forms.BoundField]:
        """The fields of this kind of question."""
        return [self[f"f_{one.name}"] for one in self.case.fields]

    def question(self, language: str) -> asked.Asked | None:
        """The question, judged once more as the API door would; None, with the errors beside the fields."""
        if not self.is_valid():
            return None
        try:
            return asked.judge(self._values(language))
        except asked.Invalid as invalid:
            for name, words in invalid.problems.items():
                place = "attached" if name == "files" else name.replace("fields.", "f_")
                self.add_error(place if place in self.fields else None, _(words))
            return None

    def _values(self, language: str) -> Mapping[str, Any]:
        given = self.cleaned_data
        return {
            "type": self.case.name,
            "name": given["name"],
            "email": given["email"],
            "text": given["text"],
            "language": language,
            "fields": {one.name: given[f"f_{one.name}"] for one in self.case.fields if given[f"f_{one.name}"]},
            "files": [
                asked.encoded(one.name or "file", one.content_type or "", one.read()) for one in given["attached"]
            ],
            "trapped": bool(given[TRAP]),
        }


def _field(one: Field) -> forms.Field:
    common: dict[str, Any] = {
        "label": _(one.label),
        "required": one.required,
        "help_text": _(one.help) if one.help else "",
        "error_messages": {"required": _("This is needed, so that nobody has to ask you for it.")},
    }
    if one.kind == "choice":
        choices = [(value, _(label)) for value, label in one.choices]
        return forms.ChoiceField(choices=[("", _("Choose")), *choices], **common)
    if one.kind == "paste":
        return forms.CharField(widget=forms.Textarea, max_length=one.most, strip=False, **common)
    return forms.CharField(max_length=one.most, **common)
