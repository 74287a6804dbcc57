"""Views that people keep, and how they like their desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations.actions import presence, viewing
from firstline.conversations.forms import HabitForm, SavedViewForm
from firstline.conversations.models import SavedView
from firstline.conversations.models.work import every_column
from firstline.conversations.views.common import back, is_htmx, permitted, visible
from firstline.inboxes.models import Inbox

FILTERS = ("status", "assignee", "tag", "inbox", "priority", "words")
FIELDS = ("name", "audience", "newest_first", "group", "columns")


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("conversations.view")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a view of one's own; 422 with sentences when it can't be kept, 404 for somebody else's."""
    user = person(request)
    view = get_object_or_404(SavedView.objects.changeable_by(user), pk=pk) if pk is not None else None
    inboxes = [(str(one.pk), one.name) for one in Inbox.objects.visible_to(user).order_by("name")]
    form = SavedViewForm(request.POST or None, inboxes=inboxes, initial=_initial(view))
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(view, form.cleaned_data, user)
        except viewing.ViewRefused as refused:
            form.add_error("audience", str(refused))
        else:
            return HttpResponseRedirect(reverse("conversations:list", args=[saved.slug]), status=303)
    context = {
        "form": form,
        "saved": view,
        "mine": SavedView.objects.changeable_by(user),
        "place": "views",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "conversations/saved_view.html", context, status=status)


def _initial(view: SavedView | None) -> dict[str, Any]:
    if view is None:
        return {"columns": every_column()}
    initial: dict[str, Any] = {name: getattr(view, name) for name in FIELDS}
    return {**initial, **view.filters}


def _save(view: SavedView | None, cleaned: dict[str, Any], user: User) -> SavedView:
    filters = {name: cleaned[name] for name in FILTERS if cleaned[name]}
    return viewing.save_view(view, by=user, filters=filters, **{name: cleaned[name] for name in FIELDS})


@require_POST
@permitted("conversations.view")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a view of one's own out of every rail."""
    viewing.delete_view(get_object_or_404(SavedView.objects.changeable_by(person(request)), pk=pk))
    return HttpResponseRedirect(reverse("conversations:list", args=["mine"]), status=303)


@require_POST
@permitted("conversations.view")
def habit(request: HttpRequest) -> HttpResponse:
    """Remember where a sent reply leads, or how wide a pane is."""
    form = HabitForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(" ".join(str(one) for errors in form.errors.values() for one in errors))
    viewing.set_habit(by=person(request), **{key: value for key, value in form.cleaned_data.items() if value})
    return HttpResponse(status=204) if is_htmx(request) else HttpResponseRedirect("/", status=303)


@require_POST
@permitted("conversations.view")
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """Say to the other open pages that the person looks at the conversation, writes in it, or has left."""
    conversation = visible(request, pk)
    state = request.POST.get("state", "")
    if state not in presence.STATES:
        return HttpResponseBadRequest("state")
    presence.announce(conversation, state, by=person(request))
    return HttpResponse(status=204) if is_htmx(request) else back(request, conversation)
