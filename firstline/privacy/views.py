"""Having GitHub revoke a token, asked twice; a secret that stands in public: hidden there, and its writer told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Message, SealedSecret
from firstline.evidence import advice
from firstline.privacy.actions import exposing, leaking


@require_http_methods(["GET", "HEAD", "POST"])
@needs("secrets.reveal")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """What it means first; the button on that page does it."""
    seen = Conversation.objects.visible_to(person(request)).values("pk")
    secret = get_object_or_404(
        SealedSecret.objects.filter(conversation__in=seen, kind__startswith="github").select_related("conversation"),
        pk=pk,
    )
    context = {"secret": secret, "advice": advice.for_kind(secret.kind), "problem": ""}
    if request.method == "POST":
        try:
            was_known = leaking.revoke(secret, by=person(request))
        except leaking.RevokeRefused as refused:
            context["problem"] = str(refused)
            return render(request, "privacy/revoke.html", context, status=422)
        said = _("Revoked. GitHub tells its owner.") if was_known else _("GitHub does not know such a token any more.")
        messages.success(request, said)
        return redirect("conversations:permalink", secret.conversation_id)
    return render(request, "privacy/revoke.html", context)


@require_safe
@needs("conversations.view")
def in_public(request: HttpRequest, pk: int) -> HttpResponse:
    """Beside a conversation: which of its messages hold a secret where everybody reads it; nothing when none does."""
    conversation = get_object_or_404(Conversation.objects.visible_to(person(request)), pk=pk)
    found = exposing.exposed(conversation)
    return render(request, "privacy/in_public.html", {"exposed": found}) if found else HttpResponse()


@require_POST
@needs("conversations.reply")
def hide_there(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a message where it was posted."""
    message = _message(request, pk)
    try:
        exposing.hide(message, by=person(request))
    except exposing.HideRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Hidden there. The secret counts as leaked all the same."))
    return redirect("conversations:permalink", message.conversation_id)


@require_POST
@needs("conversations.reply")
def advise_there(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer in public with what to revoke, without any part of the secret."""
    message = _message(request, pk)
    try:
        exposing.advise(message, by=person(request))
    except (replying.DraftRefused, replying.StaleReply, replying.ApprovalNeeded, exposing.HideRefused) as refused:
        messages.error(request, str(refused))
    return redirect("conversations:permalink", message.conversation_id)


def _message(request: HttpRequest, pk: int) -> Message:
    seen = Message.objects.visible_to(person(request)).select_related("strand__inbox", "conversation")
    return get_object_or_404(seen.exclude(secrets=None).distinct(), pk=pk)
