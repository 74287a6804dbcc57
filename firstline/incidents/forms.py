"""What people say of incidents, components and monitors."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.incidents import rules
from firstline.incidents.models import Component, Impact, Incident, Monitor, Phase

if TYPE_CHECKING:  # django-stubs' generic, which Django itself can't subscript
    _ComponentBase = forms.ModelForm[Component]
    _MonitorBase = forms.ModelForm[Monitor]
else:
    _ComponentBase = _MonitorBase = forms.ModelForm

MINUTES = (15, 30, 60, 120, 240)
AFFECTED = "affected_"


class Prose(forms.CharField):
    """Paragraphs; browsers end their lines with CR and LF (HTML Living Standard, 4.10.22.4), we with LF."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text with the line ends that are kept."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class AffectedForm(forms.Form):
    """Adds one field for each component: as usual, slow, or down."""

    def __init__(self, *args: Any, incident: Incident | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = dict(incident.affected.values_list("component", "impact")) if incident else {}
        for one in Component.objects.all():
            self.fields[f"{AFFECTED}{one.pk}"] = forms.ChoiceField(
                label=one.name,
                choices=[("", gettext_lazy("as usual")), *Impact.choices],
                required=False,
                initial=said.get(one.pk, ""),
            )

    @property
    def parts(self) -> list[BoundField]:
        """The fields of the components."""
        return [self[name] for name in self.fields if name.startswith(AFFECTED)]

    @property
    def affected(self) -> dict[int, str]:
        """Component → impact, of those that are not as usual."""
        named = {name: value for name, value in self.cleaned_data.items() if name.startswith(AFFECTED) and value}
        return {int(name.removeprefix(AFFECTED)): str(value) for name, value in named.items()}


class DeclareForm(AffectedForm):
    """What the public reads first."""

    title = forms.CharField(
        label=gettext_lazy("What people notice, in a line"),
        max_length=160,
        error_messages={"required": gettext_lazy("Say in a line what people notice: they read it first.")},
    )


class UpdateForm(AffectedForm):
    """The next public update."""

    text = Prose(
        label=gettext_lazy("Next public update"),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write what you know, even when it is little.")},
    )
    phase = forms.ChoiceField(label=gettext_lazy("Where it stands"))
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("They hear more in"), coerce=int, empty_value=None, required=False
    )
    tell = forms.BooleanField(label=gettext_lazy("Also tell everybody in it"), required=False)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, incident=incident, **kwargs)
        allowed = rules.NEXT_PHASES.get(incident.phase, ())
        phase, minutes = self.fields["phase"], self.fields["minutes"]
        assert isinstance(phase, forms.ChoiceField)
        assert isinstance(minutes, forms.ChoiceField)
        phase.choices = [(one, Phase(one).label) for one in allowed]
        minutes.choices = [(str(one), _("%(n)d minutes") % {"n": one}) for one in MINUTES]
        self.fields["minutes"].initial = "30"

    def clean(self) -> dict[str, Any]:
        """Whoever waits is told when they hear more; only what is over needs no next time."""
        data = super().clean() or {}
        if data.get("phase") != Phase.RESOLVED and not data.get("minutes"):
            self.add_error("minutes", _("Say when they hear more: people wait better with a time."))
        return data


class TellForm(forms.Form):
    """What everybody is told. `seen` is the digest of the text whose preview was looked at."""

    text = Prose(
        label=gettext_lazy("What each of them reads"),
        max_length=8000,
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    seen = forms.CharField(required=False, max_length=64)


class LessonsForm(forms.Form):
    """What was learned."""

    lessons = Prose(
        label=gettext_lazy("What we learned"),
        max_length=12000,
        error_messages={"required": gettext_lazy("Write what happened, why, and what is different now.")},
    )


class ComponentForm(_ComponentBase):
    """A part of the service."""

    class Meta:
        model = Component
        fields = ["name", "position", "target", "address", "slow_after_ms"]

    def clean_target(self) -> Decimal:
        """A share of time between 50 % and less than all of it. Raises ValidationError."""
        target: Decimal = self.cleaned_data["target"]
        if not Decimal(50) <= target < Decimal(100):
            raise forms.ValidationError(_("A promise lies between 50 and 99.9999 percent."))
        return target

    def clean_address(self) -> str:
        """An address of the web, or nothing. Raises ValidationError."""
        address = str(self.cleaned_data["address"]).strip()
        if address and not address.startswith(("https://", "http://")):
            raise forms.ValidationError(_("An address begins with https:// or http://."))
        return address

    def clean_slow_after_ms(self) -> int:
        """Between a hundredth of a second and the five seconds after which nobody waits. Raises ValidationError."""
        limit: int = self.cleaned_data["slow_after_ms"]
        if not 10 <= limit <= 5000:
            raise forms.ValidationError(_("Between 10 and 5000 milliseconds."))
        return limit


class MonitorForm(_MonitorBase):
    """What watches the service from outside."""

    class Meta:
        model = Monitor
        fields = ["name"]
