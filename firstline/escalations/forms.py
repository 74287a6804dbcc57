"""What people type: a brief, an engineer, an answer."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.escalations import codeowners
from firstline.escalations.models import Engineer, HelpKind, Problem, Severity
from firstline.escalations.rules import Said
from firstline.sla.forms import CalendarForm


class AskForm(forms.Form):
    """A brief to an engineer."""

    kind = forms.ChoiceField(label=gettext_lazy("What do you need?"), choices=HelpKind.choices)
    engineer = forms.ModelChoiceField(
        label=gettext_lazy("Who?"),
        queryset=Engineer.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose whom to ask."),
            "invalid_choice": gettext_lazy("Choose whom to ask."),
        },
    )
    summary = forms.CharField(label=gettext_lazy("What is the matter?"), max_length=5000)
    tried = forms.CharField(label=gettext_lazy("What was tried"), max_length=3000, required=False)
    impact = forms.CharField(label=gettext_lazy("Whom it hits"), max_length=300, required=False)
    wanted_by = forms.DateTimeField(label=gettext_lazy("Wanted by"), required=False)
    cannot_wait = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engineer"].queryset = Engineer.objects.available()  # type: ignore[attr-defined]


class ProblemForm(forms.Form):
    """For which problem a conversation waits: one that is known, or a new one."""

    problem = forms.ModelChoiceField(queryset=Problem.objects.none(), required=False)
    title = forms.CharField(label=gettext_lazy("What is wrong, as engineers say it"), max_length=200, required=False)
    severity = forms.TypedChoiceField(
        label=gettext_lazy("How much does it hurt?"),
        choices=Severity.choices,
        coerce=int,
        required=False,
    )
    url = forms.URLField(
        label=gettext_lazy("Address of its issue"), max_length=600, required=False, assume_scheme="https"
    )
    package = forms.CharField(label=gettext_lazy("Published as"), max_length=200, required=False)

    def __init__(self, *args: Any, known: QuerySet[Problem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].queryset = known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when neither a known problem is chosen nor a new one named."""
        data = super().clean() or {}
        if data.get("problem") is None and not data.get("title", "").strip():
            raise forms.ValidationError(_("Choose a problem, or give a new one a name."))
        return data


class IssueForm(forms.Form):
    """Another issue for a problem: its address, or the repository in which to open one."""

    url = forms.URLField(max_length=600, required=False, assume_scheme="https")
    place = forms.CharField(max_length=200, required=False)


class EngineerForm(CalendarForm):
    """An engineer, with hours as everywhere; no hours at all means any hour."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Email address"))
    github = forms.CharField(label=gettext_lazy("GitHub login"), max_length=60, required=False)
    repositories = forms.CharField(
        label=gettext_lazy("Repositories, and teams as CODEOWNERS names them"), max_length=2000, required=False
    )
    budget = forms.IntegerField(label=gettext_lazy("Requests a week"), min_value=0, max_value=100, initial=5)
    is_on_rota = forms.BooleanField(required=False)
    is_active = forms.BooleanField(required=False)

    def __init__(self, *args: Any, engineer: Engineer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, may_be_empty=True, **kwargs)
        self.engineer = engineer

    @property
    def named(self) -> list[forms.BoundField]:
        """The fields that say who it is."""
        return [self[name] for name in ("name", "email", "github")]

    def clean_email(self) -> str:
        """Raises ValidationError for an address that another engineer has."""
        email: str = self.cleaned_data["email"].strip()
        others = Engineer.objects.filter(email__iexact=email)
        if (others.exclude(pk=self.engineer.pk) if self.engineer else others).exists():
            raise forms.ValidationError(_("Another engineer has this address."))
        return email

    def clean_repositories(self) -> list[str]:
        """One word a repository: `orbit/cli`, or `@orbit/team`."""
        return sorted(
            {word.strip(",").lower() for word in self.cleaned_data["repositories"].split() if word.strip(",")}
        )


class OwnersForm(forms.Form):
    """A repository's CODEOWNERS."""

    repository = forms.RegexField(
        r"^[\w.-]+/[\w.-]+$",
        label=gettext_lazy("Repository"),
        max_length=200,
        error_messages={"invalid": gettext_lazy("Write it as owner/name.")},
    )
    text = forms.CharField(label=gettext_lazy("Its CODEOWNERS"), max_length=codeowners.LONGEST, required=False)


class AnswerForm(forms.Form):
    """What an engineer says by a link."""

    verb = forms.ChoiceField(choices=[("answer", ""), ("refuse", ""), ("pass", "")])
    text = forms.CharField(max_length=20_000, required=False)
    to = forms.ModelChoiceField(queryset=Engineer.objects.none(), required=False)

    def __init__(self, *args: Any, asked: Engineer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Engineer.objects.available().exclude(pk=asked.pk)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for an answer or refusal without words, and for nobody to pass it on to."""
        data = super().clean() or {}
        if data.get("verb") == "pass" and data.get("to") is None:
            raise forms.ValidationError(_("Choose who knows better."))
        if data.get("verb") != "pass" and not data.get("text", "").strip():
            raise forms.ValidationError(_("Write a sentence at least."))
        return data

    @property
    def said(self) -> Said:
        """The same as a mail would say it."""
        to = self.cleaned_data.get("to")
        return Said(self.cleaned_data["verb"], self.cleaned_data["text"].strip(), to.email.lower() if to else "")
