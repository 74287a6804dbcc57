"""'This was not me': a page without sign-in, reached by the link in a mail (S-13)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from firstline.core import tokens
from firstline.inboxes import actions
from firstline.inboxes.actions import stopping


@never_cache
@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """The GET asks, the POST stops: a mail scanner's visit changes nothing (S-35). The page names no address."""
    try:
        tokens.read(stopping.PURPOSE, token, 1)
        if request.method == "POST":
            actions.stop(token)
    except tokens.BadToken as bad:
        raise Http404 from bad
    return render(request, "inboxes/not_me.html", {"done": request.method == "POST"})
