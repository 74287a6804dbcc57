"""Conversations that belong together: merged, split, linked."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.accounts.doors import person
from firstline.conversations.actions import merging, parting
from firstline.conversations.forms import LinkForm
from firstline.conversations.models import Conversation, LinkKind, Message
from firstline.conversations.views.common import changed, is_htmx, permitted, view_name, visible
from firstline.conversations.views.header import answer


@require_POST
@permitted("conversations.resolve")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Put this conversation into the one whose number was given, and go there. 400 with a sentence when it can't be."""
    source, target = visible(request, pk), _other(request)
    if target is None:
        return HttpResponseBadRequest(_("There is no conversation with that number that you can see."))
    try:
        merging.merge(source, target, by=person(request))
    except merging.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    return _go(request, target, _("Merged into #%(number)s") % {"number": target.pk})


@require_POST
@permitted("conversations.resolve")
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a contact's message out into a conversation of its own, and go there. 400 with a sentence else."""
    message = get_object_or_404(Message.objects.visible_to(person(request)).select_related("strand"), pk=pk)
    try:
        new = merging.split(message, by=person(request), subject=request.POST.get("subject", ""))
    except merging.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    return _go(request, new, _("Split out as #%(number)s") % {"number": new.pk})


@require_POST
@permitted("conversations.resolve")
def keep_together(request: HttpRequest, pk: int) -> HttpResponse:
    """The message stays where it is although its subject was changed."""
    found = Message.objects.visible_to(person(request)).select_related("conversation")
    message = get_object_or_404(found, pk=pk)
    parting.keep_together(message, by=person(request))
    return answer(request, visible(request, message.conversation_id), say=_("It stays here"))


@require_POST
@permitted("conversations.tag")
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how another conversation belongs to this one, or with `drop` that it does not."""
    conversation, other = visible(request, pk), _other(request)
    if other is None:
        return HttpResponseBadRequest(_("There is no conversation with that number that you can see."))
    if "drop" in request.POST:
        merging.unlink(conversation, other)
        return answer(request, conversation, say=_("Not linked any more"))
    form = LinkForm(request.POST)
    kind = form.cleaned_data["kind"] if form.is_valid() else LinkKind.RELATED
    try:
        merging.link(conversation, other, kind or LinkKind.RELATED, by=person(request))
    except merging.MergeRefused as refused:
        return HttpResponseBadRequest(str(refused))
    return answer(request, conversation, say=_("Linked"))


def _other(request: HttpRequest) -> Conversation | None:
    number = request.POST.get("other", "").strip().lstrip("#")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return Conversation.objects.visible_to(person(request)).filter(pk=int(number), merged_into=None).first()


def _go(request: HttpRequest, conversation: Conversation, words: str) -> HttpResponse:
    url = reverse("conversations:permalink", args=[conversation.pk])
    if not is_htmx(request):
        return HttpResponseRedirect(url, status=303)
    response = changed(request, HttpResponse(status=204), conversation, say=words)
    response.headers["HX-Redirect"] = f"{url}?view={view_name(request, conversation)}"
    return response
