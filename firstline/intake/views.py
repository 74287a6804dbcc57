"""What arrived, as it arrived; and what was kept aside."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ParsedMessage
from firstline.conversations.actions import covering
from firstline.conversations.models import Message
from firstline.core import sealing
from firstline.inboxes.models import Inbox
from firstline.intake import actions, masking
from firstline.intake.actions.opening import note_look
from firstline.intake.models import InboundItem

PAGE_SIZE = 50


def _user(request: HttpRequest, permission: str) -> User:
    user = request.user
    if not isinstance(user, User) or not user.can(permission):
        raise PermissionDenied
    return user


@login_required
@require_GET
def original(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message's raw mail, secrets masked: headers and source as text, decrypted in memory only."""
    user = _user(request, "originals.view")
    message = get_object_or_404(Message.objects.visible_to(user).select_related("conversation"), pk=message_id)
    if not covering.may_open(message, user):
        raise Http404
    note_look(message, by=user)
    item = message.items.order_by("pk").first()
    source = _masked_source(item) if item is not None else None
    return render(request, "intake/original.html", {"message": message, "item": item, "source": source})


@login_required
@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    """Mail that was kept aside, newest first, each with its named cause."""
    user = _user(request, "conversations.reply")
    items = (
        InboundItem.objects.filter(outcome__startswith="quarantined:", inbox__in=Inbox.objects.visible_to(user))
        .select_related("inbox")
        .defer("ciphertext")
        .order_by("-pk")
    )
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "intake/quarantine.html", {"page": page})


@login_required
@require_GET
def quarantined(request: HttpRequest, item_id: int) -> HttpResponse:
    """One of them, masked, with why it was kept aside."""
    item = _quarantined_item(request, item_id)
    try:
        channel = registry.get(item.inbox.channel)
        found = channel.parse(actions.raw_of(item), actions.envelope_of(item))
        parsed = masking.mask_message(found).parsed if isinstance(found, ParsedMessage) else None
    except (FileNotFoundError, sealing.SealBroken):
        parsed = None
    return render(request, "intake/quarantined.html", {"item": item, "parsed": parsed})


@login_required
@require_POST
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    """Let it in as a new, unverified conversation."""
    user = _user(request, "conversations.reply")
    item = _quarantined_item(request, item_id)
    try:
        actions.release(item, by=user)
    except (FileNotFoundError, sealing.SealBroken):
        messages.error(request, _("The original is gone, so it cannot be let in any more."))
        return redirect("intake:quarantine")
    item.refresh_from_db()
    if item.conversation_id is None:
        return redirect("intake:quarantine")
    return redirect("conversations:permalink", pk=item.conversation_id)


def _quarantined_item(request: HttpRequest, item_id: int) -> InboundItem:
    user = _user(request, "conversations.reply")
    visible = InboundItem.objects.filter(outcome__startswith="quarantined:", inbox__in=Inbox.objects.visible_to(user))
    return get_object_or_404(visible.select_related("inbox"), pk=item_id)


def _masked_source(item: InboundItem) -> str | None:
    """The raw bytes as text with every found secret masked, in encoded parts too; None when it was erased."""
    try:
        return masking.mask_source(actions.raw_of(item))
    except (FileNotFoundError, sealing.SealBroken):
        return None
