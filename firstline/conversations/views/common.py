"""What every view of the desk shares: who may come in, which conversation is meant, how an action answers."""

import functools
import json
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.conversations import queries
from firstline.conversations.models import OURS, VIEW_FILTERS, Conversation, SavedView, Status
from firstline.conversations.views import prepared
from firstline.conversations.views.prepared import Statement

SAVED = re.compile(r"v-[1-9][0-9]{0,17}")
View = Callable[..., HttpResponseBase]


def permitted(permission: str) -> Callable[[View], View]:
    """For signed-in people who hold the permission (`accounts.doors.needs`), with times in their browser's zone."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def in_zone(request: HttpRequest, *args: int | str, **kwargs: int | str) -> HttpResponseBase:
            with timezone.override(zone(request)):
                return view(request, *args, **kwargs)

        return needs(permission)(in_zone)

    return decorate


def zone(request: HttpRequest) -> ZoneInfo:
    """The time zone that the person's browser has told us by a cookie; UTC for one that does not exist."""
    try:
        return ZoneInfo(request.COOKIES.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def visible(request: HttpRequest, pk: int) -> Conversation:
    """The conversation with everything its page shows, if this person may see it; 404 else.

    A page that only shows reads it once for all its panels; whoever changes it reads it anew.
    """
    user = person(request)
    known = queries.remembered(user, pk) if request.method == "GET" else None
    if known is not None:
        return known
    if not _seen_statement(len(user.team_ids)).run(user, {prepared.ITSELF: pk}):
        raise Http404
    conversation = get_object_or_404(Conversation.objects.for_list(), pk=pk)
    if conversation.merged_into_id is not None:  # a page that was opened before: what it does goes where all went
        return visible(request, conversation.merged_into_id)
    queries.remember(user, conversation)
    return conversation


@functools.cache
def _seen_statement(teams: int) -> Statement:
    seen = Conversation.objects.visible_to(prepared.somebody(teams)).filter(pk=prepared.ITSELF).values_list("pk")
    sql, parameters = seen.query.sql_with_params()
    return Statement(sql, tuple(parameters))


def saved_view(view: str, user: User) -> SavedView | None:
    """The saved view of this word, if the person may see it; None for the desk's own. Raises Http404 for any other."""
    if view in VIEW_FILTERS:
        return None
    if not SAVED.fullmatch(view):
        raise Http404
    return get_object_or_404(SavedView.objects.visible_to(user), pk=int(view[2:]))


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def wants(request: HttpRequest, *targets: str) -> bool:
    """Whether htmx asks for the content of one of these elements."""
    return is_htmx(request) and request.headers.get("HX-Target") in targets


def view_name(request: HttpRequest, conversation: Conversation | None = None) -> str:
    """The desk view that the page stands in, by its form or query; else the one where the conversation is found."""
    asked = request.POST.get("view") or request.GET.get("view") or ""
    if asked in VIEW_FILTERS or SAVED.fullmatch(asked):
        return asked
    return home_view(conversation, person(request)) if conversation else "mine"


def home_view(conversation: Conversation, user: User) -> str:
    """The view in which a person finds this conversation."""
    if conversation.status == Status.SPAM:
        return "spam"
    if conversation.is_resolved:
        return "resolved"
    if conversation.assignee_id == user.pk:
        return "mine"
    if conversation.status in OURS:
        return "open" if conversation.assignee_id else "unassigned"
    return str(conversation.status).replace("_", "-")


def page_url(view: str, conversation: Conversation) -> str:
    """Address of a conversation within a view."""
    return reverse("conversations:detail", args=[view, conversation.pk])


def back(request: HttpRequest, conversation: Conversation, *, strand: int | None = None) -> HttpResponse:
    """To the conversation's page after a plain form; its composer answers on `strand`."""
    url = page_url(view_name(request, conversation), conversation)
    return HttpResponseRedirect(f"{url}?strand={strand}" if strand else url, status=303)


def changed(request: HttpRequest, response: HttpResponse, conversation: Conversation, *, say: str = "") -> HttpResponse:
    """Tell the page's other parts that this conversation is not what it was."""
    triggers: dict[str, Any] = {"firstline:changed": {"conversation": conversation.pk}}
    if say:
        triggers["firstline:say"] = say
    response.headers["HX-Trigger"] = json.dumps(triggers)
    return response


def fragment(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A rendered fragment."""
    return render(request, template, context, status=status)
