"""The desk as an app on a phone: its manifest, its service worker, and which browsers are pushed to."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.core import webpush
from firstline.notifications import actions
from firstline.notifications.models import PushTarget

PAPER, INK = "#fbf9f6", "#6d2352"
ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))


@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What the desk is called and looks like on a home screen (W3C Web Application Manifest)."""
    icons = [
        {
            "src": static(f"core/icons/{'maskable' if purpose == 'maskable' else 'icon'}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ICONS
    ]
    named = settings.DESK_NAME if settings.DESK_NAME == "Firstline" else f"Firstline {settings.DESK_NAME}"
    found = {
        "id": "/",
        "name": named,
        "short_name": settings.DESK_NAME[:12],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": INK,
        "icons": icons,
    }
    return JsonResponse(found, content_type="application/manifest+json")


@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows pushes and, without a connection, a page that says so. It keeps nothing else."""
    return render(request, "notifications/service_worker.js", content_type="text/javascript; charset=utf-8")


@require_GET
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown while there is no connection."""
    return render(request, "notifications/offline.html")


@require_POST
@needs("conversations.view")
def subscribe(request: HttpRequest) -> HttpResponse:
    """This browser shall be pushed to; 422 for what is no subscription."""
    said = request.POST
    try:
        actions.subscribe(
            person(request), said.get("endpoint", ""), said.get("key", ""), said.get("secret", ""), _device(request)
        )
    except webpush.NotASubscription:
        return HttpResponse(_("Your browser gave no address to push to."), status=422)
    return HttpResponse(status=204)


@require_POST
@needs("conversations.view")
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """A browser is not pushed to any more."""
    actions.forget(get_object_or_404(PushTarget, pk=pk, user=person(request)))
    messages.success(request, _("That browser hears nothing any more."))
    return redirect("notifications:settings")


@require_POST
@needs("conversations.view")
def try_out(request: HttpRequest) -> HttpResponse:
    """Push something now, to see whether it rings."""
    actions.try_out(person(request))
    messages.success(request, _("Sent. It rings within a few seconds, if your system lets it."))
    return redirect("notifications:settings")


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"), ("Windows", "Windows"))


def _device(request: HttpRequest) -> str:
    """A browser's name as its owner would say it."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), _("A browser"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "Linux" if "Linux" in agent else "")
    return f"{browser}, {system}" if system else browser
