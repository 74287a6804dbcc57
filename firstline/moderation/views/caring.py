"""The care card beside a conversation, and its three buttons."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.conversations.models import Conversation
from firstline.moderation.actions import caring
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Care, Helpline, SafetyContact


@require_safe
@needs("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The card, while somebody may be in danger; nothing else."""
    user = person(request)
    care = Care.objects.visible_to(user).filter(conversation=pk, closed_at=None)
    found = care.select_related("second", "raised_by", "conversation__contact").first()
    if found is None:
        get_object_or_404(Conversation.objects.visible_to(user), pk=pk)
        return HttpResponse()
    language = found.conversation.contact.language or "en"
    lines = list(Helpline.objects.filter(language__in=(language, "en")))
    context = {
        "care": found,
        "helplines": [one for one in lines if one.language == language] or lines,
        "contacts": SafetyContact.objects.select_related("user"),
        "may_take": user.pk not in (found.conversation.assignee_id, found.raised_by_id) and found.second_id is None,
    }
    return render(request, "moderation/care.html", context)


@require_POST
@needs("conversations.note")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Get help for whoever wrote this."""
    conversation = get_object_or_404(Conversation.objects.visible_to(person(request)), pk=pk)
    caring.ask(conversation, message=None, by=person(request))
    return redirect("conversations:permalink", conversation.pk)


@require_POST
@needs("conversations.note")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Be the second person."""
    return _do(request, pk, caring.take)


@require_POST
@needs("conversations.note")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """What could be done is done."""
    return _do(request, pk, caring.close)


def _do(request: HttpRequest, pk: int, act: caring.Act) -> HttpResponse:
    care = get_object_or_404(Care.objects.visible_to(person(request)), conversation=pk)
    try:
        act(care, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("conversations:permalink", pk)
