"""The page that a link in a letter opens: an engineer answers without an account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from firstline.escalations.actions import answering
from firstline.escalations.forms import AnswerForm
from firstline.escalations.models import Engineer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@csrf_protect
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The brief and three ways to end it; looking uses nothing up. 404 for a link that is not ours or too old."""
    link = answering.open_link(token)
    if link is None:
        return _private(render(request, "escalations/answer.html", {"is_gone": True}, status=404))
    asked = link.request
    others = Engineer.objects.available().exclude(pk=asked.engineer_id)
    context: dict[str, Any] = {"asked": asked, "others": others, "verb": "answer"}
    if request.method == "POST":
        form = AnswerForm(request.POST, asked=asked.engineer)
        context |= {name: request.POST.get(name, "") for name in ("verb", "text", "to")}
        if form.is_valid():
            try:
                answering.use_link(link, form.said)
                context["is_done"] = True
            except answering.AnswerRefused as refused:
                context["problem"] = str(refused)
        else:
            context["problem"] = " ".join(str(error) for errors in form.errors.values() for error in errors)
    context["is_over"] = not asked.is_open or link.used_at is not None
    return _private(render(request, "escalations/answer.html", context, status=422 if "problem" in context else 200))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: no index keeps it, and no other site hears of it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
