"""What is said about contacts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SameForm(forms.Form):
    """Which other contact is meant, and why."""

    other = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    reason = forms.CharField(required=False, max_length=300)


class OrganizationForm(forms.Form):
    """Where a contact works or belongs; empty for nowhere."""

    name = forms.CharField(label=_("Organization"), required=False, max_length=200)
    plan = forms.CharField(label=_("Plan"), required=False, max_length=40)
