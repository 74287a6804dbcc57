"""Outgoing mail of a desk without an outgoing server."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from firstline.accounts.doors import needs
from firstline.inboxes import reading
from firstline.inboxes.models import KeptMail

PAGE = 50


@require_GET
@needs("outbox.view")
def outbox(request: HttpRequest) -> HttpResponse:
    """The kept mails, newest first."""
    return render(request, "inboxes/outbox.html", _rows(request))


@require_GET
@needs("outbox.view")
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One kept mail as plain text, decrypted for this view."""
    found = get_object_or_404(KeptMail, pk=pk)
    return render(request, "inboxes/mail.html", {"mail": found, "opened": reading.opened(found), **_rows(request)})


@require_GET
@needs("outbox.view")
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail byte for byte, as a file that no browser shows."""
    found = get_object_or_404(KeptMail, pk=pk)
    return HttpResponse(
        reading.raw_of(found),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="mail-{found.pk}.eml"', "Cache-Control": "no-store"},
    )


def _rows(request: HttpRequest) -> dict[str, object]:
    before = request.GET.get("before", "")
    if before and not before.isdecimal():
        raise Http404
    mails = KeptMail.objects.defer("ciphertext", "wrapped_key").order_by("-id")
    if before:
        mails = mails.filter(pk__lt=int(before))
    rows = list(mails[: PAGE + 1])
    return {
        "mails": rows[:PAGE],
        "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "before": before,
        "place": "outbox",
    }
