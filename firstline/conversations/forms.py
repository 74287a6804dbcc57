"""What the desk's forms may hold."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from firstline.conversations.models import Priority, Resolution, Status

MAX_TEXT = 100_000
MAX_COPIES = 20


class AddressesField(forms.CharField):
    """Addresses separated by commas, spaces or lines."""

    def to_python(self, value: Any) -> Any:
        """The addresses, each once, as written."""
        words = str(super().to_python(value) or "").replace(",", " ").replace(";", " ").split()
        return list(dict.fromkeys(word.strip("<>") for word in words))

    def validate(self, value: Any) -> None:
        """Each is an address; at most twenty."""
        if len(value) > MAX_COPIES:
            raise forms.ValidationError(_("At most 20 people can be copied in."))
        for address in value:
            try:
                validate_email(address)
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    _("“%(address)s” is not an email address."), params={"address": address}
                ) from error


class DraftForm(forms.Form):
    """What is kept while somebody writes."""

    mode = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    text = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    cc = AddressesField(required=False)


class ReplyForm(forms.Form):
    """A reply; `then` is what follows the sending."""

    text = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    cc = AddressesField(required=False)
    then = forms.ChoiceField(
        choices=[(one, one) for one in ("send", "resolve", "snooze", "engineering")], required=False
    )
    seen = forms.IntegerField(required=False, min_value=0)
    force = forms.BooleanField(required=False)
    until = forms.CharField(required=False)
    at = forms.DateTimeField(required=False)


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(max_length=MAX_TEXT, error_messages={"required": _("Write something first.")})


class StatusForm(forms.Form):
    """Whose turn it is; resolving has its own form, because it takes a reason."""

    status = forms.ChoiceField(choices=[one for one in Status.choices if one[0] != Status.RESOLVED])


class ResolveForm(forms.Form):
    """Why it ends."""

    resolution = forms.ChoiceField(choices=Resolution.choices, required=False)
    next = forms.BooleanField(required=False)


class PriorityForm(forms.Form):
    """How much it hurts."""

    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int)


class TagForm(forms.Form):
    """One tag."""

    name = forms.CharField(max_length=60)


class RevealForm(forms.Form):
    """Why somebody has to see a sealed secret."""

    reason = forms.CharField(max_length=300, error_messages={"required": _("Say why you need it; the reason is kept.")})


class SnoozeForm(forms.Form):
    """Until when: a preset, a moment, or until the contact writes (`reply`)."""

    until = forms.ChoiceField(choices=[(one, one) for one in ("1h", "3h", "tomorrow", "week", "reply", "at")])
    at = forms.DateTimeField(required=False)

    def clean(self) -> dict[str, Any]:
        """A chosen moment must lie ahead."""
        cleaned = super().clean() or {}
        if cleaned.get("until") == "at" and cleaned.get("at") is None and "at" not in self.errors:
            raise forms.ValidationError(_("Say until when."))
        return cleaned

    def moment(self, now: datetime) -> datetime | None:
        """When it comes back; None means "until the contact writes". Raises ValidationError for the past."""
        until = self.cleaned_data["until"]
        if until == "at":
            chosen: datetime = self.cleaned_data["at"]
            if chosen <= now:
                raise forms.ValidationError(_("That moment is past."))
            return chosen
        return preset(until, now)


def preset(until: str, now: datetime) -> datetime | None:
    """The moment that a preset names, in the current time zone: mornings are at nine."""
    if until in {"1h", "3h"}:
        return now + timedelta(hours=int(until[0]))
    if until in {"tomorrow", "week"}:
        here = timezone.localtime(now)
        days = 1 if until == "tomorrow" else 7 - here.weekday()
        return timezone.make_aware(
            datetime.combine(here.date() + timedelta(days=days), time(9)), timezone.get_current_timezone()
        )
    return None
