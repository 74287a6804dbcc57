"""Having GitHub revoke a token, asked twice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from firstline.accounts.doors import needs, person
from firstline.conversations.models import Conversation, SealedSecret
from firstline.evidence import advice
from firstline.privacy.actions import leaking


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
