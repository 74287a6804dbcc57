"""What a lead says about hours and promises."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.conversations.models import Priority
from firstline.sla import rules
from firstline.sla.models import Calendar, Reason
from firstline.sla.queries import Promised
from firstline.sla.rules import Span

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
PROPOSED = {Priority.URGENT: 60, Priority.HIGH: 240, Priority.NORMAL: 480, Priority.LOW: 1440}
"""Minutes that a form shows when nothing is promised yet; nothing counts before they are saved."""


class CalendarForm(forms.Form):
    """The zone, and the hours of each day as people write them."""

    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64)

    def __init__(self, *args: Any, calendar: Calendar | None = None, may_be_empty: bool = False, **kwargs: Any) -> None:
        self.may_be_empty = may_be_empty
        if calendar is not None:
            spans = calendar.hours.week
            days = {f"day_{at}": rules.say_spans(day) for at, day in enumerate(spans)}
            kwargs["initial"] = {"zone": calendar.zone, **days}
        super().__init__(*args, **kwargs)
        for at, name in enumerate(DAYS):
            self.fields[f"day_{at}"] = forms.CharField(label=name, required=False, max_length=120)

    def clean_zone(self) -> str:
        """The zone's name in the tz database. Raises ValidationError for one that is not there."""
        name = str(self.cleaned_data["zone"]).strip()
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise forms.ValidationError(_("No zone of that name: say it like Europe/Lisbon.")) from error

    def clean(self) -> dict[str, Any]:
        """Adds `week`: seven days of spans, at least one of them open."""
        data = super().clean() or {}
        week: list[tuple[Span, ...]] = []
        for at in range(len(DAYS)):
            try:
                week.append(rules.read_spans(data.get(f"day_{at}", "")))
            except rules.NotHours:
                self.add_error(f"day_{at}", _("Write hours like 09:00–12:30, 13:30–17:00, or nothing for a free day."))
                week.append(())
        if not any(week) and not self.errors and not self.may_be_empty:
            self.add_error("day_0", _("At least one day must be open: a clock that never runs promises nothing."))
        data["week"] = week
        return data

    @property
    def days(self) -> Iterator[BoundField]:
        """The seven fields, Monday first."""
        return (self[f"day_{at}"] for at in range(len(DAYS)))


class TargetsForm(forms.Form):
    """Within how much working time each priority gets a first and every next answer."""

    own = forms.BooleanField(label=gettext_lazy("Something of its own for this inbox"), required=False)

    def __init__(self, *args: Any, table: Promised | None = None, inbox: int | None = None, **kwargs: Any) -> None:
        if table is not None:
            kwargs["initial"] = _shown(table, inbox)
        super().__init__(*args, **kwargs)
        for priority in Priority:
            for part in ("first", "next"):
                self.fields[f"{part}_{priority}"] = forms.CharField(
                    required=False, max_length=20, label=_label(part, str(priority.label))
                )

    def clean(self) -> dict[str, Any]:
        """Adds `promised`: priority → minutes of both, None where nothing is promised."""
        data = super().clean() or {}
        promised = {}
        for priority in Priority:
            both = []
            for part in ("first", "next"):
                try:
                    both.append(rules.read_minutes(data.get(f"{part}_{priority}", "")))
                except rules.NotHours:
                    self.add_error(f"{part}_{priority}", _("Write a time like 30 min, 4 h or 1 h 30."))
                    both.append(None)
            promised[int(priority)] = (both[0], both[1])
        data["promised"] = promised
        return data

    @property
    def rows(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """Each priority with its two fields."""
        return ((str(one.label), self[f"first_{one}"], self[f"next_{one}"]) for one in Priority)


class PauseForm(forms.Form):
    """Why a clock should stand still."""

    reason = forms.ChoiceField(choices=Reason.choices, label=gettext_lazy("Why?"))


def _label(part: str, priority: str) -> str:
    words = _("First answer, %(priority)s") if part == "first" else _("Every next answer, %(priority)s")
    return words % {"priority": priority.lower()}


def _shown(table: Promised, inbox: int | None) -> dict[str, Any]:
    """What the fields hold at first: what is promised, else what holds for all, else a proposal."""
    own = any(key[0] == inbox for key in table)
    shown: dict[str, Any] = {"own": own}
    for priority in Priority:
        proposed = (PROPOSED[priority], PROPOSED[priority])
        found = table.get((inbox, priority)) or table.get((None, priority)) or proposed
        shown |= {f"first_{priority}": rules.say_minutes(found[0]), f"next_{priority}": rules.say_minutes(found[1])}
    return shown
