"""The wall, what stands beside a conversation, one's own week, and the way out of letters."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.conversations.views.common import permitted, visible
from firstline.core import clock, tokens
from firstline.thanks import actions, exporting, own_week, queries
from firstline.thanks.models import Praise
from firstline.thanks.own_week import Week

EARLIEST = date(2020, 1, 1)


@require_GET
@permitted("conversations.view")
def wall(request: HttpRequest) -> HttpResponse:
    """What people thanked us for, newest first."""
    user, mine = person(request), request.GET.get("mine") == "1"
    since = clock.now() - timedelta(days=28)
    cards = queries.wall(user, mine=mine)
    recent = sum(one.praise.said_at >= since for one in cards)
    context = {"cards": cards, "mine": mine, "recent": recent, "place": "thanks"}
    return render(request, "thanks/wall.html", context)


@require_POST
@needs("conversations.view")
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a praise down: whoever it is for may, and who tidies the wall."""
    user = person(request)
    found = get_object_or_404(
        Praise.objects.visible_to(user).filter(hidden_at=None).select_related("conversation"), pk=pk
    )
    if not user.can("thanks.tidy") and not found.credits.filter(user=user).exists():
        raise PermissionDenied
    actions.hide(found, by=user)
    messages.success(request, _("Taken down."))
    return redirect("thanks:wall")


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """A quiet line beside a conversation in which somebody said thank you."""
    cards = queries.beside(visible(request, pk), person(request))
    if not cards:
        return HttpResponse(status=204)
    return render(request, "thanks/panel.html", {"cards": cards})


@require_GET
@permitted("conversations.view")
def week(request: HttpRequest) -> HttpResponse:
    """One's own week. No address leads to anybody else's."""
    return render(request, "thanks/week.html", {"week": _week(request), "place": "week"})


@require_GET
@permitted("conversations.view")
def week_markdown(request: HttpRequest) -> HttpResponse:
    """The same as a text to keep."""
    found = _week(request)
    return _file(exporting.as_markdown(found), "text/markdown", f"week-{found.monday}.md")


@require_GET
@permitted("conversations.view")
def week_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table."""
    found = _week(request)
    return _file(exporting.as_table(found), "text/csv", f"week-{found.monday}.csv")


@csrf_exempt  # a mail program sends the one-click POST of RFC 8058 without cookies; the token is the authority
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the letters of thanks to one engineer; the link alone changes nothing."""
    try:
        engineer = actions.silence(token) if request.method == "POST" else actions.engineer_of(token)
    except tokens.BadToken:
        return render(request, "thanks/stop.html", {"is_gone": True}, status=404)
    return render(request, "thanks/stop.html", {"engineer": engineer, "is_done": request.method == "POST"})


def _week(request: HttpRequest) -> Week:
    """The week that the address asks for by any of its days; this one, when it asks for none or one ahead."""
    today = timezone.localtime(clock.now()).date()
    try:
        asked = date.fromisoformat(request.GET.get("of", ""))
    except ValueError:
        asked = today
    return own_week.of(person(request), own_week.monday_of(asked if EARLIEST <= asked <= today else today))


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
