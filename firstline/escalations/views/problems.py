"""Problems: which conversations wait for what, how its issues stand, and who was told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import person
from firstline.conversations.models import Conversation
from firstline.conversations.views.common import permitted, visible
from firstline.core import clock
from firstline.escalations import queries
from firstline.escalations.actions import answering, problems
from firstline.escalations.forms import IssueForm, ProblemForm
from firstline.escalations.models import Happening, Problem, Severity, Told, Waiting

SHOWN = 100


@require_safe
@permitted("conversations.view")
def index(request: HttpRequest) -> HttpResponse:
    """What is wrong and how many wait for it; what may be one problem comes first."""
    user = person(request)
    found = list(Problem.objects.visible_to(user).prefetch_related("issues").order_by("-pk")[:SHOWN])
    hits = queries.impacts(found)
    rows = [{"one": one, "impact": hits[one.pk]} for one in sorted(found, key=lambda one: -hits[one.pk].score)]
    context = {"place": "problems", "rows": rows, "proposals": queries.proposals(user, clock.now())}
    return render(request, "escalations/problems.html", context)


@require_POST
@permitted("conversations.assign")
def accept(request: HttpRequest) -> HttpResponse:
    """Make one problem of what many met; its conversations wait for it from now on."""
    user = person(request)
    found = queries.proposals(user, clock.now())
    proposal = next((one for one in found if one.signature == request.POST.get("signature")), None)
    if proposal is None:
        messages.error(request, _("This is one already, or fewer people meet it now."))
        return redirect("escalations:problems")
    made = problems.begin(proposal.cause, by=user, severity=Severity.HINDERS, signature=proposal.signature)
    seen = Conversation.objects.visible_to(user).filter(pk__in=proposal.conversations)
    count = problems.wait_for(made, seen, by=user)
    words = ngettext("%(n)d conversation waits for it.", "%(n)d conversations wait for it.", count)
    messages.success(request, words % {"n": count})
    return redirect("escalations:problem", made.pk)


@require_safe
@permitted("conversations.view")
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem: whom it hits, its issues and what happened to them, who was told what."""
    return _problem(request, pk)


@require_POST
@permitted("conversations.assign")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Another issue stands for it, or one is opened for it; 422 with what is wrong."""
    found, form = _seen(request, pk), IssueForm(request.POST)
    if not form.is_valid():
        return _problem(request, pk, _("This is no address of an issue."))
    try:
        if form.cleaned_data["url"]:
            made = problems.link_issue(found, form.cleaned_data["url"], by=person(request))
        else:
            made = problems.open_issue(found, form.cleaned_data["place"], by=person(request))
    except problems.LinkRefused as refused:
        return _problem(request, pk, str(refused))
    messages.success(request, _("%(issue)s stands for it.") % {"issue": made})
    return redirect("escalations:problem", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("conversations.assign")
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """For which problem a conversation waits; 422 with what is wrong."""
    conversation, user = visible(request, pk), person(request)
    known = Problem.objects.visible_to(user).order_by("-pk")
    form = ProblemForm(request.POST if request.method == "POST" else None, known=known)
    problem = ""
    if request.method == "POST":
        try:
            if not form.is_valid():
                raise problems.LinkRefused(" ".join(str(one) for all_of in form.errors.values() for one in all_of))
            chosen = _chosen(form.cleaned_data, request)
            problems.wait_for(chosen, [conversation], by=user)
        except problems.LinkRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("It waits for “%(title)s”.") % {"title": chosen.title})
            return redirect("conversations:permalink", conversation.pk)
    context = {
        "conversation": conversation, "form": form, "problem": problem, "known": known[:SHOWN],
        "severities": Severity.choices, "values": request.POST or {"title": conversation.title, "severity": "2"},
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "escalations/choose_problem.html", context, status=status)


@require_POST
@permitted("conversations.assign")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation has nothing to do with it."""
    problems.let_go(visible(request, pk), by=person(request))
    return redirect("conversations:permalink", pk)


@require_POST
@permitted("conversations.reply")
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay what the contact is owed into one's own empty draft."""
    conversation = visible(request, pk)
    told = Told.objects.filter(conversation=conversation).order_by("-pk").first()
    if told is None or not answering.lay(conversation, person(request), told.text):
        messages.error(request, _("You have begun a reply already."))
    return redirect("conversations:permalink", pk)


def _chosen(data: dict[str, Any], request: HttpRequest) -> Problem:
    """The known problem, or a new one with its issue. Raises LinkRefused."""
    chosen: Problem | None = data["problem"]
    if chosen is None:
        chosen = problems.begin(
            data["title"], by=person(request), severity=data["severity"] or Severity.HINDERS, package=data["package"]
        )
    if data["url"]:
        problems.link_issue(chosen, data["url"], by=person(request))
    return chosen


def _seen(request: HttpRequest, pk: int) -> Problem:
    return get_object_or_404(Problem.objects.visible_to(person(request)), pk=pk)


def _problem(request: HttpRequest, pk: int, wrong: str = "") -> HttpResponse:
    found, user = _seen(request, pk), person(request)
    seen = Conversation.objects.visible_to(user)
    waiting = Waiting.objects.filter(problem=found, conversation__in=seen).select_related("conversation__contact")
    told = {one.conversation_id: one for one in Told.objects.filter(problem=found).order_by("pk")}
    context = {
        "place": "problems",
        "problem": found,
        "impact": queries.impact(found),
        "issues": found.issues.all(),
        "places": [place for place, _settings in queries.ways_in()],
        "happened": Happening.objects.filter(issue__problem=found).order_by("-at")[:30],
        "waiting": [{"one": one, "told": told.get(one.conversation_id)} for one in waiting.order_by("pk")[:SHOWN]],
        "wrong": wrong,
    }
    return render(request, "escalations/problem.html", context, status=422 if wrong else 200)
