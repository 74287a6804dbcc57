"""The form of an inbox, built from what its channel says it needs."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.accounts.models import Team
from firstline.channels.base import Setting
from firstline.inboxes import actions, sealed
from firstline.inboxes.models import Inbox

ON = "1"


class InboxForm(forms.Form):
    """Name (only for a new inbox), teams, and one field for each setting. Secrets are never filled in again."""

    inbox_name = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=60,
        help_text=gettext_lazy("Letters, digits and hyphens; it stands in addresses and commands."),
        error_messages={"required": gettext_lazy("The inbox needs a short name.")},
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"),
        label=gettext_lazy("Teams that see it"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Somebody has to see what arrives: choose at least one team.")},
    )

    def __init__(self, channel: str, inbox: Inbox | None = None, data: Any = None) -> None:
        shown = inbox.shown_settings() if inbox else {}
        chosen = list(inbox.teams.all()) if inbox else list(Team.objects.all()[:1])
        super().__init__(data, initial={**shown, "teams": chosen})
        self.channel = channel
        self.settings = actions.settings_of(channel)
        self.sealed = sealed.kept(inbox.settings) if inbox else set()
        if inbox is not None:
            del self.fields["inbox_name"]
        for name, setting in self.settings.items():
            self.fields[name] = _field(setting, is_set=name in self.sealed)

    def clean_inbox_name(self) -> Any:
        """The name. Raises ValidationError when another inbox has it."""
        name = self.cleaned_data["inbox_name"]
        if Inbox.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is an inbox of that name already."))
        return name

    def values(self) -> dict[str, str]:
        """The settings as typed, by name."""
        return {name: _text(self.cleaned_data.get(name)) for name in self.settings}

    def groups(self) -> Iterator[tuple[str, list[tuple[BoundField, Setting]]]]:
        """The setting fields by group, the ungrouped first, each beside its Setting."""
        by_group: dict[str, list[tuple[BoundField, Setting]]] = {"": []}
        for name, setting in self.settings.items():
            by_group.setdefault(str(setting.group), []).append((self[name], setting))
        yield from by_group.items()


def _text(value: object) -> str:
    return ON if value is True else "" if value in (None, False) else str(value).strip()


def _field(setting: Setting, *, is_set: bool) -> forms.Field:
    needed = {"required": _("This is needed.")}
    common: dict[str, Any] = {
        "label": setting.label,
        "required": setting.required and not is_set,
        "help_text": setting.help,
    }
    if setting.choices:
        return forms.ChoiceField(choices=setting.choices, **common)
    if setting.secret or setting.kind == "secret":
        return forms.CharField(widget=forms.PasswordInput(render_value=False), strip=True, max_length=8000, **common)
    if setting.kind == "boolean":
        return forms.BooleanField(label=setting.label, required=False, help_text=setting.help)
    if setting.kind == "email":
        return forms.EmailField(error_messages=needed, **common)
    if setting.kind == "paragraphs":
        return forms.CharField(widget=forms.Textarea, max_length=2000, **common)
    if setting.kind == "integer":
        return forms.IntegerField(min_value=0, initial=setting.default or None, **common)
    return forms.CharField(max_length=600, initial=setting.default, error_messages=needed, **common)
