"""The desk's pages: a view's list, and a conversation in it. Nothing is changed here."""

import functools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations import queries
from firstline.conversations.models import NEWEST_FIRST, Conversation, DraftMode, SavedView
from firstline.conversations.views import composer as composing
from firstline.conversations.views import panels, prepared, rail, rows
from firstline.conversations.views import timeline as timelines
from firstline.conversations.views.common import home_view, page_url, permitted, saved_view, visible, wants
from firstline.conversations.views.header import header
from firstline.conversations.views.prepared import Statement

EMPTY = {
    "mine": (_("Nobody is waiting."), _("Every conversation of yours has an answer. Tea?")),
    "unassigned": (_("Nothing without an owner."), _("Every conversation has somebody who looks after it.")),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the person's own conversations; who may not see any goes to the settings."""
    if isinstance(request.user, User) and not request.user.can("conversations.view"):
        return redirect("inboxes:first_run")
    return redirect("conversations:list", "mine")


@require_safe
@permitted("conversations.view")
def list_view(request: HttpRequest, view: str) -> HttpResponse:
    """A view's list with an empty conversation pane; for htmx the rows after a cursor only."""
    saved = saved_view(view, person(request))
    page = rows.page(person(request), view, request.GET.get("after", ""), saved=saved)
    context = {"view": view, "page": page, **about(view, saved)}
    if wants(request, "rows", "rows-more"):
        return render(request, "conversations/parts/rows.html", {**context, **empty(view)})
    return render(request, "conversations/desk.html", {**context, **frame(request, view), "pane": "list"})


@require_safe
@permitted("conversations.view")
def detail(request: HttpRequest, view: str, pk: int) -> HttpResponse:
    """A conversation beside the list of its view; for htmx the conversation only."""
    saved_view(view, person(request))
    conversation = visible(request, pk)
    if conversation.pk != pk:
        return HttpResponseRedirect(page_url(view, conversation))
    return show(request, view, conversation)


@require_safe
@permitted("conversations.view")
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """A conversation wherever it stands now; merged ones lead to what they were merged into."""
    conversation = visible(request, pk)
    return HttpResponseRedirect(page_url(home_view(conversation, person(request)), conversation))


def about(view: str, saved: SavedView | None) -> dict[str, Any]:
    """What the list's head says, and how its rows are ordered."""
    if saved is not None:
        return {"title": saved.name, "saved": saved, "newest_first": saved.newest_first}
    return {"title": rail.TITLES[view], "saved": None, "newest_first": view in NEWEST_FIRST}


def frame(request: HttpRequest, view: str) -> dict[str, Any]:
    """What the page around list and conversation shows."""
    counts = rail.counts(person(request))
    views = [(key, name, counts.get(key.replace("-", "_"), "")) for key, name in rail.TITLES.items()]
    saved = rail.saved_views(person(request))
    return {
        "counts": counts,
        "views": views,
        "saved_views": saved,
        "habit": queries.habit(person(request)),
        **empty(view),
    }


def empty(view: str) -> dict[str, Any]:
    """What an empty view says."""
    title, text = EMPTY.get(view, (_("Nothing here."), _("Conversations come and go; this view is empty now.")))
    return {"empty_title": title, "empty_text": text}


def show(
    request: HttpRequest,
    view: str,
    conversation: Conversation,
    *,
    composer: composing.Composer | None = None,
    status: int = 200,
) -> HttpResponse:
    """The conversation's page, or its panes for htmx; with a composer that was refused if there is one."""
    context = opened(request, view, conversation, composer)
    if wants(request, "open"):
        response = render(request, "conversations/parts/open.html", context, status=status)
        # A live update may have replaced the row that was clicked, and with it what it inherited from the list.
        response.headers["HX-Reswap"] = "outerHTML show:none"
        return response
    saved = saved_view(view, person(request))
    page = rows.page(person(request), view, saved=saved)
    page_context = {"page": page, "pane": "talk", **about(view, saved), **frame(request, view)}
    return render(request, "conversations/desk.html", {**context, **page_context}, status=status)


def opened(
    request: HttpRequest, view: str, conversation: Conversation, composer: composing.Composer | None = None
) -> dict[str, Any]:
    """Everything that the conversation's panes show."""
    user = person(request)
    timeline = timelines.build(conversation, user, whole=request.GET.get("from") == "all")
    mode = (
        DraftMode.NOTE if request.GET.get("mode") == "note" or not user.can("conversations.reply") else DraftMode.REPLY
    )
    composer = composer or composing.answering(
        request, conversation, user, timeline.heard, mode=mode, seen=timeline.newest_id
    )
    return {
        "view": view,
        "conversation": conversation,
        "timeline": timeline,
        "composer": composer,
        **panels.shown(conversation, user),
        "identities": list(conversation.contact.identities.all()[:5]),
        "earlier": _earlier(conversation, user),
        **header(request, conversation),
    }


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another conversation with the same contact."""

    pk: int
    subject: str
    last_message_at: datetime


def _earlier(conversation: Conversation, user: User) -> list[Earlier]:
    """Other conversations with this contact, newest first."""
    given = {prepared.CONTACT: conversation.contact_id, prepared.ITSELF: conversation.pk}
    return [Earlier(*row) for row in _earlier_statement(len(user.team_ids)).run(user, given)]


@functools.cache
def _earlier_statement(teams: int) -> Statement:
    others = Conversation.objects.visible_to(prepared.somebody(teams)).filter(contact=prepared.CONTACT)
    newest = others.exclude(pk=prepared.ITSELF).order_by("-pk").values_list("pk", "subject", "last_message_at")[:6]
    sql, parameters = newest.query.sql_with_params()
    return Statement(sql, tuple(parameters))
