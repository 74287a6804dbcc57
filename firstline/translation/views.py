"""Translating what was heard and what is about to be said, and who may have what translated."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.conversations.forms import DraftForm
from firstline.conversations.models import Conversation, DraftMode
from firstline.conversations.views import composer as composing
from firstline.conversations.views.common import back, changed, is_htmx, permitted, view_name, visible
from firstline.inboxes.models import Inbox
from firstline.translation import actions, queries
from firstline.translation.forms import InboxesForm, LanguageForm
from firstline.translation.models import OpenInbox, Reader
from firstline.translation.translators import TranslationFailed


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands in another language, and the button that has it translated; nothing when nothing does."""
    conversation = visible(request, pk)
    at_once = bool(settings.TRANSLATION_URL) and Reader.objects.filter(user=person(request), at_once=True).exists()
    return _panel(request, conversation, at_once=at_once)


@require_POST
@permitted("conversations.view")
def translate(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it translated; 422 with a sentence when there is no translation."""
    conversation = visible(request, pk)
    try:
        count = actions.translate_messages(conversation, by=person(request))
    except actions.TranslationRefused as refused:
        if is_htmx(request):
            return _panel(request, conversation, wrong=str(refused), status=422)
        messages.error(request, str(refused))
        return back(request, conversation)
    if not is_htmx(request):
        return back(request, conversation)
    say = ngettext("%(n)d message translated", "%(n)d messages translated", count) % {"n": count}
    return changed(request, _panel(request, conversation), conversation, say=say)


@require_POST
@permitted("conversations.reply")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Translate what stands in the composer; 422 with a sentence when there is no translation, the words kept."""
    conversation, user = visible(request, pk), person(request)
    form = DraftForm(request.POST)
    problems: list[str] = []
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.translate_draft(conversation, by=user, text=said["text"], cc=said["cc"], bcc=said["bcc"])
        except actions.TranslationRefused as refused:
            problems = [str(refused)]
    else:
        problems = [str(one) for found in form.errors.values() for one in found]
    if not is_htmx(request):
        for problem in problems:
            messages.error(request, problem)
        return back(request, conversation)
    return _composer(request, conversation, problems)


def _composer(request: HttpRequest, conversation: Conversation, problems: list[str]) -> HttpResponse:
    seen = request.POST.get("seen", "")
    composer = composing.build(
        request, conversation, person(request), mode=DraftMode.REPLY, seen=int(seen) if seen.isdigit() else 0
    )
    composer.problems, composer.is_just_translated = problems, not problems
    context = {"conversation": conversation, "composer": composer, "view": view_name(request, conversation)}
    return render(request, "conversations/parts/composer.html", context, status=422 if problems else 200)


def _panel(
    request: HttpRequest, conversation: Conversation, *, wrong: str = "", at_once: bool = False, status: int = 200
) -> HttpResponse:
    waiting = queries.waiting(conversation, person(request))
    if not waiting:
        return HttpResponse("")
    context = {
        "conversation": conversation,
        "language": waiting[0][1],
        "count": sum(language == waiting[0][1] for _message, language in waiting),
        "wrong": wrong,
        "at_once": at_once,
    }
    return render(request, "translation/panel.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("conversations.view")
def own(request: HttpRequest) -> HttpResponse:
    """Which language one reads and writes; 422 with what is wrong."""
    user = person(request)
    form = LanguageForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            actions.choose_language(form.cleaned_data["language"], at_once=form.cleaned_data["at_once"], by=user)
            messages.success(request, _("Kept."))
            return redirect("translation:own")
        return _page(request, form, status=422)
    found = Reader.objects.filter(user=user).first()
    return _page(request, LanguageForm(initial={"language": queries.reads(user), "at_once": found and found.at_once}))


@require_POST
@needs("inboxes.manage")
def inboxes(request: HttpRequest) -> HttpResponse:
    """From which inboxes words may go to the translator."""
    form = InboxesForm(request.POST, inboxes=list(Inbox.objects.order_by("name")))
    if form.is_valid():
        actions.open_inboxes(form.chosen, by=person(request))
        messages.success(request, _("Kept. Nothing else goes to the translation service."))
    else:
        messages.error(request, _("There is no such inbox."))
    return redirect("translation:own")


@require_POST
@needs("inboxes.manage")
def try_out(request: HttpRequest) -> HttpResponse:
    """See whether the translator answers, by a sentence of ours."""
    language = queries.reads(person(request))
    try:
        said = actions.try_out("Good morning, and thank you for writing.", "de" if language == "en" else language)
    except TranslationFailed as failed:
        messages.error(request, str(failed))
    else:
        messages.success(request, _("It answers: “%(words)s”") % {"words": said[:200]})
    return redirect("translation:own")


def _page(request: HttpRequest, form: LanguageForm, status: int = 200) -> HttpResponse:
    opened = set(OpenInbox.objects.values_list("inbox_id", flat=True))
    context = {
        "form": form,
        "place": "settings",
        "is_set": bool(settings.TRANSLATION_URL),
        "inboxes": [(one, one.pk in opened) for one in Inbox.objects.order_by("name")],
    }
    return render(request, "translation/own.html", context, status=status)
