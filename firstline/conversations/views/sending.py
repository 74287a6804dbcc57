"""Replies, notes and their drafts."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.accounts.doors import person
from firstline.conversations import queries
from firstline.conversations.actions import (
    approving,
    delivering,
    drafting,
    noting,
    promising,
    replying,
    reviewing,
    statuses,
)
from firstline.conversations.audience import GivenAway, given_away
from firstline.conversations.forms import AsideForm, DraftForm, NoteForm, ReplyForm, SnoozeForm
from firstline.conversations.models import (
    AfterSend,
    Audience,
    Conversation,
    DraftMode,
    Message,
    NoteKind,
    ReviewKind,
    Status,
    Strand,
)
from firstline.conversations.views import changing, pages
from firstline.conversations.views import composer as composing
from firstline.conversations.views.common import back, changed, fragment, is_htmx, permitted, view_name, visible
from firstline.core import clock


@require_POST
@permitted("conversations.reply")
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a reply, and what was chosen to follow it. 409 when something newer is there, 422 when it is held back."""
    conversation = visible(request, pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _held_back(request, conversation, _problems(form), status=422)
    then = form.cleaned_data["then"] or "send"
    user = person(request)
    following = _following(request, conversation, then)
    if then in (ReviewKind.LOOK, ReviewKind.COMPANY):
        return _ask_for_eyes(request, conversation, form, then)
    if _is_unasked(conversation, form) and approving.may_send(conversation, user):
        return _held_back(request, conversation, [], status=422, then=then)
    try:
        snooze = _snooze(request) if then == "snooze" else None
        message = _reply(request, conversation, form, then)
    except replying.ApprovalNeeded:
        return _ask_for_eyes(request, conversation, form, ReviewKind.APPROVAL)
    except ValidationError as error:
        return _held_back(request, conversation, error.messages, status=422)
    except replying.GivesAway as refused:
        return _held_back(request, conversation, [], status=422, given_away=refused.found)
    except replying.DraftRefused as refused:
        return _held_back(request, conversation, refused.problems, status=422)
    except replying.StaleReply as stale:
        return _held_back(request, conversation, [], status=409, newer=stale.newer)
    if form.cleaned_data["promise"]:
        promising.promise(conversation, form.cleaned_data["promise"], by=user, message=message)
    if then == "engineering":
        statuses.set_status(conversation, Status.WAITING_ON_ENGINEERING, by=user)
    if snooze is not None:
        statuses.snooze(conversation, snooze.moment(clock.now()), by=user)
    if then in composing.CHOICES:
        request.session[composing.SESSION_KEY] = then
    if following:
        return changing.go_on(request, conversation, following, _("Sending in a moment"))
    if not is_htmx(request):
        return back(request, conversation)
    return _sent(request, visible(request, pk), message)


def _ask_for_eyes(request: HttpRequest, conversation: Conversation, form: ReplyForm, kind: str) -> HttpResponse:
    """Share the draft instead of sending it: for a trainee's every reply, and for whoever asks."""
    said = form.cleaned_data
    try:
        send_at = _send_at(form, said["then"])
        reviewing.ask(
            conversation,
            kind,
            by=person(request),
            text=form.leaves,
            own_words=form.own_words,
            cc=said["cc"],
            bcc=said["bcc"],
            strand=_strand(conversation, form) or replying.answer_strand(conversation),
            resolve=said["then"] == "resolve",
            send_at=send_at,
        )
    except replying.DraftRefused as refused:
        return _held_back(request, conversation, refused.problems, status=422)
    say = (
        _("Asked. It leaves when somebody says yes.") if kind == ReviewKind.APPROVAL else _("Asked. Your team sees it.")
    )
    if not is_htmx(request):
        messages.success(request, say)
        return back(request, conversation)
    composer = composing.build(request, conversation, person(request), seen=said["seen"] or 0)
    context = {"conversation": conversation, "composer": composer, "view": view_name(request, conversation)}
    return changed(request, render(request, "conversations/parts/composer.html", context), conversation, say=say)


def _following(request: HttpRequest, conversation: Conversation, then: str) -> str:
    """Where a sent reply leads, by choice or by habit: the next conversation, the list, or "" to stay."""
    habit = queries.habit(person(request))
    after = AfterSend.NEXT if then == "next" else habit.after_send if habit is not None else AfterSend.STAY
    if after == AfterSend.STAY:
        return ""
    view = view_name(request, conversation)
    in_list = after == AfterSend.LIST
    return reverse("conversations:list", args=[view]) if in_list else changing.next_url(request, conversation)


def _send_at(form: ReplyForm, then: str) -> datetime | None:
    """When a scheduled reply leaves. Raises ValidationError for no time, and for the past."""
    if then != "schedule":
        return None
    chosen: datetime | None = form.cleaned_data["send_at"]
    if chosen is None:
        raise ValidationError(_("Say when it should leave."))
    if chosen <= clock.now():
        raise ValidationError(_("That moment is past."))
    return chosen


def _strand(conversation: Conversation, form: ReplyForm) -> Strand | None:
    """The strand that the composer named; None for wherever the contact wrote last."""
    pk = form.cleaned_data["strand"]
    return conversation.strands.select_related("inbox").filter(pk=pk).first() if pk else None


def _is_unasked(conversation: Conversation, form: ReplyForm) -> bool:
    """Whether it would be public, and nobody has said yes to that yet."""
    strand = _strand(conversation, form) or replying.answer_strand(conversation)
    return strand.audience == Audience.PUBLIC and not form.cleaned_data["confirmed"]


def _reply(request: HttpRequest, conversation: Conversation, form: ReplyForm, then: str) -> Message:
    return replying.reply(
        conversation,
        by=person(request),
        text=form.leaves,
        own_words=form.own_words,
        cc=form.cleaned_data["cc"],
        bcc=form.cleaned_data["bcc"],
        send_at=_send_at(form, then),
        strand=_strand(conversation, form),
        override=form.cleaned_data["override"],
        resolve=then == "resolve",
        seen_message_id=form.cleaned_data["seen"],
        force=form.cleaned_data["force"],
    )


def _snooze(request: HttpRequest) -> SnoozeForm:
    """The snooze that goes with the reply. Raises ValidationError."""
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_problems(form))
    form.moment(clock.now())
    return form


def _sent(request: HttpRequest, conversation: Conversation, message: Message) -> HttpResponse:
    """An empty composer, and a toast with the way back."""
    view = view_name(request, conversation)
    composer = composing.build(request, conversation, person(request), seen=message.pk)
    context = {"conversation": conversation, "composer": composer, "view": view, "message": message, "sent": True}
    response = render(request, "conversations/parts/sent.html", context)
    return changed(request, response, conversation)


def _held_back(
    request: HttpRequest,
    conversation: Conversation,
    problems: list[str],
    *,
    status: int,
    newer: list[Message] | None = None,
    given_away: list[GivenAway] | None = None,
    then: str = "",
    mode: str = DraftMode.REPLY,
) -> HttpResponse:
    """The composer as it was, with what stands in the way; nothing was sent, the text is kept as a draft."""
    user = person(request)
    text = request.POST.get("text", "")
    copies = [word for word in request.POST.get("cc", "").replace(",", " ").split() if word]
    translation = {
        "translated": request.POST.get("translated", ""),
        "translated_of": request.POST.get("translated_of", "")[:32],
    }
    drafting.save_draft(conversation, by=user, mode=mode, text=text, cc=copies, **translation)
    seen = request.POST.get("seen", "")
    composer = composing.build(request, conversation, user, mode=mode, seen=int(seen) if seen.isdigit() else 0)
    composer.problems, composer.newer, composer.given_away = problems, newer or [], given_away or []
    composer.asks = then
    if mode == DraftMode.NOTE:
        composer.note_text = text
    else:
        composer.text, composer.cc, composer.translated = text, copies, translation["translated"]
    view = view_name(request, conversation)
    if not is_htmx(request):
        return pages.show(request, view, conversation, composer=composer, status=status)
    context = _context(request, conversation, composer)
    return render(request, "conversations/parts/composer.html", context, status=status)


def _context(request: HttpRequest, conversation: Conversation, composer: composing.Composer) -> dict[str, object]:
    return {"conversation": conversation, "composer": composer, "view": view_name(request, conversation)}


def _problems(form: Form) -> list[str]:
    return [str(message) for messages in form.errors.values() for message in messages]


@require_POST
@permitted("conversations.note")
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note, which only the team reads. 422 when it is empty."""
    conversation = visible(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _held_back(request, conversation, _problems(form), status=422, mode=DraftMode.NOTE)
    kind = form.cleaned_data["kind"] or NoteKind.NOTE
    noting.add_note(conversation, by=person(request), text=form.cleaned_data["text"], kind=kind)
    if not is_htmx(request):
        return back(request, conversation)
    composer = composing.build(request, conversation, person(request), mode=DraftMode.NOTE, seen=_seen(request))
    context = {"conversation": conversation, "composer": composer, "view": view_name(request, conversation)}
    response = render(request, "conversations/parts/composer.html", context)
    return changed(request, response, conversation, say=_("Note added"))


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdigit() else 0


@require_POST
@permitted("conversations.note")
def save_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written so far; answers with the line under the text: what would hold it back."""
    conversation = visible(request, pk)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return render(request, "conversations/parts/checks.html", {"problems": _problems(form)}, status=422)
    mode, text = form.cleaned_data["mode"], form.cleaned_data["text"]
    user = person(request)
    kept = {name: form.cleaned_data[name] for name in ("cc", "bcc", "translated", "translated_of")}
    if form.cleaned_data["alone"]:
        kept["translated"] = ""
    drafting.save_draft(conversation, by=user, mode=mode, text=text, **kept)
    if not is_htmx(request):
        return back(request, conversation, strand=form.cleaned_data["turn"])
    composer = composing.build(request, conversation, user, mode=mode)
    if form.cleaned_data["turn"] or form.cleaned_data["alone"]:
        return fragment(request, "conversations/parts/composer.html", _context(request, conversation, composer))
    problems = _problems_of(form, composer.audience) if mode == DraftMode.REPLY else []
    context = {"problems": problems, "hints": composer.hints, "saved": True, "has_text": bool(text.strip())}
    if mode == DraftMode.REPLY and composer.strand is not None:
        said = f"{text}\n\n{kept['translated']}".strip()
        context["given_away"] = given_away(conversation, composer.strand, said, by=user)
        context["is_public"], context["room"] = composer.is_public, composer.room
    context["promise"] = composer.promise if mode == DraftMode.REPLY else None
    return render(request, "conversations/parts/checks.html", context)


def _problems_of(form: DraftForm, audience: str) -> list[str]:
    """What would hold the reply back as it stands."""
    said = form.cleaned_data
    problems = replying.check_draft("\n\n".join(filter(None, (said["text"], said["translated"]))), audience)
    return [*problems, form.outdated] if form.is_outdated and not said["alone"] else problems


@require_POST
@permitted("conversations.reply")
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to a third party, apart from what the contact reads. 400 with a sentence when it can't leave."""
    conversation = visible(request, pk)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(" ".join(_problems(form)))
    try:
        replying.ask_aside(conversation, by=person(request), **form.cleaned_data)
    except replying.ApprovalNeeded:
        return HttpResponseBadRequest(_("Who is learning doesn’t write to others outside: ask a colleague to."))
    except replying.DraftRefused as refused:
        return HttpResponseBadRequest(" ".join(refused.problems))
    if not is_htmx(request):
        return back(request, conversation)
    return changed(request, HttpResponse(status=204), conversation, say=_("Sending in a moment"))


@require_POST
@permitted("conversations.reply")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reply back within the undo window; 409 with a sentence when it is on its way."""
    user = person(request)
    message = get_object_or_404(Message.objects.visible_to(user).select_related("conversation"), pk=pk)
    conversation = visible(request, message.conversation_id)
    try:
        replying.undo(message, by=user)
    except replying.DraftRefused as refused:
        return render(request, "conversations/parts/toast.html", {"words": refused.problems[0]}, status=409)
    if not is_htmx(request):
        return redirect(reverse("conversations:permalink", args=[conversation.pk]))
    newest = conversation.messages.exclude(pk=message.pk).order_by("-pk").values_list("pk", flat=True).first() or 0
    composer = composing.build(request, conversation, user, seen=newest)
    context = {
        "conversation": conversation,
        "composer": composer,
        "view": view_name(request, conversation),
        "undone": True,
    }
    response = render(request, "conversations/parts/sent.html", context)
    return changed(request, response, conversation, say=_("Taken back. Your text is in the composer again."))


@require_POST
@permitted("conversations.reply")
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message again that failed or came back."""
    message = get_object_or_404(Message.objects.visible_to(person(request)).select_related("conversation"), pk=pk)
    delivering.retry(message)
    if not is_htmx(request):
        return redirect(reverse("conversations:permalink", args=[message.conversation_id]))
    return changed(request, HttpResponse(status=204), message.conversation, say=_("Trying again."))
