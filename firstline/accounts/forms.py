"""What people type about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role


class NameForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Colleagues and contacts need a name to call you by.")},
    )


class AccessForm(forms.Form):
    """What a person may do, and which inboxes they see."""

    roles = forms.MultipleChoiceField(
        label=_("May work as"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    teams = forms.ModelMultipleChoiceField(Team.objects.order_by("name"), label=_("Teams"), required=False)

    def clean_roles(self) -> list[Role]:
        """The roles as roles."""
        return [Role(value) for value in self.cleaned_data["roles"]]


class PersonForm(AccessForm):
    """A new colleague."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("What are they called?")})
    email = forms.EmailField(label=_("Email address"), error_messages={"required": _("They sign in with it.")})

    def clean_email(self) -> Any:
        """The address. Raises ValidationError when somebody has it already."""
        email = self.cleaned_data["email"].strip()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody here signs in with that address already."))
        return email
