"""Settings › Clocks, and the clock beside a conversation."""

from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.conversations.models import Conversation
from firstline.conversations.views.common import back, changed, is_htmx, permitted, visible
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.sla import actions, queries
from firstline.sla.forms import CalendarForm, PauseForm, TargetsForm
from firstline.sla.models import Reason


@require_GET
@needs("clocks.manage")
def settings_page(request: HttpRequest) -> HttpResponse:
    """The calendar, and what is promised: everywhere, or in the inbox that `inbox` names."""
    return _page(request, _inbox(request))


@require_POST
@needs("clocks.manage")
def save_calendar(request: HttpRequest) -> HttpResponse:
    """Keep zone and hours; 422 with what is wrong."""
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _page(request, None, calendar_form=form, status=422)
    actions.save_calendar(zone=form.cleaned_data["zone"], week=form.cleaned_data["week"], by=person(request))
    messages.success(request, _("Kept. Every clock is being set by the new hours."))
    return redirect("sla:settings")


@require_POST
@needs("clocks.manage")
def save_targets(request: HttpRequest) -> HttpResponse:
    """Keep what is promised; 422 with what is wrong."""
    inbox = _inbox(request)
    form = TargetsForm(request.POST)
    if not form.is_valid():
        return _page(request, inbox, targets_form=form, status=422)
    is_kept = inbox is None or form.cleaned_data["own"]
    actions.save_targets(inbox, form.cleaned_data["promised"] if is_kept else None, by=person(request))
    messages.success(request, _("Kept. Lists now start with what is due first."))
    response = redirect("sla:settings")
    if inbox is not None:
        response.headers["Location"] += f"?inbox={inbox.name}"
    return response


def _inbox(request: HttpRequest) -> Inbox | None:
    name = request.POST.get("inbox") or request.GET.get("inbox")
    return get_object_or_404(Inbox.objects.all(), name=name) if name else None


def _page(request: HttpRequest, inbox: Inbox | None, *, status: int = 200, **forms: Any) -> HttpResponse:
    table = queries.promised()
    context = {
        "place": "settings",
        "inbox": inbox,
        "inboxes": Inbox.objects.filter(is_active=True).order_by("name"),
        "own": {key[0] for key in table},
        "is_promised": bool(table),
        "zones": sorted(available_timezones()),
        "calendar_form": CalendarForm(calendar=queries.calendar()),
        "targets_form": TargetsForm(table=table, inbox=inbox.pk if inbox else None),
        **forms,
    }
    return render(request, "sla/settings.html", context, status=status)


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Until when an answer is promised, and what can be done about it; nothing when nothing is promised."""
    return _panel(request, visible(request, pk))


@require_POST
@permitted("conversations.resolve")
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the clock stand still; 400 without a reason."""
    conversation = visible(request, pk)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Say why."), status=400)
    actions.pause(conversation, form.cleaned_data["reason"], by=person(request))
    return _changed(request, conversation, _("The clock stands still."))


@require_POST
@permitted("conversations.resolve")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the clock go on."""
    conversation = visible(request, pk)
    actions.resume(conversation, by=person(request))
    return _changed(request, conversation, _("The clock goes on."))


def _changed(request: HttpRequest, conversation: Conversation, say: str) -> HttpResponse:
    if not is_htmx(request):
        return back(request, conversation)
    fresh = get_object_or_404(Conversation.objects.visible_to(person(request)).for_list(), pk=conversation.pk)
    return changed(request, _panel(request, fresh), fresh, say=say)


def _panel(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    is_running = conversation.is_ours and conversation.due_at is not None
    may_be_paused = conversation.is_ours and not is_running and conversation.sort_at != conversation.waiting_since
    paused = queries.pause_of(conversation) if may_be_paused else None
    if not is_running and paused is None:
        return HttpResponse(status=204)
    context = {
        "conversation": conversation,
        "pause": paused,
        "reasons": Reason.choices,
        "is_late": is_running and conversation.due_at is not None and conversation.due_at <= clock.now(),
        "is_first": conversation.first_response_at is None,
    }
    return render(request, "sla/panel.html", context)
