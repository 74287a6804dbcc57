"""Macros: the list that `/` opens in the composer, what using one does, and the page where they are kept."""

import json
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations import writing
from firstline.conversations.actions import drafting, macros
from firstline.conversations.forms import MacroForm, preset
from firstline.conversations.models import Conversation, Draft, DraftMode, Macro
from firstline.conversations.views.common import back, changed, is_htmx, permitted, view_name, visible
from firstline.core import clock


@require_safe
@permitted("conversations.reply")
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The macros, as a menu beside the composer; the browser filters them by what is typed."""
    conversation = visible(request, pk)
    context = {
        "macros": Macro.objects.all(),
        "conversation": conversation,
        "view": view_name(request, conversation),
    }
    return render(request, "conversations/parts/macro_menu.html", context)


@require_POST
@permitted("conversations.reply")
def use(request: HttpRequest, pk: int, macro_pk: int) -> HttpResponse:
    """Do what the macro does, and put its text with the blanks filled into the composer. Nothing is sent."""
    conversation, macro = visible(request, pk), get_object_or_404(Macro, pk=macro_pk)
    user = person(request)
    text = writing.fill(macro.text, _values(conversation, user))
    macros.apply(macro, conversation, by=user, snooze_until=preset(macro.snooze, clock.now()))
    if not is_htmx(request):
        _into_draft(conversation, user, text)
        return back(request, conversation)
    response = changed(request, HttpResponse(status=204), conversation)
    triggers = json.loads(response.headers["HX-Trigger"])
    if text:
        triggers["firstline:insert"] = {"target": "body", "text": text}
    response.headers["HX-Trigger"] = json.dumps(triggers)
    return response


def _into_draft(conversation: Conversation, user: User, text: str) -> None:
    draft = Draft.objects.filter(conversation=conversation, user=user, mode=DraftMode.REPLY).first()
    whole = "\n\n".join(filter(None, (draft.text if draft else "", text)))
    drafting.save_draft(conversation, by=user, mode=DraftMode.REPLY, text=whole, cc=draft.cc if draft else ())


def _values(conversation: Conversation, user: User) -> dict[str, str]:
    """What a macro's blanks may say."""
    contact = conversation.contact
    return {
        "contact.name": contact.name,
        "contact.first_name": contact.name.split(" ")[0],
        "contact.organization": str(contact.organization) if contact.organization else "",
        "conversation.number": str(conversation.pk),
        "conversation.subject": conversation.subject,
        "agent.name": user.name,
        "agent.first_name": user.first_name,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("conversations.reply")
def manage(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """All macros, with one to write; 422 with sentences when it can't be kept."""
    macro = get_object_or_404(Macro, pk=pk) if pk is not None else None
    form = MacroForm(request.POST or None, initial=_initial(macro))
    status = 200
    if request.method == "POST":
        if form.is_valid() and _saved(macro, form, person(request)):
            return HttpResponseRedirect(reverse("conversations:macros"), status=303)
        status = 422
    context = {"form": form, "macro": macro, "macros": Macro.objects.all(), "place": "macros"}
    return render(request, "conversations/macros.html", context, status=status)


def _initial(macro: Macro | None) -> dict[str, Any]:
    if macro is None:
        return {}
    names = ("name", "text", "takes", "status", "snooze")
    return {name: getattr(macro, name) for name in names} | {"tags": ", ".join(macro.tags)}


def _saved(macro: Macro | None, form: MacroForm, user: User) -> bool:
    try:
        with transaction.atomic():
            macros.save_macro(macro, by=user, **form.cleaned_data)
    except IntegrityError:
        form.add_error("name", _("There is a macro with this name already."))
        return False
    return True


@require_POST
@permitted("conversations.reply")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a macro away."""
    macros.delete_macro(get_object_or_404(Macro, pk=pk))
    return HttpResponseRedirect(reverse("conversations:macros"), status=303)
