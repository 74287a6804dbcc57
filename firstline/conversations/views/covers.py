"""Covered messages: shown step by step on purpose, covered again, uncovered when the cover was wrong."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import person
from firstline.conversations.actions import covering
from firstline.conversations.models import Cover, Message, Reveal
from firstline.conversations.views.common import back, changed, is_htmx, permitted


@require_POST
@permitted("conversations.view")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The first paragraphs of a covered message (`paragraphs` of them); 403 with a sentence on the sealed path."""
    cover = _cover(request, pk)
    asked = request.POST.get("paragraphs", "1")
    paragraphs = min(int(asked), 1000) if asked.isdecimal() and len(asked) < 5 else 1
    try:
        shown, is_all = covering.reveal(
            cover, by=person(request), paragraphs=max(1, paragraphs), is_sure=request.POST.get("sure") == "yes"
        )
    except covering.RevealRefused as refused:
        context = {"cover": cover, "refused": str(refused), "asks": refused.asks}
        template = "conversations/parts/cover.html" if is_htmx(request) else "conversations/revealed.html"
        return render(request, template, context, status=200 if is_htmx(request) else 403)
    newest = Reveal.objects.filter(cover=cover, user=person(request)).latest("pk")
    context = {
        "cover": cover,
        "message": cover.message,
        "shown": shown,
        "is_all": is_all,
        "next": len(shown) + 1,
        "reveal": newest,
    }
    template = "conversations/parts/cover.html" if is_htmx(request) else "conversations/revealed.html"
    return render(request, template, context)


@require_safe
@permitted("conversations.view")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The cover, as it lies on the message."""
    cover = _cover(request, pk)
    return render(request, "conversations/parts/cover.html", {"cover": cover, "message": cover.message})


@require_POST
@permitted("conversations.reply")
def uncover(request: HttpRequest, pk: int) -> HttpResponse:
    """It was wrongly covered."""
    cover = _cover(request, pk)
    covering.uncover(cover.message, by=person(request))
    if not is_htmx(request):
        return back(request, cover.message.conversation)
    return changed(request, HttpResponse(), cover.message.conversation, say=_("The cover is off."))


@require_POST
@permitted("conversations.view")
def seconds(request: HttpRequest, pk: int) -> HttpResponse:
    """How long a revealed text stood on the person's own screen; kept for them alone (W-12)."""
    try:
        shown = float(request.POST.get("seconds", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if shown == shown:  # not a number is equal to nothing
        covering.note_seconds(person(request), pk, shown)
    return HttpResponse(status=204)


def _cover(request: HttpRequest, pk: int) -> Cover:
    """The cover that lies on a message which the person may see; 404 else."""
    seen = Message.objects.visible_to(person(request)).values("pk")
    found = Cover.objects.filter(uncovered_at=None, message__in=seen)
    return get_object_or_404(found.select_related("message__conversation", "by"), message=pk)
