"""What people type about articles, with the sentences they get when something is missing."""

import re
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from firstline.knowledge.actions.phrasings import MAX_LENGTH
from firstline.knowledge.models import Article, Category, Visibility
from firstline.knowledge.rules.naming import SLUG_LENGTH
from firstline.knowledge.rules.versions import BadRange, ranges_of

BODY_LENGTH = 200_000


class ArticleForm(forms.Form):
    """Title and text in one language; `seen` says which version the author has before them."""

    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Give it a title that a reader would type.")}
    )
    body = forms.CharField(
        label=_("Article, Markdown"), max_length=BODY_LENGTH, required=False, strip=False, widget=forms.Textarea
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> Any:
        """The moment as a datetime; None when the field is empty or not a moment."""
        return parse_datetime(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None


class DetailsForm(forms.Form):
    """Where an article stands and who may read it."""

    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Shelf"), required=False, empty_label=_("No shelf")
    )
    new_category = forms.CharField(label=_("Or a new shelf"), max_length=80, required=False)
    visibility = forms.ChoiceField(label=_("Who may read it"), choices=Visibility.choices)
    signatures = forms.CharField(
        label=_("Errors it answers"),
        required=False,
        help_text=_("Ids of diagnoses, with commas: npm-eresolve, npm-token-dead"),
    )
    product = forms.CharField(
        label=_("Product"),
        max_length=120,
        required=False,
        help_text=_("Whose releases it depends on: npm/cli, or a name of your own."),
    )
    versions = forms.CharField(
        label=_("Versions it holds for"),
        max_length=80,
        required=False,
        help_text=_("Like >=9 <11, or 8.x. A release outside makes it stale."),
    )
    next_review = forms.DateField(
        label=_("Look at it again on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    slug = forms.SlugField(
        label=_("Address"), max_length=SLUG_LENGTH, help_text=_("A former address keeps leading here.")
    )

    @classmethod
    def of(cls, article: Article) -> "DetailsForm":
        """The form as the article stands."""
        return cls(
            initial={
                "category": article.category_id,
                "visibility": article.visibility,
                "signatures": ", ".join(article.signatures),
                "product": article.product,
                "versions": article.versions,
                "next_review": article.next_review,
                "slug": article.slug,
            }
        )

    def clean_versions(self) -> str:
        """The range, when it is one."""
        text: str = self.cleaned_data["versions"]
        try:
            ranges_of(text)
        except BadRange as error:
            said = _("“%(range)s” is not a range of versions. Write it like >=9 <11, or 8.x.")
            raise forms.ValidationError(said, params={"range": error}) from None
        return text

    def clean_signatures(self) -> list[str]:
        """The ids as a list."""
        ids = [one for one in re.split(r"[\s,]+", self.cleaned_data["signatures"]) if one]
        wrong = [one for one in ids if not re.fullmatch(r"[\w.:-]{1,80}", one)]
        if wrong:
            raise forms.ValidationError(_("“%(id)s” is not the id of a diagnosis."), params={"id": wrong[0]})
        return ids


class PhrasingForm(forms.Form):
    """A question as somebody would ask it."""

    text = forms.CharField(
        label=_("Add a question"), max_length=MAX_LENGTH, error_messages={"required": _("Write the question first.")}
    )
