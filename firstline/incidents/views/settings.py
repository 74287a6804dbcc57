"""Components, what is promised of them, and the monitors that may call."""

from typing import Any

from django.conf import settings as desk
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.incidents import queries
from firstline.incidents.actions import monitors, naming
from firstline.incidents.forms import ComponentForm, MonitorForm
from firstline.incidents.models import Component, Monitor

MOST_BYTES = 256 * 1024


@require_GET
@needs("clocks.manage")
def index(request: HttpRequest) -> HttpResponse:
    """Everything at once, with a form to add one."""
    return _page(request)


@require_POST
@needs("clocks.manage")
def component(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Add a component, or change the one named; 422 with what is wrong."""
    found = get_object_or_404(Component, pk=pk) if pk else None
    form = ComponentForm(request.POST, instance=found)
    if not form.is_valid():
        return _page(request, status=422, form=form, editing=found)
    naming.keep_component(form.instance, by=person(request))
    messages.success(request, _("Kept."))
    return redirect("incidents:settings")


@require_POST
@needs("clocks.manage")
def drop_component(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a component off the page, with what was measured of it."""
    naming.drop_component(get_object_or_404(Component, pk=pk), by=person(request))
    messages.success(request, _("It is off the page."))
    return redirect("incidents:settings")


@require_POST
@needs("clocks.manage")
def monitor(request: HttpRequest) -> HttpResponse:
    """Let a monitor call; its secret is shown this once."""
    form = MonitorForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, monitor_form=form)
    made, secret = monitors.add(form.cleaned_data["name"], by=person(request))
    address = desk.BASE_URL + reverse("incidents:alarm", args=[made.name])
    return _page(request, made=made, secret=secret, address=address)


@require_POST
@needs("clocks.manage")
def drop_monitor(request: HttpRequest, pk: int) -> HttpResponse:
    """It may not call any more."""
    naming.drop_monitor(get_object_or_404(Monitor, pk=pk), by=person(request))
    messages.success(request, _("It can’t call any more."))
    return redirect("incidents:settings")


@csrf_exempt
@require_POST
def alarm(request: HttpRequest, name: str) -> HttpResponse:
    """A monitor calls: 202 for what was kept, 401 for what it did not sign, 404 for one that nobody knows."""
    found = get_object_or_404(Monitor, name=name)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return JsonResponse({"error": "At most 256 kB, with their length."}, status=413)
    try:
        monitors.check(found, {name.lower(): value for name, value in request.headers.items()}, request.body)
    except monitors.BadCall as refused:
        return JsonResponse({"error": str(refused)}, status=401)
    try:
        alarms = monitors.read(request.body)
    except monitors.BadCall as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    monitors.take(found, alarms)
    return JsonResponse({"kept": len(alarms)}, status=202)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "place": "settings",
        "states": queries.now_status().components,
        "monitors": Monitor.objects.order_by("name"),
        "form": ComponentForm(),
        "forms": [(one, ComponentForm(instance=one, prefix="")) for one in Component.objects.all()],
        "monitor_form": MonitorForm(),
        **more,
    }
    return render(request, "incidents/settings.html", context, status=status)
