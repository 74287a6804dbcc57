"""The content host: files as downloads, and mail HTML in a frame that can do nothing (ground.md G8, S-15, S-23)."""

import contextlib
import time
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from firstline.conversations.actions import downloads, picturing, storing
from firstline.conversations.models import Attachment, Message
from firstline.core import images, tokens
from firstline.inboxes import actions as inboxes

INLINE_BYTES = 2_000_000


def _policy(
    policy: str,
) -> Callable[[Callable[[HttpRequest, str], HttpResponse]], Callable[[HttpRequest, str], HttpResponse]]:
    """Replace the desk's own browser policy on an answer."""

    def decorate(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, token: str) -> HttpResponse:
            response = view(request, token)
            places = {"base": settings.BASE_URL, "content": settings.CONTENT_URL}
            response.headers["Content-Security-Policy"] = policy.format(**places)
            response.headers["Cache-Control"] = "no-store"
            return response

        return wrapped

    return decorate


@require_safe
@_policy("sandbox; default-src 'none'; frame-ancestors 'none'")
def file(request: HttpRequest, token: str) -> HttpResponse:
    """A file, once, always as a download and never as something to run."""
    try:
        attachment, content = downloads.redeem(token)
    except downloads.TicketRefused as refused:
        raise Http404(str(refused)) from refused
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    return response


@require_safe
@_policy("sandbox; default-src 'none'; frame-ancestors 'none'")
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A file too big for mail, to whoever has its link: always a download, and no cookie is looked at or set."""
    try:
        attachment = get_object_or_404(Attachment, pk=inboxes.follow_link(token), message__isnull=False)
        content = storing.read_file(attachment)
    except (inboxes.LinkGone, FileNotFoundError) as gone:
        raise Http404(str(gone)) from gone
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    return response


@require_safe
@xframe_options_exempt
@_policy(
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: {content}/picture/; "
    "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors {base}"
)
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """A mail's sanitised HTML for five minutes; pictures that came with it are written into the page, those that lie
    elsewhere are asked for through `picture` once somebody wanted them.
    """
    try:
        pk, expires = tokens.read("as-sent", token, 2)
    except tokens.BadToken as bad:
        raise Http404 from bad
    if expires < time.time():
        raise Http404
    message = get_object_or_404(Message.objects.prefetch_related("attachments"), pk=pk)
    pictures = {**picturing.addresses(message), **_pictures(message)}
    return render(request, "conversations/mail_frame.html", {"message": message, "pictures": pictures})


@require_safe
@_policy("sandbox; default-src 'none'; frame-ancestors 'none'")
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """A picture that a mail points to, fetched by the desk and drawn anew; where that fails, a notice that says why."""
    found = picturing.find(token)
    if found is None:
        raise Http404
    try:
        drawn = images.fetch(found.address)
    except images.PictureRefused as refused:
        notice = {"why": str(refused)}
        response = render(request, "conversations/picture_refused.svg", notice, content_type="image/svg+xml")
    else:
        response = HttpResponse(drawn.content, content_type=drawn.content_type)
    # The mail's frame has an origin of its own; the signed address is what gives access.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _pictures(message: Message) -> dict[str, str]:
    """data: addresses of the pictures that came with the mail, drawn anew, by Content-ID; pretenders are left out."""
    pictures = {}
    for attachment in message.attachments.all():
        kind, name = attachment.content_type.lower(), attachment.content_id.strip("<>")
        if name and kind in images.RASTER and attachment.size <= INLINE_BYTES:
            with contextlib.suppress(images.PictureRefused):
                pictures[name] = images.redraw(storing.read_file(attachment)).address
    return pictures
