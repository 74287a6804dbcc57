"""The page's event stream: who may open it, and with which inboxes."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from firstline.events import live
from firstline.inboxes.models import Inbox


@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events for a signed-in person, from the desk's own pages only (S-31). 401 and 403 else."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != settings.BASE_URL:
        return HttpResponse(status=403)
    opened = await sync_to_async(_open)(request)
    if opened is None:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(live.messages(opened), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _open(request: HttpRequest) -> live.Stream | None:
    """Check the session and read the granted inboxes, then give the connection back before anything is streamed."""
    try:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return None
        inboxes = frozenset(Inbox.objects.visible_to(user).values_list("pk", flat=True))
        return live.Stream(user.pk, inboxes)
    finally:
        connection.close()
