"""The builder: one field for each condition and act of the registry; what is left empty is not part of the rule."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.automation import registry
from firstline.automation.models import BY_TIME, Rule, Trigger

MOST_HOURS = 24 * 90


class RuleForm(forms.Form):
    """Name, when, if, then."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    trigger = forms.ChoiceField(label=gettext_lazy("When"), choices=Trigger.choices)
    hours = forms.IntegerField(
        label=gettext_lazy("for how many hours"), min_value=1, max_value=MOST_HOURS, required=False
    )

    def __init__(self, *args: Any, rule: Rule | None = None, **kwargs: Any) -> None:
        self.rule = rule
        if rule is not None:
            conditions = {f"if_{key}": value for key, value in rule.conditions.items()}
            acts = {f"then_{key}": value for key, value in rule.acts.items()}
            own = {"name": rule.name, "trigger": rule.trigger, "hours": rule.hours}
            kwargs["initial"] = {**own, **conditions, **acts}
        super().__init__(*args, **kwargs)
        for key, condition in registry.CONDITIONS.items():
            self.fields[f"if_{key}"] = _field(condition, _("anything"))
        for key, act in registry.ACTS.items():
            self.fields[f"then_{key}"] = _field(act, _("leave it"))

    def clean_name(self) -> str:
        """The name. Raises ValidationError when another rule has it."""
        name = str(self.cleaned_data["name"]).strip()
        others = Rule.objects.filter(name=name)
        if (others.exclude(pk=self.rule.pk) if self.rule else others).exists():
            raise forms.ValidationError(_("Another rule has this name."))
        return name

    def clean_then_snooze(self) -> str:
        """Whole hours. Raises ValidationError for anything else."""
        hours = str(self.cleaned_data["then_snooze"]).strip()
        if hours and not (hours.isdecimal() and 0 < int(hours) <= MOST_HOURS):
            raise forms.ValidationError(_("A whole number of hours, at most ninety days."))
        return hours

    def clean(self) -> dict[str, Any]:
        """Adds `conditions` and `acts`: what was filled in."""
        data = super().clean() or {}
        for part, entries in (("if", registry.CONDITIONS), ("then", registry.ACTS)):
            data[part] = {
                key: data[f"{part}_{key}"].strip() for key in entries if (data.get(f"{part}_{key}") or "").strip()
            }
        if not data["then"] and not self.errors:
            self.add_error(None, _("Say what it should do: a rule without an act does nothing."))
        if data.get("trigger") in BY_TIME and not data.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Say for how many hours."))
        return data

    @property
    def conditions(self) -> Iterator[BoundField]:
        """The fields of "if"."""
        return (self[f"if_{key}"] for key in registry.CONDITIONS)

    @property
    def acts(self) -> Iterator[BoundField]:
        """The fields of "then"."""
        return (self[f"then_{key}"] for key in registry.ACTS)


def _field(entry: registry.Condition | registry.Act, empty: str) -> forms.Field:
    label = str(entry.label)
    if entry.choices is None:
        return forms.CharField(label=label, required=False, max_length=60)
    return forms.ChoiceField(label=label, required=False, choices=[("", empty), *entry.choices()])
