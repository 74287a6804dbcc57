"""Who is on call when, who stands in, and which services ring as well."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.accounts.models import User
from firstline.core import clock, egress
from firstline.paging.models import PagerKind, Rota
from firstline.sla.forms import DAYS

LONGEST = timedelta(days=60)


class RotaForm(forms.Form):
    """The zone, when a week is handed over, and a place for everybody: 1 has this week, nothing is not on the rota."""

    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64)
    day = forms.TypedChoiceField(label=gettext_lazy("Handed over on"), coerce=int, choices=list(enumerate(DAYS)))
    at = forms.TimeField(label=gettext_lazy("At"))

    def __init__(
        self, *args: Any, people: Sequence[User], rota: Rota | None = None, members: Sequence[User] = (), **kwargs: Any
    ) -> None:
        self.people = {one.pk: one for one in people}
        if rota is not None:
            places = {f"place_{one.pk}": number for number, one in enumerate(members, 1)}
            when = f"{rota.minute // 60:02}:{rota.minute % 60:02}"
            kwargs["initial"] = {"zone": rota.zone, "day": rota.begins_on.weekday(), "at": when, **places}
        super().__init__(*args, **kwargs)
        for pk, one in self.people.items():
            self.fields[f"place_{pk}"] = forms.IntegerField(
                label=one.name, required=False, min_value=1, max_value=99, error_messages={"invalid": _("A number.")}
            )

    def clean_zone(self) -> str:
        """The zone's name in the tz database. Raises ValidationError for one that is not there."""
        try:
            return ZoneInfo(str(self.cleaned_data["zone"]).strip()).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise forms.ValidationError(_("No zone of that name: say it like Europe/Lisbon.")) from error

    @property
    def places(self) -> Iterator[BoundField]:
        """A field for each person."""
        return (self[f"place_{pk}"] for pk in self.people)

    @property
    def order(self) -> list[User]:
        """Who is on the rota, in order."""
        given = [(self.cleaned_data.get(f"place_{pk}"), one.name, one) for pk, one in self.people.items()]
        placed = [(place, name, one) for place, name, one in given if place]
        return [one for _place, _name, one in sorted(placed, key=lambda each: each[:2])]

    @property
    def minute(self) -> int:
        """The minute of the day at which weeks are handed over."""
        at = self.cleaned_data["at"]
        return int(at.hour * 60 + at.minute)

    @property
    def begins_on(self) -> date:
        """The day on which the week that runs now began."""
        now = clock.now().astimezone(ZoneInfo(self.cleaned_data["zone"]))
        day = now.date() - timedelta(days=(now.weekday() - self.cleaned_data["day"]) % 7)
        has_begun = now.hour * 60 + now.minute >= self.minute or day < now.date()
        return day if has_begun else day - timedelta(days=7)


class StandInForm(forms.Form):
    """Who is on call instead, from when until when, by the rota's own clock."""

    user = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)
    begins_at = forms.DateTimeField(label=gettext_lazy("From"))
    ends_at = forms.DateTimeField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, people: Sequence[User], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.zone = {one.pk: one for one in people}, ZoneInfo(zone)
        self.fields["user"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]

    def clean_begins_at(self) -> datetime:
        """The moment as the rota's clock shows it."""
        return self._moment("begins_at")

    def clean_ends_at(self) -> datetime:
        """The same for the end. Raises ValidationError for one that is past."""
        moment = self._moment("ends_at")
        if moment <= clock.now():
            raise forms.ValidationError(_("That moment is past."))
        return moment

    def _moment(self, name: str) -> datetime:
        said: datetime = self.cleaned_data[name]
        return said.replace(tzinfo=self.zone)

    def clean(self) -> dict[str, Any]:
        """Forward in time, and not for ever."""
        data = super().clean() or {}
        begins, ends = data.get("begins_at"), data.get("ends_at")
        if begins and ends and not timedelta() < ends - begins <= LONGEST:
            self.add_error("ends_at", _("It has to end after it begins, within sixty days."))
        return data

    @property
    def chosen(self) -> User:
        """Who stands in."""
        return self.people[self.cleaned_data["user"]]


class PagerForm(forms.Form):
    """A service that rings as well."""

    kind = forms.ChoiceField(choices=PagerKind.choices)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=500)
    secret = forms.CharField(label=gettext_lazy("Key"), required=False, max_length=200)

    def clean_address(self) -> str:
        """An address of the web. Raises ValidationError for anything else."""
        address = str(self.cleaned_data["address"]).strip()
        if address and not address.startswith("https://") and not egress.is_allowed(address):
            raise forms.ValidationError(_("It has to begin with https://"))
        return address

    def clean(self) -> dict[str, Any]:
        """ntfy's address ends with a topic."""
        data = super().clean() or {}
        address = data.get("address", "")
        if address and data.get("kind") == PagerKind.NTFY and not address.rstrip("/").partition("://")[2].count("/"):
            self.add_error("address", _("The topic is missing: say it like https://ntfy.example.org/our-topic"))
        return data
