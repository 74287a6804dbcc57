"""Signing in by a link, one's own settings, and the people of the desk."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts import actions, queries
from firstline.accounts.doors import ENTERED_AT, needs, person
from firstline.accounts.forms import AccessForm, NameForm, PersonForm
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role


@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: the GET asks, the POST signs in, so that a mail scanner's visit uses nothing up (S-26, S-35)."""
    link = queries.usable_link(token)
    if link is None:
        return _link_refused(request)
    if request.method == "GET":
        return render(request, "accounts/enter.html", {"who": link.user})
    try:
        user = actions.use_sign_in_link(token)
    except actions.LinkRefused:
        return _link_refused(request)
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[ENTERED_AT] = time.time()
    return redirect(
        "inboxes:first_run" if user.can("desk.configure") and not user.welcome_done else "conversations:home"
    )


@require_http_methods(["GET", "POST"])
@needs()
def me(request: HttpRequest) -> HttpResponse:
    """One's own name, keys and password."""
    user = person(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename(user, by=user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    return render(request, "accounts/me.html", {"form": form, "place": "me"}, status=422 if form.errors else 200)


@require_POST
@needs()
def shortcuts(request: HttpRequest) -> HttpResponse:
    """Switch single-letter keys on or off."""
    actions.set_shortcuts(person(request), on=request.POST.get("on") == "1")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("accounts:me")


@require_GET
@needs("people.manage")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the desk, and the form for one more."""
    return _people(request, PersonForm(initial={"roles": [Role.AGENT]}))


@require_POST
@needs("people.manage")
def add_person(request: HttpRequest) -> HttpResponse:
    """Add a colleague and show their sign-in link, once."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=422)
    data = form.cleaned_data
    user = actions.create_user(
        data["email"], name=data["name"], roles=data["roles"], teams=list(data["teams"]), by=person(request)
    )
    return _with_link(request, user)


@require_POST
@needs("people.manage")
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Another one-time link for somebody who lost theirs."""
    return _with_link(request, get_object_or_404(User, pk=pk, is_active=True))


@require_http_methods(["GET", "POST"])
@needs("people.manage")
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """What one person may do, and which teams they are in."""
    user = get_object_or_404(User, pk=pk)
    form = AccessForm(request.POST or None, initial={"roles": user.roles, "teams": user.team_ids})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_access(
                user, roles=form.cleaned_data["roles"], teams=list(form.cleaned_data["teams"]), by=person(request)
            )
        except actions.LastAdmin as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:people")
    context = {"form": form, "who": user, "place": "people", **_teams(form, user.team_ids)}
    return render(request, "accounts/access.html", context, status=422 if form.errors else 200)


@require_POST
@needs("people.manage")
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's access at once; what they wrote stays."""
    user = get_object_or_404(User, pk=pk)
    try:
        actions.deactivate(user, by=person(request))
    except actions.LastAdmin as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s can’t sign in any more. What they wrote stays.") % {"name": user.name})
    return redirect("accounts:people")


@require_POST
@needs("people.manage")
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in again."""
    user = get_object_or_404(User, pk=pk)
    actions.reactivate(user, by=person(request))
    messages.success(request, _("%(name)s can sign in again.") % {"name": user.name})
    return redirect("accounts:people")


def _people(request: HttpRequest, form: PersonForm, *, status: int = 200, **extra: object) -> HttpResponse:
    context = {"people": queries.people(), "form": form, "roles": Role, "place": "people", **_teams(form)}
    return render(request, "accounts/people.html", context | extra, status=status)


def _teams(form: AccessForm, ticked: list[int] | None = None) -> dict[str, object]:
    """The teams and which of them are ticked: those sent, else `ticked`, else the only one there is."""
    teams = list(Team.objects.order_by("name"))
    if isinstance(form.data, QueryDict) and form.is_bound:
        ticked = [int(one) for one in form.data.getlist("teams") if one.isdecimal()]
    elif ticked is None:
        ticked = [team.pk for team in teams] if len(teams) == 1 else []
    return {"teams": teams, "chosen": ticked}


def _with_link(request: HttpRequest, user: User) -> HttpResponse:
    link = settings.BASE_URL + actions.create_sign_in_link(user, by=person(request))
    response = _people(request, PersonForm(initial={"roles": [Role.AGENT]}), link=link, link_for=user)
    response.headers["Cache-Control"] = "no-store"
    return response


def _link_refused(request: HttpRequest) -> HttpResponse:
    """One calm page whatever is wrong with a link: used, expired, malformed, somebody else's (S-26)."""
    return render(request, "accounts/link_refused.html", status=404)
