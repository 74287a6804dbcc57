"""Settings: who can be asked, and who owns which code."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import person
from firstline.conversations.views.common import permitted
from firstline.core import clock
from firstline.escalations import codeowners, queries
from firstline.escalations.actions import engineers as actions
from firstline.escalations.forms import EngineerForm, OwnersForm
from firstline.escalations.models import Engineer, Ownership
from firstline.sla.models import Calendar


@require_safe
@permitted("engineers.manage")
def index(request: HttpRequest) -> HttpResponse:
    """Everybody who can be asked, and the repositories whose owners are known."""
    return _index(request)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("engineers.manage")
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new; they get no account and no letter."""
    return _engineer(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("engineers.manage")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of somebody."""
    return _engineer(request, get_object_or_404(Engineer, pk=pk))


@require_POST
@permitted("engineers.manage")
def owners(request: HttpRequest) -> HttpResponse:
    """Keep the CODEOWNERS of a repository; 422 with what is wrong."""
    form = OwnersForm(request.POST)
    if not form.is_valid():
        return _index(request, owners_form=form, status=422)
    kept = actions.keep_owners(form.cleaned_data["repository"], form.cleaned_data["text"], by=person(request))
    messages.success(request, _("Kept: the owners of %(place)s.") % {"place": kept.repository})
    return redirect("escalations:engineers")


@require_POST
@permitted("engineers.manage")
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """The repository's owners do not count any more."""
    actions.forget_owners(get_object_or_404(Ownership, pk=pk), by=person(request))
    return redirect("escalations:engineers")


def _index(request: HttpRequest, *, status: int = 200, owners_form: OwnersForm | None = None) -> HttpResponse:
    kept = [{"one": one, "rules": len(codeowners.read(one.text))} for one in Ownership.objects.all()]
    context = {
        "place": "settings",
        "standings": queries.standings(clock.now()),
        "kept": kept,
        "form": owners_form or OwnersForm(),
    }
    return render(request, "escalations/engineers.html", context, status=status)


def _engineer(request: HttpRequest, one: Engineer | None) -> HttpResponse:
    if request.method == "POST":
        form = EngineerForm(request.POST, engineer=one)
        if form.is_valid():
            data = form.cleaned_data
            names = ("name", "email", "github", "repositories", "zone", "week", "budget", "is_on_rota")
            is_active = data["is_active"] or one is None
            facts = actions.Facts(**{name: data[name] for name in names}, is_active=is_active)
            kept = actions.save_engineer(one, facts, by=person(request))
            messages.success(request, _("Kept: %(name)s.") % {"name": kept.name})
            return redirect("escalations:engineers")
    else:
        form = EngineerForm(**_shown(one))
    context = {"place": "settings", "form": form, "engineer": one}
    return render(request, "escalations/engineer.html", context, status=422 if request.method == "POST" else 200)


def _shown(one: Engineer | None) -> dict[str, Any]:
    """What the form of somebody shows before anything was typed."""
    if one is None:
        return {"initial": {"zone": "UTC", "budget": 5, "is_active": True}}
    plain = {name: getattr(one, name) for name in ("name", "email", "github", "budget", "is_active")}
    calendar = Calendar(zone=one.zone, week=one.week or [[]] * 7)
    shown = EngineerForm(calendar=calendar).initial
    rota = {"is_on_rota": one.is_on_rota(clock.now()), "repositories": " ".join(one.repositories)}
    return {"engineer": one, "initial": {**shown, **plain, **rota}}
