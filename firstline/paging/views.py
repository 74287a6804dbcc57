"""Who is on call, who stands in, what somebody was called for, and how all that is set up."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.conversations.views.common import permitted
from firstline.core import clock
from firstline.notifications import queries as notifications
from firstline.paging import actions, outside, queries
from firstline.paging.forms import PagerForm, RotaForm, StandInForm
from firstline.paging.models import Override, Page, Pager, PagerKind, Rota

MANAGE = "clocks.manage"


@require_GET
@permitted("conversations.view")
def index(request: HttpRequest) -> HttpResponse:
    """Who is on call now and in the next weeks, and who was called for what."""
    return _index(request)


def _index(request: HttpRequest, *, status: int = 200, form: StandInForm | None = None) -> HttpResponse:
    user, now = person(request), clock.now()
    weeks = queries.weeks(now)
    on_call = weeks[0].who if weeks else None
    context = {
        "place": "on-call",
        "weeks": weeks,
        "on_call": on_call,
        "rings": on_call is not None and bool(notifications.pushed_to([on_call])),
        "overrides": queries.overrides(now),
        "pages": [(one, outside.summary(one)) for one in queries.pages(user)],
        "zone": queries.rota().zone,
        "form": form or StandInForm(people=_may_put(user), zone=queries.rota().zone, initial={"user": user.pk}),
        "may_manage": user.can(MANAGE),
    }
    return render(request, "paging/index.html", context, status=status)


def _may_put(user: User) -> list[User]:
    """Whom the person may put in: a lead anybody, everybody else themselves."""
    return queries.callable_people() if user.can(MANAGE) else [user]


@require_POST
@permitted("conversations.view")
def stand_in(request: HttpRequest) -> HttpResponse:
    """Somebody stands in for whoever's week it is; 422 with what is wrong."""
    user = person(request)
    form = StandInForm(request.POST, people=_may_put(user), zone=queries.rota().zone)
    if not form.is_valid():
        return _index(request, form=form, status=422)
    actions.stand_in(form.chosen, form.cleaned_data["begins_at"], form.cleaned_data["ends_at"], by=user)
    messages.success(request, _("Kept."))
    return redirect("paging:index")


@require_POST
@permitted("conversations.view")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own standing in, or as a lead anybody's, is taken back."""
    user = person(request)
    found = Override.objects.all() if user.can(MANAGE) else Override.objects.filter(user=user)
    actions.take_back(get_object_or_404(found, pk=pk), by=user)
    messages.success(request, _("It is whoever’s week it is again."))
    return redirect("paging:index")


@require_GET
@permitted("conversations.view")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What one is called for, and the one button."""
    found = get_object_or_404(Page.objects.visible_to(person(request)).select_related("answered_by"), pk=pk)
    conversation = found.conversation
    may_open = conversation is not None and notifications.may_see(person(request), conversation)
    context = {
        "place": "on-call",
        "page": found,
        "summary": outside.summary(found),
        "calls": found.calls.filter(user__isnull=False).select_related("user"),
        "may_open": may_open,
    }
    return render(request, "paging/page.html", context)


@require_POST
@permitted("conversations.view")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """ "I have it": nobody else is called."""
    user = person(request)
    found = get_object_or_404(Page.objects.visible_to(user), pk=pk)
    if actions.answer(found, by=user, actor=user):
        messages.success(request, _("You have it. Nobody else is called."))
    else:
        messages.info(request, _("Somebody has it already."))
    return redirect("paging:page", pk)


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def settings_page(request: HttpRequest) -> HttpResponse:
    """The rota, and the services that ring as well; 422 with what is wrong."""
    people, user = queries.callable_people(), person(request)
    if request.method == "POST":
        form = RotaForm(request.POST, people=people)
        if form.is_valid():
            zone = form.cleaned_data["zone"]
            actions.keep_rota(form.order, zone=zone, begins_on=form.begins_on, minute=form.minute, by=user)
            messages.success(request, _("Kept. The first has this week."))
            return redirect("paging:index")
        return _settings(request, rota_form=form, status=422)
    return _settings(request)


def _settings(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    rota = queries.rota()
    people = queries.callable_people()
    context = {
        "place": "settings",
        "rota_form": RotaForm(people=people, rota=rota, members=queries.members()),
        "has_rota": Rota.objects.exists(),
        "pagers": _pagers(more.pop("pager_form", None)),
        **more,
    }
    return render(request, "paging/settings.html", context, status=status)


def _pagers(wrong: PagerForm | None) -> list[tuple[str, str, Pager | None, PagerForm]]:
    """Each kind of service with what is kept of it and its form."""
    kept = {one.kind: one for one in Pager.objects.all()}
    proposed = {PagerKind.PAGERDUTY.value: outside.PAGERDUTY}
    found = []
    for kind, label in PagerKind.choices:
        address = kept[kind].address if kind in kept else proposed.get(kind, "")
        form = PagerForm(initial={"kind": kind, "address": address})
        found.append((kind, str(label), kept.get(kind), wrong if wrong and wrong.data.get("kind") == kind else form))
    return found


@require_POST
@needs(MANAGE)
def keep_pager(request: HttpRequest) -> HttpResponse:
    """Keep a service that rings as well, or, by an empty address, no more; 422 with what is wrong."""
    form = PagerForm(request.POST)
    if not form.is_valid():
        return _settings(request, pager_form=form, status=422)
    said = form.cleaned_data
    actions.keep_pager(PagerKind(said["kind"]), address=said["address"], secret=said["secret"], by=person(request))
    messages.success(request, _("Kept."))
    return redirect("paging:settings")


@require_POST
@needs(MANAGE)
def try_pager(request: HttpRequest, pk: int) -> HttpResponse:
    """Ring there now."""
    pager = get_object_or_404(Pager, pk=pk)
    try:
        actions.try_pager(pager)
    except ChannelError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("It took the trial. It rings there now."))
    return redirect("paging:settings")
