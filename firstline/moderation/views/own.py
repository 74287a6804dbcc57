"""What only oneself sees, the team's totals, and whom the desk calls."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.conversations.models import SEVERITY, Reason
from firstline.core import clock
from firstline.moderation import quality, queries, wellbeing
from firstline.moderation.actions import routing, self_checking, wishing
from firstline.moderation.actions.moving import Refused
from firstline.moderation.forms import SafetyForm, SelfCheckForm, WishesForm, problems
from firstline.moderation.models import Case, CheckIn, Helpline, Preference, SafetyContact


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderation.view")
def mine(request: HttpRequest) -> HttpResponse:
    """One's own exposure, and what one does not want to get; nobody else can open this."""
    user = person(request)
    if request.method == "POST":
        form = WishesForm(request.POST)
        if form.is_valid():
            wishing.wish(user, **form.cleaned_data)
            messages.success(request, _("Kept. It holds from now on, and nobody is told."))
            return redirect("moderation:mine")
    return render(request, "moderation/mine.html", _mine(user))


def _mine(user: User, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    wish = Preference.objects.filter(user=user).first() or Preference(user=user)
    asked = wellbeing.quarter_of(clock.now())
    about = Case.objects.filter(aimed_at=user, created_at__gte=clock.now() - queries.WINDOW)
    return {
        "own": queries.own_exposure(user, routing.SOFT_REVEALS),
        "hard": routing.HARD_REVEALS,
        "wish": wish,
        "reasons": [(one.value, one.label, one.value in wish.avoids) for one in Reason if SEVERITY[one] > 1],
        "check_ins": CheckIn.objects.filter(buddy=user, done_at=None).select_related("user"),
        "about": [one.needs_decision for one in about.order_by("pk")],
        "questions": []
        if wellbeing.has_answered(user, asked)
        else [(f"q{at}", words, (typed or {}).get(f"q{at}", "")) for at, words in enumerate(wellbeing.QUESTIONS)],
        "place": "moderation",
    }


@require_POST
@needs("moderation.view")
def self_check(request: HttpRequest) -> HttpResponse:
    """One person's answers, counted; 422 with a sentence when one is missing."""
    user = person(request)
    form = SelfCheckForm(len(wellbeing.QUESTIONS), request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Answer all five, or leave it."))
        self_checking.answer(user, wellbeing.quarter_of(clock.now()), form.answers)
    except Refused as refused:
        return render(
            request, "moderation/mine.html", {**_mine(user, request.POST), "problem": str(refused)}, status=422
        )
    messages.success(request, _("Counted. Nobody can tell which answers were yours."))
    return redirect("moderation:mine")


@require_POST
@needs("moderation.view")
def checked_in(request: HttpRequest, pk: int) -> HttpResponse:
    """A buddy has checked in with somebody."""
    found = get_object_or_404(CheckIn.objects.filter(buddy=person(request)), pk=pk)
    wishing.checked_in(found)
    return redirect("moderation:mine")


@require_safe
@needs("moderation.view")
def team(request: HttpRequest) -> HttpResponse:
    """Totals of the team (W-15): no row, no name, no link to one person."""
    quarter, answered = wellbeing.results(clock.now())
    context = {
        "team": queries.team_totals(clock.now()),
        "quarter": quarter,
        "answered": answered,
        "place": "moderation",
    }
    return render(request, "moderation/team.html", context)


@require_safe
@needs("moderation.view")
def detector(request: HttpRequest) -> HttpResponse:
    """How well the text cover does here, by language (D-06)."""
    rows = quality.by_language(clock.now())
    context = {"rows": rows, "fewest": quality.FEWEST, "days": quality.WINDOW.days, "place": "moderation"}
    return render(request, "moderation/detector.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("desk.configure")
def settings_page(request: HttpRequest) -> HttpResponse:
    """Helplines, and whom the desk calls when somebody may be in danger (D-14)."""
    people = list(User.objects.filter(is_active=True).order_by("name"))
    form = SafetyForm(request.POST or None)
    form.fields["contacts"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        wishing.set_safety(form.cleaned_data["contacts"], form.cleaned_data["helplines"], by=person(request))
        messages.success(request, _("Saved."))
        return redirect("moderation:settings")
    kept = "\n".join(f"{one.language} | {one.name} | {one.reach}" for one in Helpline.objects.all())
    chosen = set(SafetyContact.objects.values_list("user", flat=True))
    context = {
        "people": [(one, one.pk in chosen) for one in people],
        "helplines": request.POST.get("helplines", kept),
        "problem": problems(form) if request.method == "POST" else "",
        "place": "settings",
    }
    return render(request, "moderation/settings.html", context, status=422 if context["problem"] else 200)
