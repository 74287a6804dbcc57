"""Attachments, mail as it was sent, and sealed secrets: what is handed out only on purpose."""

import time

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations import previews
from firstline.conversations.actions import covering, downloads, drafting, secrets, storing
from firstline.conversations.forms import RevealForm
from firstline.conversations.models import Attachment, Conversation, Draft, DraftMode, Message, SealedSecret
from firstline.conversations.views import composer as composing
from firstline.conversations.views.common import back, is_htmx, permitted, view_name, visible
from firstline.core import tokens

AS_SENT_SECONDS = 300


@require_POST
@permitted("conversations.note")
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add files to the person's draft of one mode; 422 with a sentence when they are too much."""
    conversation = visible(request, pk)
    user = person(request)
    mode = DraftMode.NOTE if request.POST.get("mode") == DraftMode.NOTE else DraftMode.REPLY
    draft = Draft.objects.filter(conversation=conversation, user=user, mode=mode).first()
    if draft is None:
        draft = drafting.save_draft(conversation, by=user, mode=mode, text=request.POST.get("text", ""))
    problems = _attach_all(draft, user, request.FILES.getlist("file"))
    if not is_htmx(request):
        return back(request, conversation)
    return _files(request, conversation, mode, problems)


def _attach_all(draft: Draft, user: User, files: list[UploadedFile]) -> list[str]:
    problems = []
    for file in files:
        try:
            drafting.attach(
                draft, by=user, name=file.name or "", content_type=file.content_type or "", content=file.read()
            )
        except drafting.FileRefused as refused:
            problems.append(f"{file.name}: {refused}")
    return problems


@require_POST
@permitted("conversations.note")
def detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a file from one's own draft; 404 for any other."""
    user = person(request)
    mine = Attachment.objects.filter(
        draft__user=user, draft__conversation__in=Conversation.objects.visible_to(user).values("pk")
    )
    attachment = get_object_or_404(mine.select_related("draft"), pk=pk)
    draft = attachment.draft
    if draft is None:
        raise Http404
    drafting.detach(attachment, by=user)
    conversation = visible(request, draft.conversation_id)
    return _files(request, conversation, draft.mode, []) if is_htmx(request) else back(request, conversation)


def _files(request: HttpRequest, conversation: Conversation, mode: str, problems: list[str]) -> HttpResponse:
    composer = composing.build(request, conversation, person(request), mode=mode)
    context = {
        "conversation": conversation,
        "composer": composer,
        "files": composer.note_files if mode == DraftMode.NOTE else composer.files,
        "mode": mode,
        "problems": problems,
        "view": view_name(request, conversation),
    }
    return render(request, "conversations/parts/files.html", context, status=422 if problems else 200)


def _attachment(user: User, pk: int) -> Attachment:
    """A file of a conversation that the person may see, or of their own draft; 404 else."""
    seen = Conversation.objects.visible_to(user).values("pk")
    places = (
        Q(message__conversation__in=seen)
        | Q(note__conversation__in=seen)
        | Q(draft__user=user, draft__conversation__in=seen)
    )
    found = get_object_or_404(Attachment.objects.filter(places).select_related("message"), pk=pk)
    if found.message is not None and not covering.may_open(found.message, user):
        raise Http404  # W-01: what is covered is opened on its cover first
    return found


@require_safe
@permitted("conversations.view")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The beginning of a text file, or a picture, within the page; a sentence for what can't be shown here."""
    attachment = _attachment(person(request), pk)
    context: dict[str, object] = {"file": attachment}
    if attachment.size <= previews.MOST_BYTES:
        try:
            shown = previews.look(attachment.content_type, storing.read_file(attachment))
        except FileNotFoundError:  # erased meanwhile
            shown = previews.Shown()
        context |= {"picture": shown.picture, "text": shown.text, "cut": shown.is_cut}
    return render(request, "conversations/parts/preview.html", context)


@require_safe
@permitted("conversations.view")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """To a single-use address on the content host, for a file of a conversation that the person may see (S-24)."""
    user = person(request)
    attachment = _attachment(user, pk)
    token = downloads.issue_ticket(attachment, by=user)
    return HttpResponseRedirect(_content_url("content:file", token), status=303)


@require_safe
@permitted("conversations.view")
def as_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """A frame on the content host that shows a mail's HTML: no scripts, no remote loads, no way to the desk (S-15)."""
    message = get_object_or_404(Message.objects.visible_to(person(request)).exclude(html=""), pk=pk)
    if not covering.may_open(message, person(request)):
        raise Http404
    return frame(request, message)


def frame(request: HttpRequest, message: Message) -> HttpResponse:
    """That frame beside the page's script, else its address on the content host. The caller has checked who asks."""
    token = tokens.make("as-sent", [message.pk, int(time.time()) + AS_SENT_SECONDS])
    url = _content_url("content:mail", token)
    if not is_htmx(request):
        return HttpResponseRedirect(url, status=303)
    return render(request, "conversations/parts/as_sent.html", {"message": message, "url": url})


def _content_url(name: str, token: str) -> str:
    return settings.CONTENT_URL + reverse(name, args=[token], urlconf=settings.CONTENT_URLCONF)


@require_POST
@permitted("secrets.reveal")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a sealed secret once, with a reason that is kept; 422 when there is none, or when it was shown already."""
    secret = get_object_or_404(
        SealedSecret.objects.filter(conversation__in=Conversation.objects.visible_to(person(request)).values("pk")),
        pk=pk,
    )
    form = RevealForm(request.POST)
    context: dict[str, object] = {"secret": secret, "may_reveal": True}
    try:
        if not form.is_valid():
            raise secrets.RevealRefused(" ".join(str(error) for error in form.errors.get("reason", [])))
        context["value"] = secrets.reveal(secret, by=person(request), reason=form.cleaned_data["reason"])
    except secrets.RevealRefused as refused:
        context["problem"] = str(refused)
    return render(request, "conversations/parts/secret.html", context, status=422 if "problem" in context else 200)
