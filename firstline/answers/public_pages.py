"""The page behind the links of an automatic answer: anybody who has the link, no account, nothing changes on GET."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from firstline.answers import actions
from firstline.answers.actions.answering import TOKEN
from firstline.answers.models import AutoAnswer
from firstline.core import tokens


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def helped(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more what the link says (mail scanners follow links), then keep it."""
    try:
        answer_id, said = tokens.read(TOKEN, token, 2)
    except tokens.BadToken:
        return render(request, "answers/helped.html", {"is_gone": True}, status=404)
    found = AutoAnswer.objects.filter(pk=answer_id, message__isnull=False)
    sent = found.select_related("message__strand").first()
    if sent is None or sent.message is None:
        return render(request, "answers/helped.html", {"is_gone": True}, status=404)
    context = {"yes": bool(said), "said": False}
    if request.method == "POST":
        requester = sent.message.strand.participants.select_related("identity").get(role="requester")
        actions.judge(sent, helped=bool(said), by=requester.identity, resolve=True)
        context["said"] = True
    return render(request, "answers/helped.html", context)
