"""Links to files too big for mail: which are open, how often each was followed, and a way to shut them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs
from firstline.core import clock
from firstline.inboxes import actions
from firstline.inboxes.models import FileLink

PAGE = 100
"""So many are shown; older ones end by themselves within 30 days."""


@require_GET
@needs("inboxes.manage")
def links(request: HttpRequest) -> HttpResponse:
    """The open links, the newest first; a link itself is never shown again."""
    found = FileLink.objects.filter(revoked_at=None, expires_at__gt=clock.now()).order_by("-pk")[:PAGE]
    return render(request, "inboxes/links.html", {"links": found, "place": "settings"})


@require_POST
@needs("inboxes.manage")
def shut(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut every link to the same file."""
    link = get_object_or_404(FileLink, pk=pk)
    actions.revoke_links(link.attachment_id)
    messages.success(request, _("Shut. Whoever follows the link now finds nothing."))
    return redirect("inboxes:links")
