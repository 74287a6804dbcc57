"""Beside a conversation: where the same person asks the same thing, each signal shown, and what to do about it."""

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.conversations import queries as conversations
from firstline.conversations.actions import merging
from firstline.conversations.models import Conversation
from firstline.handles import actions, queries
from firstline.handles.models import Elsewhere

VERBS = ("link", "one", "dismiss")


@require_safe
@needs("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Already open elsewhere", or nothing."""
    conversation = conversations.seen(person(request), pk)
    if conversation is None:
        raise Http404
    return render(request, "handles/panel.html", _context(request, conversation))


@require_safe
@needs("conversations.view")
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The same in a line within the conversation, while both are open."""
    conversation = conversations.seen(person(request), pk)
    if conversation is None:
        raise Http404
    pairs = [one for one in queries.shown_elsewhere(conversation, person(request)) if one.is_open]
    return render(request, "handles/notice.html", {"pairs": pairs})


@require_POST
@needs("conversations.tag")
def settle(request: HttpRequest, pk: int, pair: int, verb: str) -> HttpResponse:
    """Side by side, one conversation, or not the same. 400 with a sentence when they can't become one."""
    user = person(request)
    conversation = conversations.seen(user, pk)
    if conversation is None or verb not in VERBS:
        raise Http404
    found = get_object_or_404(Elsewhere, pk__in=[one.pk for one in queries.open_elsewhere(conversation, user)], pk=pair)
    said = {"link": _("Linked side by side"), "one": _("One conversation now"), "dismiss": _("Not shown again")}[verb]
    try:
        if verb == "link":
            actions.link_side_by_side(found, by=user)
        elif verb == "one":
            actions.make_one(found, into=conversation, by=user)
        else:
            actions.dismiss(found, by=user)
    except merging.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    if request.headers.get("HX-Request") != "true":
        return redirect(reverse("conversations:permalink", args=[conversation.pk]))
    response = render(request, "handles/panel.html", _context(request, conversation))
    changed = {"firstline:changed": {"conversation": conversation.pk}, "firstline:say": said}
    response.headers["HX-Trigger"] = json.dumps(changed)
    return response


def _context(request: HttpRequest, conversation: Conversation) -> dict[str, object]:
    shown = queries.shown_elsewhere(conversation, person(request))
    return {"conversation": conversation, "pairs": shown}
