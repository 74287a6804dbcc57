"""The panel beside a conversation: how its threads stand where they were asked, and what can be done to them there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.conversations import queries as conversations
from firstline.conversations.models import Conversation
from firstline.upstream import queries
from firstline.upstream.actions import acting
from firstline.upstream.models import ActKind

PERMISSIONS = {
    ActKind.LABEL: "conversations.tag",
    ActKind.UNLABEL: "conversations.tag",
    ActKind.ASSIGN: "conversations.assign",
    ActKind.UNASSIGN: "conversations.assign",
}
"""What each act asks for; the others ask for what resolving does."""


@require_GET
@needs("conversations.view")
def panel(request: HttpRequest, conversation: int) -> HttpResponse:
    """How the threads stand at their source; nothing for conversations that have none."""
    return _panel(request, _conversation(request, conversation))


@require_GET
@needs("conversations.view")
def notice(request: HttpRequest, conversation: int) -> HttpResponse:
    """One line under the last message: the thread is locked there, or gone."""
    found = _conversation(request, conversation)
    threads = [one for one in queries.threads_beside(found) if one.is_locked or one.is_deleted]
    return render(request, "upstream/notice.html", {"threads": threads}) if threads else HttpResponse()


@require_POST
@needs("conversations.view")
def act(request: HttpRequest, conversation: int, thread: int) -> HttpResponse:
    """Do something to a thread where it lives: `kind`, and who or what in `value`."""
    found = _conversation(request, conversation)
    kind = request.POST.get("kind", "")
    if not person(request).can(PERMISSIONS.get(ActKind(kind), "conversations.resolve") if kind in ActKind else "none"):
        raise Http404
    one = get_object_or_404(queries.threads_of(found.pk), pk=thread)
    refusal = ""
    try:
        acting.ask(one, kind, by=person(request), value=request.POST.get("value", "").lstrip("@"))
    except acting.ActRefused as refused:
        refusal = str(refused)
    if request.headers.get("HX-Request"):
        return _panel(request, found, refusal)
    return redirect("conversations:permalink", conversation)


def _panel(request: HttpRequest, conversation: Conversation, refusal: str = "") -> HttpResponse:
    threads = queries.threads_beside(conversation) if request.method == "GET" else queries.threads_of(conversation.pk)
    shown = [queries.standing(one) for one in threads]
    if not shown:
        return HttpResponse()
    context = {"conversation": conversation, "threads": shown, "refusal": refusal}
    return render(request, "upstream/panel.html", context)


def _conversation(request: HttpRequest, pk: int) -> Conversation:
    found = conversations.seen(person(request), pk)
    if found is None:
        raise Http404
    return found
