"""Beside a conversation: ask an engineer, and what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import person
from firstline.conversations.views.common import permitted, visible
from firstline.core import clock
from firstline.escalations import queries
from firstline.escalations.actions import answering, asking, writing
from firstline.escalations.forms import AskForm
from firstline.escalations.models import HelpKind, HelpRequest, Told, Waiting
from firstline.knowledge.actions.proposing import ProposalRefused

SHOWN = 3
"""How many of the best matches stand in view; the others are a click away."""


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What engineers were asked and said, and the way to ask."""
    conversation = visible(request, pk)
    now = clock.now()
    asked = [{"one": one, "is_late": one.is_late(now)} for one in queries.beside(conversation)]
    waits = Waiting.objects.filter(conversation=conversation).select_related("problem").first()
    context = {"conversation": conversation, "asked": asked, "waits": waits}
    if waits is not None:
        told = Told.objects.filter(conversation=conversation, problem=waits.problem).order_by("-pk").first()
        context |= {"issues": waits.problem.issues.all(), "told": told, "impact": queries.impact(waits.problem)}
    return render(request, "escalations/panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("conversations.assign")
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The brief, filled in as far as the desk can; then it goes to one engineer. 422 with what is wrong."""
    conversation = visible(request, pk)
    now = clock.now()
    found = queries.choices(conversation, now)
    known = queries.prefilled(conversation, now)
    form = AskForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        reasons = next((one.reasons for one in found if one.engineer.pk == data["engineer"].pk), ())
        brief = asking.Brief(
            data["kind"], data["summary"], data["tried"], known.facts, known.diagnosis, data["impact"],
            data["wanted_by"],
        )  # fmt: skip
        try:
            asking.ask(
                conversation, data["engineer"], brief, by=person(request), reasons=reasons,
                cannot_wait=data["cannot_wait"],
            )  # fmt: skip
        except asking.AskRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("%(name)s is asked. You keep the conversation.") % {"name": data["engineer"]})
            return redirect("conversations:permalink", conversation.pk)
    values = _values(request, known, found)
    context = {
        "conversation": conversation,
        "best": found[:SHOWN],
        "others": found[SHOWN:],
        "known": known,
        "form": form,
        "problem": problem,
        "values": values,
        "kinds": HelpKind.choices,
    }
    return render(request, "escalations/ask.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@permitted("conversations.assign")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer is not needed any more."""
    found = _seen(request, pk)
    asking.withdraw(found, by=person(request))
    messages.success(request, _("Taken back. %(name)s need not answer.") % {"name": found.engineer.first_name})
    return redirect("conversations:permalink", found.conversation_id)


@require_POST
@permitted("conversations.reply")
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay the part that is safe for the contact into one's own empty draft."""
    found = _seen(request, pk)
    if answering.draft(found.conversation, person(request), found.safe):
        messages.success(request, _("It stands in your draft."))
    else:
        messages.error(request, _("You have begun a reply already: copy what you need from the note."))
    return redirect("conversations:permalink", found.conversation_id)


@require_POST
@permitted("articles.edit")
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """The article that would have spared the question, as a draft."""
    found = _seen(request, pk)
    try:
        made = writing.propose_article(found, by=person(request))
    except ProposalRefused as refused:
        messages.error(request, str(refused))
        return redirect("conversations:permalink", found.conversation_id)
    return redirect("knowledge:edit", made.pk)


def _seen(request: HttpRequest, pk: int) -> HelpRequest:
    requests = HelpRequest.objects.visible_to(person(request)).select_related("engineer", "conversation__contact")
    return get_object_or_404(requests, pk=pk)


def _values(request: HttpRequest, known: queries.Prefilled, found: list[queries.Choice]) -> dict[str, Any]:
    """What the fields show: what was typed, else what the desk knows."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in AskForm.base_fields}
    first = next((one for one in found if one.has_room), None)
    return {
        "kind": HelpKind.QUESTION.value,
        "engineer": str(first.engineer.pk) if first else "",
        "summary": known.summary,
        "tried": known.tried,
        "impact": known.impact,
    }
