"""One's shift: hours, away, and the end of it; and the hand-over beside a conversation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations.views.common import permitted, visible
from firstline.core import clock
from firstline.shifts import actions, queries
from firstline.shifts.forms import AwayForm, HandOverForm
from firstline.shifts.models import Rhythm
from firstline.sla.forms import CalendarForm
from firstline.sla.models import Calendar


@require_GET
@permitted("conversations.view")
def shift(request: HttpRequest) -> HttpResponse:
    """What stands on one's desk, ready to be handed over."""
    return _page(request)


@require_POST
@permitted("conversations.assign")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand everything that is ticked to a colleague or back to the team; 422 with what is wrong."""
    user = person(request)
    desk = queries.on_desk(user)
    everything = [one for part in desk.values() for one in part]
    form = HandOverForm(request.POST, mine=[one.pk for one in everything], people=_colleagues(user))
    if not form.is_valid():
        return _page(request, hand_form=form, status=422)
    chosen = {int(pk) for pk in form.cleaned_data["conversations"]}
    found = [one for one in everything if one.pk in chosen]
    count = actions.end_shift(found, by=user, to=form.chosen, words=form.cleaned_data["words"])
    said = ngettext("%(n)d conversation handed over.", "%(n)d conversations handed over.", count)
    messages.success(request, said % {"n": count})
    return redirect("shifts:shift")


@require_POST
@permitted("conversations.view")
def away(request: HttpRequest) -> HttpResponse:
    """Away until a moment, or back; 422 with what is wrong."""
    form = AwayForm(request.POST)
    if not form.is_valid():
        return _page(request, away_form=form, status=422)
    until = form.cleaned_data["until"]
    actions.go_away(person(request), until)
    messages.success(request, _("Rest well. What waits on you is the team’s.") if until else _("Welcome back."))
    return redirect("shifts:shift")


@require_POST
@permitted("conversations.view")
def hours(request: HttpRequest) -> HttpResponse:
    """One's own working hours; all days empty means whenever the desk works."""
    form = CalendarForm(request.POST, may_be_empty=True)
    if not form.is_valid():
        return _page(request, hours_form=form, status=422)
    actions.keep_hours(person(request), zone=form.cleaned_data["zone"], week=form.cleaned_data["week"])
    messages.success(request, _("Kept."))
    return redirect("shifts:shift")


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The last hand-over in two lines, until somebody has answered."""
    conversation = visible(request, pk)
    found = queries.newest(conversation) if conversation.is_ours else None
    if found is None:
        return HttpResponse(status=204)
    return render(request, "shifts/panel.html", {"one": found, "conversation": conversation})


def _colleagues(user: User) -> list[User]:
    people = (
        User.objects.filter(is_active=True, teams__in=user.team_ids).exclude(pk=user.pk).distinct().order_by("name")
    )
    return [one for one in queries.present(list(people)) if one.can("conversations.view")]


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = person(request)
    rhythm = Rhythm.objects.filter(user=user).first() or Rhythm(user=user)
    own = Calendar(zone=rhythm.zone, week=rhythm.week or [[]] * 7)
    context = {
        "place": "shift",
        "desk": queries.on_desk(user),
        "people": _colleagues(user),
        "rhythm": rhythm,
        "is_away": rhythm.away_until is not None and rhythm.away_until > clock.now(),
        "hours_form": CalendarForm(calendar=own),
        **forms,
    }
    return render(request, "shifts/shift.html", context, status=status)
