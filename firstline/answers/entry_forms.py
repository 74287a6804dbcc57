"""A catalogue entry as a lead edits it: lists are lines, samples are fields of their own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator, URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.evidence import catalogue
from firstline.evidence.validating import LONGEST_PATTERN, Problem

MOST_SAMPLES = 8
LONGEST_SAMPLE = 6000
MOST_LINES = 30
TEXTS = ("family", "code", "stage", "owner", "case", "cause", "ask", "docs", "cluster")
LISTS = ("fix", "any", "all", "none")
NAME = RegexValidator(
    r"^[a-z0-9]+(?:-[a-z0-9]+)+\Z", _("Words in small letters with hyphens, such as npm-otp-required.")
)
CASE = RegexValidator(r"^[A-Z]{2,4}-\d\d\Z", _("Capital letters and two digits, such as PUB-02."))
STAGES = ("install", "run", "publish", "unpublish", "auth", "config", "network", "audit", "any")
OWNERS = {
    "user": _("their setup"),
    "package_author": _("the package’s author"),
    "network_admin": _("their network"),
    "registry": _("our registry"),
    "os": _("their system"),
    "policy": _("our policy"),
    "trust_safety": _("trust and safety"),
    "engineering": _("engineering"),
}
CLUSTERS = {
    "low": _("hardly ever"),
    "medium": _("sometimes"),
    "high": _("often: it may be an incident"),
}
SAID: dict[str, Promise] = {
    "incomplete": _("Fill in “%(where)s”."),
    "wrong_type": _("“%(where)s” is not of the right kind."),
    "not_a_pattern": _("This is not a regular expression: %(where)s"),
    "slow_pattern": _(
        "This pattern can take very long on some pastes: %(where)s. Avoid repeats inside repeats and runs of *,"
        " and keep it under 400 characters."
    ),
    "slow_entry": _("Trying this entry takes too long. Make its patterns simpler."),
    "sample_unmatched": _("None of the patterns recognises this sample well enough: %(where)s"),
    "sample_lost": _(
        "A sample is taken for %(where)s, which ranks higher. Make the pattern or specificity more exact."
    ),
    "takes_over": _("A sample of %(where)s would be taken for this entry. Make the pattern narrower."),
}


def sentence(problem: Problem) -> str:
    """A problem in the reader's language; faults that a form never lets through keep their English."""
    said = SAID.get(problem.kind)
    return str(said) % {"where": problem.where[:120]} if said else problem.sentence


class Lines(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(strip=False, max_length=MOST_LINES * longest, **options)
        self.longest = longest

    def to_python(self, value: Any) -> Any:
        """The lines that are not empty."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        """As lines again."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def run_validators(self, value: Any) -> None:
        """Not too many, none too long."""
        if len(value) > MOST_LINES:
            raise forms.ValidationError(_("30 lines at most."))
        if any(len(line) > self.longest for line in value):
            raise forms.ValidationError(_("A line is longer than %(most)d characters.") % {"most": self.longest})


class EntryForm(forms.Form):
    """One entry; `samples` come from fields of the same name and are checked with it."""

    id = forms.CharField(max_length=80, validators=[NAME])
    cause = forms.CharField(max_length=600)
    fix = Lines(longest=400)
    owner = forms.ChoiceField(choices=list(OWNERS.items()))
    case = forms.CharField(max_length=7, validators=[CASE])
    any = Lines(longest=LONGEST_PATTERN, required=False)
    all = Lines(longest=LONGEST_PATTERN, required=False)
    none = Lines(longest=LONGEST_PATTERN, required=False)
    specificity = forms.IntegerField(min_value=40, max_value=100)
    is_unsure = forms.BooleanField(required=False)
    family = forms.CharField(max_length=40)
    code = forms.CharField(max_length=60)
    stage = forms.ChoiceField(choices=[(one, one) for one in STAGES])
    ask = forms.ChoiceField(choices=lambda: [(one, one) for one in catalogue.load().fact_sets])
    docs = forms.CharField(max_length=400, validators=[URLValidator(schemes=["https", "http"])])
    cluster = forms.ChoiceField(choices=list(CLUSTERS.items()))
    cases = Lines(longest=60, required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        kept = data.getlist("samples") if data is not None else (initial or {}).get("samples", [])
        self.samples = [one.replace("\r\n", "\n").strip("\n") for one in kept if one.strip()]
        self.fields["id"].error_messages["invalid"] = _(
            "Words in small letters with hyphens, such as npm-otp-required."
        )
        self.fields["case"].error_messages["invalid"] = _("Capital letters and two digits, such as PUB-02.")

    def clean_cases(self) -> dict[str, str]:
        """`E404 PUB-02` a line: what a pattern captured, and the case type it makes."""
        pairs = [line.split() for line in self.cleaned_data["cases"]]
        if any(len(pair) != 2 for pair in pairs):
            raise forms.ValidationError(_("Each line is a code and a case type, such as E404 PUB-02."))
        return dict(pairs)

    def clean(self) -> dict[str, Any]:
        """At least one sample and one pattern; samples neither too many nor too long."""
        said = super().clean() or self.cleaned_data
        if not self.samples:
            self.add_error(None, _("Give at least one sample: a paste that this entry must recognise."))
        if len(self.samples) > MOST_SAMPLES or any(len(one) > LONGEST_SAMPLE for one in self.samples):
            self.add_error(None, _("Eight samples at most, each of 6,000 characters at most."))
        if not (said.get("any") or said.get("all")):
            self.add_error("any", _("Give at least one pattern."))
        return said

    def entry(self) -> dict[str, Any]:
        """The mapping that `evidence.catalogue.signature` reads."""
        said = self.cleaned_data
        entry = {name: said[name] for name in ("id", "specificity", *TEXTS, *LISTS)} | {"samples": self.samples}
        entry |= {"confidence": "medium"} if said["is_unsure"] else {}
        return entry | ({"cases": said["cases"]} if said["cases"] else {})


def initial_of(one: catalogue.Signature) -> Mapping[str, Any]:
    """An entry as the form shows it."""
    texts = {name: getattr(one, name) for name in ("id", "specificity", *TEXTS)}
    patterns = {name: [pattern.source for pattern in getattr(one, name)] for name in ("any", "all", "none")}
    cases = [f"{code} {case}" for code, case in one.cases]
    return {**texts, **patterns, "fix": one.fix, "samples": one.samples, "cases": cases, "is_unsure": not one.is_sure}
