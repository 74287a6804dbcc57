"""The bell, its page, and how one wants to be told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.conversations.views.common import permitted
from firstline.core import webpush
from firstline.notifications import actions, letters, queries
from firstline.notifications.forms import ChoicesForm
from firstline.notifications.models import Notification, PushTarget, Why

ICONS = {
    Why.ASSIGNED: "user",
    Why.MENTIONED: "at-sign",
    Why.ANSWERED: "mail",
    Why.NOTED: "file-text",
    Why.FAILED: "mail-x",
    Why.DUE: "clock",
    Why.MISSED: "triangle-alert",
    Why.EYES: "eye",
    Why.SEEN: "check-check",
    Why.INCIDENT: "activity",
    Why.UPDATE_DUE: "alarm-clock",
}


@require_GET
@needs("conversations.view")
def bell(request: HttpRequest) -> HttpResponse:
    """The rail's line with the number of unread things."""
    count = queries.unread_count(person(request))
    return render(request, "notifications/bell.html", {"unread": count, "place": request.GET.get("place", "")})


@require_GET
@permitted("conversations.view")
def index(request: HttpRequest) -> HttpResponse:
    """What happened to one's work, newest first."""
    rows = [
        (
            one,
            letters.said(one.notification, one.who),
            letters.title(one.notification.conversation),
            ICONS[Why(one.notification.why)],
        )
        for one in queries.news(person(request))
    ]
    unread = sum(one.unread for one, *_rest in rows)
    return render(request, "notifications/index.html", {"rows": rows, "unread": unread, "place": "notifications"})


@require_POST
@needs("conversations.view")
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """To the conversation; the news counts as read."""
    found = get_object_or_404(Notification.objects.of(person(request)), pk=pk)
    actions.read(found)
    return redirect("conversations:permalink", found.conversation_id)


@require_POST
@needs("conversations.view")
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything counts as read."""
    actions.read_all(person(request))
    return redirect("notifications:index")


@require_http_methods(["GET", "POST"])
@needs("conversations.view")
def settings_page(request: HttpRequest) -> HttpResponse:
    """How one wants to be told; 422 with what is wrong."""
    user = person(request)
    if request.method == "POST":
        form = ChoicesForm(request.POST)
        if form.is_valid():
            actions.choose(user, form.choices)
            messages.success(request, _("Kept. It holds for what happens from now on."))
            return redirect("notifications:settings")
    else:
        form = ChoicesForm(choices={why: choice for (_pk, why), choice in queries.choices([user]).items()})
    targets = PushTarget.objects.filter(user=user).order_by("pk")
    context = {"form": form, "place": "settings", "targets": targets, "push_key": webpush.public_key()}
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)
