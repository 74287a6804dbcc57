"""The queue and its cases: decide without looking, look on purpose, hand over in one key."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.conversations.models import Attachment
from firstline.conversations.views.common import permitted
from firstline.moderation import queries, rules, texts
from firstline.moderation.actions import appealing, deciding, ending, picturing, routing, storming, upstream
from firstline.moderation.actions.moving import Refused
from firstline.moderation.forms import AppealAnswerForm, BrigadeForm, DecisionForm, LiftForm, SecondForm, problems
from firstline.moderation.models import Appeal, Case, CaseState, Measure, Sanction

VIEW, DECIDE = "moderation.view", "moderation.decide"


@require_safe
@permitted(VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """What waits for a decision."""
    return render(request, "moderation/index.html", _side(request))


@require_safe
@permitted(VIEW)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: what is known of it without reading it, how such cases were decided, and the decision."""
    return _show(request, _case(request, pk), {})


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide; 422 with a sentence and everything that was typed when something is missing."""
    found = _case(request, pk)
    form = DecisionForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(problems(form))
        if form.is_sanction:
            deciding.decide(found, form.decision, by=person(request))
        else:
            deciding.resolve(found, form.cleaned_data["choice"], by=person(request))
    except Refused as refused:
        return _show(request, found, {"problem": str(refused), "typed": request.POST}, status=422)
    messages.success(request, _("Decided."))
    return _next(request, found)


@require_POST
@needs(DECIDE)
def second(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees to a ban, or does not."""
    found = _case(request, pk)
    form = SecondForm(request.POST)
    sanction = get_object_or_404(Sanction, case=found, measure=Measure.BAN, approved_by=None, ended_at=None)
    try:
        if not form.is_valid():
            raise Refused(problems(form))
        act = deciding.approve if form.cleaned_data["agree"] == "yes" else deciding.reject
        act(sanction, by=person(request))
    except Refused as refused:
        return _show(request, found, {"problem": str(refused)}, status=422)
    return _next(request, found)


@require_POST
@needs(DECIDE)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End the case's sanction before its time."""
    found = _case(request, pk)
    form = LiftForm(request.POST)
    sanction = get_object_or_404(Sanction.objects.exclude(measure__in=(Measure.NOTE, Measure.WARN)), case=found)
    try:
        if not form.is_valid():
            raise Refused(_("Say why it is lifted."))
        ending.lift(sanction, by=person(request), reason=form.cleaned_data["reason"])
    except Refused as refused:
        return _show(request, found, {"problem": str(refused)}, status=422)
    messages.success(request, _("Lifted. What was held meanwhile is let in."))
    return redirect("moderation:case", found.pk)


@require_POST
@needs(DECIDE)
def decide_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Uphold, overturn or amend."""
    found = _case(request, pk)
    form = AppealAnswerForm(request.POST)
    appeal = get_object_or_404(Appeal, sanction__case=found, decided_by=None)
    try:
        if not form.is_valid():
            raise Refused(problems(form))
        given = form.cleaned_data
        appealing.decide(appeal, given["outcome"], by=person(request), answer=given["answer"], days=given["days"])
    except Refused as refused:
        return _show(request, found, {"problem": str(refused), "typed": request.POST}, status=422)
    messages.success(request, _("Decided; the person is told."))
    return _next(request, found)


@require_POST
@needs(DECIDE)
def remember_picture(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    """Know a picture of the case again, whoever sends it; nobody has to open it for that (D-11)."""
    found = _case(request, pk)
    file = get_object_or_404(Attachment.objects.filter(message__case_item__case=found), pk=attachment)
    try:
        picturing.remember(file, case=found, by=person(request))
    except Refused as refused:
        return _show(request, found, {"problem": str(refused)}, status=422)
    messages.success(request, _("Remembered: it is covered wherever it comes from."))
    return redirect("moderation:case", found.pk)


@require_POST
@needs(VIEW)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """ "Not me, not now": to the next case, without a question (W-06)."""
    found = _case(request, pk)
    routing.hand_over(found, by=person(request))
    return _next(request, found)


@require_POST
@needs(DECIDE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a case."""
    found = _case(request, pk)
    routing.accept(found, by=person(request))
    return redirect("moderation:case", found.pk)


@require_POST
@needs(DECIDE)
def begin_brigade(request: HttpRequest) -> HttpResponse:
    """A crowd comes: limits, covers and slows at once, for so many hours (M-15)."""
    form = BrigadeForm(request.POST, inboxes=storming.inboxes_without(person(request)))
    if form.is_valid():
        storming.begin(form.cleaned_data["inbox"], by=person(request), hours=form.cleaned_data["hours"])
        messages.success(request, _("On. It ends by itself, or when you end it."))
    else:
        messages.error(request, problems(form))
    return redirect("moderation:index")


@require_POST
@needs(DECIDE)
def end_brigade(request: HttpRequest, pk: int) -> HttpResponse:
    """The crowd has gone: everything as before."""
    found = get_object_or_404(storming.running(person(request)), pk=pk)
    storming.end(found, by=person(request))
    messages.success(request, _("Over. What was only covered for it is shown again."))
    return redirect("moderation:index")


def _case(request: HttpRequest, pk: int) -> Case:
    seen = Case.objects.visible_to(person(request))
    return get_object_or_404(seen.select_related("contact", "inbox", "assignee", "like"), pk=pk)


def _next(request: HttpRequest, found: Case) -> HttpResponse:
    """To the next case that waits, else to the queue."""
    for row in queries.queue(person(request)):
        if row.case.pk != found.pk and row.case.assignee_id in (None, person(request).pk):
            return redirect("moderation:case", row.case.pk)
    return redirect("moderation:index")


def _side(request: HttpRequest) -> dict[str, Any]:
    user = person(request)
    return {
        "rows": queries.queue(user),
        "brigades": storming.running(user),
        "open_inboxes": storming.inboxes_without(user),
        "own": queries.own_exposure(user, routing.SOFT_REVEALS),
        "place": "moderation",
    }


def _show(request: HttpRequest, found: Case, extra: dict[str, Any], status: int = 200) -> HttpResponse:
    user = person(request)
    shown = queries.messages_of(found)
    proposal = deciding.propose(found)
    sanctions = queries.sanctions_of(found)
    current = next((one for one in sanctions if one.case_id == found.pk), None)
    context = {
        **_side(request),
        "case": found,
        "own_messages": shown,
        "pictures": picturing.pictures_of(found),
        "copies": found.items.filter(is_copy=True).count(),
        "reports": queries.reports_of(found),
        "precedents": queries.precedents(found),
        "proposal": proposal,
        "proposed_label": Measure(proposal.rung.measure).label,
        "sanctions": sanctions,
        "current": current,
        "appeal": Appeal.objects.filter(sanction__case=found).first(),
        "measures": [one for one in Measure if one != Measure.NOTE],
        "facts": _facts(found, shown),
        "rule": texts.rule_of(found.reason),
        "policy": rules.POLICY_VERSION,
        "able": upstream.abilities(found.inbox.channel) if found.inbox.channel != "email" else {},
        "acts": list(current.upstream_acts.order_by("pk")) if current else [],
        "may_second": current is not None and user.pk not in (current.proposed_by_id, current.handled_by_id),
        "is_open": found.state == CaseState.OPEN,
        **extra,
    }
    return render(request, "moderation/case.html", context, status=status)


def _facts(found: Case, shown: list[Any]) -> str:
    """A first version of the facts: how often, when, what it was; the decider changes it."""
    if not shown:
        return ""
    count = found.items.count()
    return _("You wrote to us %(count)d times, first on %(date)s: %(reason)s.") % {
        "count": count,
        "date": texts.day(shown[0].created_at),
        "reason": str(found.get_reason_display()).lower(),
    }
