"""What the desk's forms may hold."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations import writing
from firstline.conversations.actions import bulking
from firstline.conversations.models import (
    UNRESOLVED,
    AfterSend,
    LinkKind,
    NoteKind,
    Priority,
    Resolution,
    Status,
    ViewAudience,
    ViewColumn,
    ViewGroup,
    WakeKind,
)

MAX_TEXT = 100_000
MAX_COPIES = 20
MAX_BULK = 200
SUBJECT = r"[\w.-]+/[\w.-]+(#\d+|@[\w.+-]+)?"
SNOOZES = [
    ("reply", _("until they write")),
    ("1h", _("1 hour")),
    ("3h", _("3 hours")),
    ("6h", _("6 hours")),
    ("12h", _("12 hours")),
    ("tomorrow", _("tomorrow")),
    ("2d", _("2 days")),
    ("3d", _("3 days")),
    ("week", _("next week")),
    ("month", _("a month")),
]
UNRESOLVED_CHOICES = [one for one in Status.choices if one[0] in UNRESOLVED]


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


class LinkForm(forms.Form):
    """How another conversation belongs to this one."""

    kind = forms.ChoiceField(choices=LinkKind.choices, required=False)


class BulkForm(forms.Form):
    """What is done to the selected conversations; at most two hundred."""

    verb = forms.ChoiceField(choices=[(one, one) for one in bulking.VERBS])
    value = forms.CharField(required=False, max_length=60)
    ids = forms.CharField(error_messages={"required": _("Select something first.")})

    def clean_ids(self) -> list[int]:
        """Numbers between commas."""
        words = self.cleaned_data["ids"].replace(",", " ").split()
        if len(words) > MAX_BULK or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
            raise forms.ValidationError(_("At most 200 conversations at once."))
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        """The value must fit the verb."""
        cleaned = super().clean() or {}
        value, verb = cleaned.get("value", ""), cleaned.get("verb")
        fits = {
            "tag": bool(value.strip()),
            "priority": value in {str(one) for one in Priority.values},
            "status": value in Status.values and value != Status.RESOLVED,
            "resolve": not value or value in Resolution.values,
        }
        if not fits.get(str(verb), True):
            raise forms.ValidationError(_("That can't be done to conversations."))
        return cleaned


class TagsField(forms.CharField):
    """Tags between commas."""

    def to_python(self, value: Any) -> Any:
        """Lower case, each once."""
        words = (" ".join(one.lower().split())[:60] for one in str(super().to_python(value) or "").split(","))
        return list(dict.fromkeys(word for word in words if word))


class MacroForm(forms.Form):
    """A macro; a snooze and a status are empty for "leave it"."""

    name = forms.CharField(max_length=80, error_messages={"required": _("Give it a name.")})
    text = forms.CharField(required=False, max_length=20_000, strip=False, widget=forms.Textarea)
    tags = TagsField(required=False)
    takes = forms.BooleanField(required=False)
    status = forms.ChoiceField(choices=[("", _("leave it")), *UNRESOLVED_CHOICES], required=False)
    snooze = forms.ChoiceField(choices=[("", _("don't")), *SNOOZES], required=False)


class SavedViewForm(forms.Form):
    """Which conversations a view holds, and how it shows them."""

    name = forms.CharField(max_length=60, error_messages={"required": _("Give it a name.")})
    audience = forms.ChoiceField(choices=ViewAudience.choices)
    status = forms.MultipleChoiceField(choices=Status.choices, required=False, widget=forms.CheckboxSelectMultiple)
    assignee = forms.ChoiceField(
        choices=[("", _("Anybody or nobody")), ("me", _("Whoever looks at it")), ("nobody", _("Nobody"))],
        required=False,
    )
    tag = forms.CharField(max_length=60, required=False)
    inbox = forms.ChoiceField(required=False)
    priority = forms.MultipleChoiceField(choices=Priority.choices, required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(max_length=100, required=False)
    newest_first = forms.BooleanField(required=False)
    group = forms.ChoiceField(choices=ViewGroup.choices)
    columns = forms.MultipleChoiceField(choices=ViewColumn.choices, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *given: Any, inboxes: Sequence[tuple[str, str]] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        inbox = self.fields["inbox"]
        assert isinstance(inbox, forms.ChoiceField)
        inbox.choices = [("", _("All inboxes")), *inboxes]


class HabitForm(forms.Form):
    """How a person likes the desk; only what is given changes."""

    after_send = forms.ChoiceField(choices=AfterSend.choices, required=False)
    list_width = forms.IntegerField(required=False, min_value=1, max_value=5000)
    context_width = forms.IntegerField(required=False, min_value=1, max_value=5000)


class AsideForm(forms.Form):
    """A mail to a third party about a conversation."""

    to = forms.EmailField(error_messages={"required": _("Say to whom.")})
    subject = forms.CharField(max_length=400, required=False)
    text = forms.CharField(max_length=MAX_TEXT, strip=False, error_messages={"required": _("Write something first.")})


class WordsForm(forms.Form):
    """What somebody writes, and what is sent in its place where the contact reads another language."""

    text = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    translated = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    translated_of = forms.CharField(required=False, max_length=32)

    @property
    def is_outdated(self) -> bool:
        """Whether the words were changed after they had been translated."""
        said = self.cleaned_data
        return bool(said["translated"].strip()) and writing.digest(said["text"]) != said["translated_of"]

    @property
    def outdated(self) -> str:
        """The sentence for that."""
        return gettext(
            "You changed your words after they were translated: translate them again, or send them as they are."
        )


class DraftForm(WordsForm):
    """What is kept while somebody writes; `alone` drops the translation."""

    mode = forms.ChoiceField(choices=[("reply", "reply"), ("note", "note")])
    alone = forms.BooleanField(required=False)
    cc = AddressesField(required=False)
    bcc = AddressesField(required=False)
    strand = forms.IntegerField(required=False, min_value=1)
    turn = forms.IntegerField(required=False, min_value=1)


class ReplyForm(WordsForm):
    """A reply; `then` is what follows the sending."""

    cc = AddressesField(required=False)
    bcc = AddressesField(required=False)
    then = forms.ChoiceField(
        choices=[
            (one, one) for one in ("send", "resolve", "snooze", "engineering", "next", "schedule", "look", "company")
        ],
        required=False,
    )
    send_at = forms.DateTimeField(required=False)
    promise = forms.DateTimeField(required=False)
    strand = forms.IntegerField(required=False, min_value=1)
    confirmed = forms.BooleanField(required=False)
    override = forms.CharField(required=False, max_length=300)
    seen = forms.IntegerField(required=False, min_value=0)
    force = forms.BooleanField(required=False)
    until = forms.CharField(required=False)
    at = forms.DateTimeField(required=False)

    def clean(self) -> dict[str, Any]:
        """A translation has to be of these words."""
        cleaned = super().clean() or {}
        if not self.errors and self.is_outdated:
            raise forms.ValidationError(self.outdated)
        return cleaned

    @property
    def leaves(self) -> str:
        """What the contact gets."""
        said: str = self.cleaned_data["translated"]
        return said if said.strip() else str(self.cleaned_data["text"])

    @property
    def own_words(self) -> str:
        """What was written, where a translation of it leaves."""
        return str(self.cleaned_data["text"]) if self.cleaned_data["translated"].strip() else ""


class ReviewForm(forms.Form):
    """What somebody says to a shared draft, or its words anew; `version` and `seen` are what they had read."""

    text = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    words = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    version = forms.IntegerField(required=False, min_value=0)
    seen = forms.IntegerField(required=False, min_value=0)


class LiftForm(forms.Form):
    """A trainee and a case type."""

    user = forms.ChoiceField()
    case = forms.ChoiceField()

    def __init__(self, *args: Any, trainees: Sequence[User], cases: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trainees = {str(one.pk): one for one in trainees}
        self.fields["user"] = forms.ChoiceField(choices=[(pk, one.name) for pk, one in self.trainees.items()])
        self.fields["case"] = forms.ChoiceField(choices=[(code, code) for code in cases])

    @property
    def chosen(self) -> User:
        """The trainee who was chosen."""
        return self.trainees[self.cleaned_data["user"]]


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(max_length=MAX_TEXT, error_messages={"required": _("Write something first.")})
    kind = forms.ChoiceField(choices=NoteKind.choices, required=False)


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

    until = forms.ChoiceField(choices=[*SNOOZES, ("at", "at"), ("issue", "issue"), ("release", "release")])
    at = forms.DateTimeField(required=False)
    subject = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A chosen moment must lie ahead."""
        cleaned = super().clean() or {}
        if cleaned.get("until") == "at" and cleaned.get("at") is None and "at" not in self.errors:
            raise forms.ValidationError(_("Say until when."))
        if cleaned.get("until") in WakeKind.values and not re.fullmatch(SUBJECT, cleaned.get("subject", "")):
            raise forms.ValidationError(_("Write it like npm/cli#12, or npm/cli@v10.2.0 for a release."))
        return cleaned

    @property
    def condition(self) -> tuple[str, str] | None:
        """What must come true, as `statuses.snooze` takes it; None for a time."""
        until = self.cleaned_data["until"]
        return (until, self.cleaned_data["subject"]) if until in WakeKind.values else None

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
    if until in {"1h", "3h", "6h", "12h"}:
        return now + timedelta(hours=int(until[:-1]))
    if until in {"tomorrow", "2d", "3d", "week", "month"}:
        here = timezone.localtime(now)
        days = {"tomorrow": 1, "2d": 2, "3d": 3, "week": 7 - here.weekday(), "month": 30}[until]
        return timezone.make_aware(
            datetime.combine(here.date() + timedelta(days=days), time(9)), timezone.get_current_timezone()
        )
    return None
