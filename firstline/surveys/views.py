"""The page behind the links of a question, what people said, and which inboxes ask."""

import csv
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from firstline.accounts.doors import needs, person
from firstline.core import clock, tokens
from firstline.surveys import actions, queries, rules
from firstline.surveys.forms import MoreForm, PolicyForm, RatingForm
from firstline.surveys.models import Policy, Rating, Reason, Survey

PERIODS = (28, 90, 365)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more what the link says (mail scanners follow links), keep it, then ask for what one may add."""
    try:
        survey, said = actions.open_link(token)
    except tokens.BadToken:
        return render(request, "surveys/rate.html", {"is_gone": True}, status=404)
    except actions.Closed:
        return render(request, "surveys/rate.html", {"is_closed": True}, status=410)
    with translation.override(survey.conversation.contact.language or translation.get_language()):
        return _answer(request, survey, said)


def _answer(request: HttpRequest, survey: Survey, said: Rating) -> HttpResponse:
    if request.method != "POST":
        return _page(request, survey, said)
    if request.POST.get("step") == "more" and survey.rating:
        form = MoreForm(request.POST, rating=survey.rating)
        if form.is_valid():
            actions.tell_more(survey, **form.cleaned_data)
            return _page(request, survey, said, is_done=True)
        return _page(request, survey, said, more=form, status=422)
    rating = RatingForm(request.POST)
    if not rating.is_valid():
        return _page(request, survey, said, status=422)
    kept = actions.rate(survey, Rating(rating.cleaned_data["rating"]))
    return _page(request, kept, said, more=MoreForm(rating=kept.rating))


def _page(
    request: HttpRequest, survey: Survey, said: Rating, *, status: int = 200, more: MoreForm | None = None, **extra: Any
) -> HttpResponse:
    chosen = set(more["reasons"].value() or []) if more is not None else set()
    context = {
        "survey": survey,
        "said": said,
        "more": more,
        "reasons": [(one, Reason(one).label, one in chosen) for one in rules.reasons_for(survey.rating)],
        "steps": range(rules.LEAST_EFFORT, rules.MOST_EFFORT + 1),
        **extra,
    }
    return render(request, "surveys/rate.html", context, status=status)


@require_GET
@needs("surveys.view")
def results(request: HttpRequest) -> HttpResponse:
    """What people said, with how many said it."""
    user, days = person(request), _days(request)
    since = clock.now() - timedelta(days=days)
    found = queries.results(user, since)
    context = {
        "found": found,
        "steps": [
            (step, count, 100 * count // max(1, *found.efforts)) for step, count in enumerate(found.efforts, start=1)
        ],
        "left_out": [(_left_out_words(why), count) for why, count in found.left_out],
        "said": queries.said(user, since),
        "days": days,
        "periods": PERIODS,
        "few": queries.FEW,
        "is_asking": Policy.objects.filter(is_on=True).exists(),
        "place": "surveys",
    }
    return render(request, "surveys/results.html", context)


@require_GET
@needs("surveys.view")
def results_csv(request: HttpRequest) -> HttpResponse:
    """Every answer as a row, without a word that somebody wrote and without who they are."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="surveys.csv"'
    rows = csv.writer(response, quoting=csv.QUOTE_ALL)
    rows.writerow(["day", "inbox", "rating", "effort", "reasons"])
    for one in queries.answered(person(request), clock.now() - timedelta(days=_days(request))):
        day = f"{one.answered_at:%Y-%m-%d}"
        rows.writerow([day, one.inbox.name, one.rating, one.effort or "", " ".join(one.reasons)])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs("surveys.manage")
def settings_page(request: HttpRequest) -> HttpResponse:
    """Which inboxes ask, and when; 422 with what is wrong."""
    user = person(request)
    rows = queries.policies(user)
    form = PolicyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        policy = next((one for one in rows if one.inbox_id == form.cleaned_data["inbox"]), None)
        if policy is None:
            raise Http404
        actions.set_policy(
            policy.inbox, is_on=form.cleaned_data["is_on"], wait_hours=form.cleaned_data["wait_hours"], by=user
        )
        messages.success(request, _("Kept."))
        return redirect("surveys:settings")
    context = {"rows": rows, "form": form, "wrong": request.POST.get("inbox", ""), "place": "settings"}
    return render(request, "surveys/settings.html", context, status=422 if form.errors else 200)


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(one) for one in PERIODS} else PERIODS[1]


def _left_out_words(why: str) -> str:
    """In words; what is spared does not say of what."""
    words = {
        rules.Why.OFF: _("Switched off meanwhile"),
        rules.Why.OPEN_AGAIN: _("Open again"),
        rules.Why.NOT_ANSWERED: _("Ended without an answer"),
        rules.Why.SPARED: _("Spared: something in it was too hard to ask about"),
        rules.Why.PUBLIC: _("Only in public"),
        rules.Why.UNPROVED: _("The address was not proved"),
        rules.Why.MACHINE: _("No person answered"),
        rules.Why.LATELY: _("Asked within the last 30 days"),
        rules.Why.STOPPED: _("Wants no mail"),
    }
    return words[rules.Why(why)]
