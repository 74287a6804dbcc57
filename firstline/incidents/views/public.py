"""What everybody may read: how the service is, what happened, and what was measured. Nobody gets a session here."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from firstline.core import clock
from firstline.incidents import publishing, queries
from firstline.incidents.models import PUBLIC, Incident

KEPT_SECONDS = 15


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The state now."""
    return render(request, "incidents/status.html", {"status": queries.status(clock.now())})


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """A year of incidents."""
    return render(request, "incidents/history.html", {"incidents": queries.history(clock.now())})


@require_safe
def incident(request: HttpRequest, pk: int) -> HttpResponse:
    """One incident with everything the public was told of it."""
    found = get_object_or_404(Incident.objects.filter(phase__in=PUBLIC), pk=pk)
    context = {"incident": found, "updates": found.updates.order_by("-pk"), "phases": queries.phases(found)}
    return render(request, "incidents/public.html", context)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The state as JSON, for anybody's own page."""
    response = JsonResponse(publishing.as_json(queries.status(clock.now())))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return _kept(response)


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """Every update as a feed."""
    return _kept(HttpResponse(publishing.as_atom(), content_type="application/atom+xml; charset=utf-8"))


def _kept(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
