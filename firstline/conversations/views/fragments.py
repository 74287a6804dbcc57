"""Parts of the desk that open pages fetch when something has changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstline.accounts.doors import person
from firstline.conversations.views import panels, rail, rows
from firstline.conversations.views import timeline as timelines
from firstline.conversations.views.common import permitted, saved_view, view_name, visible
from firstline.conversations.views.header import header


@require_safe
@permitted("conversations.view")
def counts(request: HttpRequest) -> HttpResponse:
    """The rail's views with their counters."""
    user = person(request)
    context = {
        "counts": rail.counts(user),
        "saved_views": rail.saved_views(user),
        "view": request.GET.get("view", ""),
    }
    return render(request, "core/parts/rail_views.html", context)


@require_safe
@permitted("conversations.view")
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of a view; 204 when the conversation does not stand in it (any more), 404 when it is not theirs."""
    view = view_name(request)
    found = rows.one(person(request), view, pk, saved=saved_view(view, person(request)))
    if found is None:
        visible(request, pk)
        return HttpResponse(status=204)
    return render(request, "conversations/parts/row.html", {"row": found, "view": view})


@require_safe
@permitted("conversations.view")
def fresh(request: HttpRequest, pk: int) -> HttpResponse:
    """All that may have moved in an open conversation: header, timeline and panels, in one answer."""
    conversation = visible(request, pk)
    context = {
        "conversation": conversation,
        "view": view_name(request, conversation),
        "timeline": timelines.build(conversation, person(request), whole=request.GET.get("from") == "all"),
        **panels.shown(conversation, person(request)),
        **header(request, conversation),
    }
    return render(request, "conversations/parts/fresh.html", context)
