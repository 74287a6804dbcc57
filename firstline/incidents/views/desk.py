"""The desk's pages: all incidents, one of them, and its place beside a conversation."""

import functools
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import person
from firstline.conversations.models import Conversation
from firstline.conversations.views.common import View, permitted, visible
from firstline.core import clock
from firstline.incidents import queries, rules
from firstline.incidents.actions import declaring
from firstline.incidents.forms import DeclareForm, LessonsForm, UpdateForm
from firstline.incidents.models import Belonging, Incident, Phase

MANAGE = "incidents.manage"


def refusals(view: View) -> View:
    """What an action refuses is said on the incident's page, as it stands now."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: int, **kwargs: int) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)  # type: ignore[return-value]  # our views return whole responses
        except declaring.Refused as refused:
            messages.error(request, str(refused))
            return redirect("incidents:incident", kwargs.get("pk") or args[0])

    return guarded


def find(request: HttpRequest, pk: int) -> Incident:
    """The incident, if this person may see it; 404 else."""
    return get_object_or_404(Incident.objects.visible_to(person(request)), pk=pk)


@require_GET
@permitted("conversations.view")
def index(request: HttpRequest) -> HttpResponse:
    """What was noticed, what goes on, and what is over."""
    context = {"place": "incidents", "memory": queries.memory(), **queries.lists(person(request))}
    return render(request, "incidents/index.html", context)


@require_GET
@permitted("conversations.view")
def rail(request: HttpRequest) -> HttpResponse:
    """The rail's line with how many there are to look at."""
    context = {"concerning": queries.concerning(person(request)), "place": request.GET.get("place", "")}
    return render(request, "incidents/rail.html", context)


@require_GET
@permitted("conversations.view")
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident: the next update first, then who is in it, and what happened."""
    return page(request, find(request, pk))


def page(request: HttpRequest, found: Incident, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of an incident, with forms as they were filled in."""
    user, now = person(request), clock.now()
    rows, hidden = queries.people(found, user)
    attached = [one for one in rows if one.row.state == Belonging.ATTACHED]
    context = {
        "place": "incidents",
        "incident": found,
        "attached": attached,
        "offered": [one for one in rows if one.row.state == Belonging.OFFERED],
        "hidden": hidden,
        "public_count": sum(one.conversation.inbox.channel not in {"email", "web"} for one in attached),
        "phases": queries.phases(found),
        "updates": found.updates.select_related("by").order_by("-pk"),
        "telling": found.tellings.filter(begun_at=None, cancelled_at=None).first(),
        "reports": queries.reports(found, now),
        "foresight": queries.foresight(found),
        "story": queries.story(found),
        "paused": queries.paused(found),
        "is_late": found.next_update_at is not None and found.next_update_at < now,
        "is_due_soon": found.next_update_at is not None and found.next_update_at < now + rules.SOON,
        "update_form": UpdateForm(incident=found),
        "declare_form": DeclareForm(incident=found, initial={"title": found.title}),
        "lessons_form": LessonsForm(initial={"lessons": found.lessons}),
        **forms,
    }
    return render(request, "incidents/incident.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(MANAGE)
def declare(request: HttpRequest) -> HttpResponse:
    """Declare what nobody noticed for us; `conversation` is what it began with."""
    user = person(request)
    number = (request.POST.get("conversation") or request.GET.get("conversation") or "").strip().removeprefix("#")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    begun = list(Conversation.objects.visible_to(user).filter(pk=int(number) if is_number else 0))
    form = DeclareForm(request.POST or None, initial={"title": begun[0].subject[:160] if begun else ""})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "begun": begun[0] if begun else None, "place": "incidents"}
        return render(request, "incidents/declare.html", context, status=422 if form.is_bound else 200)
    made = declaring.declare(form.cleaned_data["title"], by=user, affected=form.affected, conversations=begun)
    return redirect("incidents:incident", made.pk)


@require_POST
@permitted(MANAGE)
@refusals
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What was noticed is an incident; 422 with what is wrong."""
    found = find(request, pk)
    form = DeclareForm(request.POST, incident=found)
    if not form.is_valid():
        return page(request, found, status=422, declare_form=form)
    declaring.declare(form.cleaned_data["title"], by=person(request), affected=form.affected, suspected=found)
    messages.success(request, _("Declared. Now tell the public what you know, even when it is little."))
    return redirect("incidents:incident", pk)


@require_POST
@permitted(MANAGE)
@refusals
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """What was noticed is none."""
    declaring.dismiss(find(request, pk), by=person(request))
    messages.success(request, _("Not an incident. The conversations go on one by one."))
    return redirect("incidents:index")


@require_POST
@permitted(MANAGE)
@refusals
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an update; with `tell`, go on to what everybody in it is told."""
    found = find(request, pk)
    form = UpdateForm(request.POST, incident=found)
    if not form.is_valid():
        return page(request, found, status=422, update_form=form)
    said = form.cleaned_data
    declaring.publish(
        found,
        by=person(request),
        text=said["text"],
        phase=said["phase"],
        minutes=said["minutes"],
        affected=form.affected,
    )
    messages.success(request, _("Published on the status page."))
    return redirect("incidents:tell" if said["tell"] else "incidents:incident", pk)


@require_POST
@permitted(MANAGE)
@refusals
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in the conversations named by `conversation`, or (`all`) everything that looks alike."""
    found, user = find(request, pk), person(request)
    if not declaring.is_open(found):
        raise declaring.Refused(_("It is over: nothing can be put into it any more."))
    seen = Conversation.objects.visible_to(user)
    named = [one.strip().removeprefix("#") for one in request.POST.getlist("conversation")]
    numbers = [int(one) for one in named if one.isascii() and one.isdecimal() and len(one) < 19]
    if request.POST.get("all"):
        offered = found.attached.filter(state=Belonging.OFFERED)
        numbers += offered.values_list("conversation", flat=True)
    count = declaring.attach(found, list(seen.filter(pk__in=numbers)), by=user)
    said = ngettext("%(n)d conversation is in it now.", "%(n)d conversations are in it now.", count)
    messages.success(request, said % {"n": count})
    return redirect("incidents:incident", pk)


@require_POST
@permitted(MANAGE)
def detach(request: HttpRequest, pk: int, conversation: int) -> HttpResponse:
    """It is something else."""
    found = find(request, pk)
    mine = get_object_or_404(Conversation.objects.visible_to(person(request)), pk=conversation)
    declaring.detach(found, mine, by=person(request))
    messages.success(request, _("#%(number)d is not in it any more.") % {"number": conversation})
    return redirect("incidents:incident", pk)


@require_POST
@permitted(MANAGE)
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the desk knows so far."""
    found = find(request, pk)
    declaring.keep_facts(found, request.POST.get("facts", "")[:4000])
    messages.success(request, _("Kept."))
    return redirect("incidents:incident", pk)


@require_POST
@permitted(MANAGE)
@refusals
def lessons(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what was learned."""
    found = find(request, pk)
    form = LessonsForm(request.POST)
    if not form.is_valid():
        return page(request, found, status=422, lessons_form=form)
    declaring.look_back(found, form.cleaned_data["lessons"], by=person(request))
    messages.success(request, _("Published with the incident."))
    return redirect("incidents:incident", pk)


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Beside a conversation: the incident that it is in, or looks like."""
    conversation = visible(request, pk)
    row = queries.of_conversation(conversation)
    if row is None:
        return HttpResponse(status=204)
    newest = row.incident.updates.order_by("-pk").first()
    is_suspected = row.incident.phase == Phase.SUSPECTED
    context = {"row": row, "incident": row.incident, "conversation": conversation, "newest": newest}
    return render(request, "incidents/panel.html", {**context, "is_suspected": is_suspected})
