"""On the page of a web inbox: where its form is, and what other sites paste."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from firstline.accounts.doors import needs
from firstline.ask import rules
from firstline.inboxes.models import Inbox


@require_safe
@needs("inboxes.manage")
def inbox(request: HttpRequest, pk: int) -> HttpResponse:
    """The form's address, the script tag, and who may frame it; nothing for inboxes of other channels."""
    found = get_object_or_404(Inbox, pk=pk)
    if found.channel != "web":
        return HttpResponse()
    sites = rules.origins(str(found.settings.get("embed_on", "")))
    has_key = bool(found.settings.get("api_key"))
    return render(request, "ask/inbox.html", {"inbox": found, "sites": sites, "has_key": has_key})
