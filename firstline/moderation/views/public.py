"""Pages for everybody: appeal, report, and how the desk moderates, in words and figures."""

import csv
import json
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import SEVERITY, Message, Reason
from firstline.core import clock, tokens
from firstline.moderation import queries, rules, texts
from firstline.moderation.actions import appealing, reporting
from firstline.moderation.actions.moving import Refused
from firstline.moderation.forms import AppealForm, ReportForm, problems
from firstline.moderation.models import Appeal

REPORT = "report"


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Appeal against a decision, without an account; 404 for a link that is not ours or too old."""
    link = appealing.open_link(token)
    if link is None:
        return render(request, "moderation/appeal.html", {"is_gone": True}, status=404)
    filed = Appeal.objects.filter(sanction=link.sanction).first()
    context: dict[str, Any] = {
        "sanction": link.sanction,
        "measure": texts.measure_words(link.sanction),
        "rule": texts.rule_of(link.sanction.reason),
        "until": link.expires_at,
        "filed": filed,
    }
    if request.method == "POST":
        form = AppealForm(request.POST)
        try:
            if not form.is_valid():
                raise Refused(problems(form))
            context["filed"] = appealing.file(link, form.cleaned_data["text"])
        except Refused as refused:
            context |= {"problem": str(refused), "text": request.POST.get("text", "")}
    return render(request, "moderation/appeal.html", context, status=422 if "problem" in context else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody outside reports a message by a link of theirs; who they are stays with us."""
    try:
        message_id, identity_id = tokens.read(REPORT, token, 2)
    except tokens.BadToken:
        return render(request, "moderation/report_outside.html", {"is_gone": True}, status=404)
    message = Message.objects.filter(pk=message_id).select_related("strand__inbox", "author_identity").first()
    identity = ContactIdentity.objects.filter(pk=identity_id).first()
    if message is None or identity is None:
        return render(request, "moderation/report_outside.html", {"is_gone": True}, status=404)
    choices = [(one.value, one.label, texts.rule_of(one)) for one in Reason if SEVERITY[one] > 0]
    context: dict[str, Any] = {"choices": choices}
    if request.method == "POST":
        form = ReportForm(request.POST)
        if form.is_valid():
            reporting.report_by_contact(message, by=identity, **form.cleaned_data)
            context["said"] = True
        else:
            context["problem"] = problems(form)
    return render(request, "moderation/report_outside.html", context, status=422 if "problem" in context else 200)


@require_safe
def conduct(request: HttpRequest) -> HttpResponse:
    """The rules, the ladder, and this quarter's figures."""
    context = {
        "rules": [(one.label, texts.rule_of(one), SEVERITY[one]) for one in Reason],
        "policy": rules.POLICY_VERSION,
        "ladder": _ladder(),
        "figures": _figures(),
        "reasons": dict(Reason.choices),
    }
    return render(request, "moderation/conduct.html", context)


@require_safe
def report_json(request: HttpRequest) -> JsonResponse:
    """The same figures for machines; null stands for a group of fewer than five."""
    return JsonResponse(json.loads(json.dumps(asdict(_figures()), default=str)))


@require_safe
def report_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as rows."""
    found = _figures()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    rows = csv.writer(response, quoting=csv.QUOTE_ALL)
    rows.writerow(["what", "reason", "channel", "found_by", "number"])
    for reason, channel, found_by, number in found.actioned:
        rows.writerow(["actioned", reason, channel, found_by, "<5" if number is None else number])
    for words, number in found.lengths:
        rows.writerow(["length", words, "", "", "<5" if number is None else number])
    for state, number in found.appeals.items():
        rows.writerow(["appeals", state, "", "", "<5" if number is None else number])
    return response


def _figures() -> queries.Figures:
    return queries.figures(*queries.quarter(clock.now()))


def _ladder() -> list[tuple[int, list[str]]]:
    words = {
        "warn": _("a warning"),
        "slow": _("fewer messages a day, for %(days)d days"),
        "suspend": _("a pause of %(days)d days"),
    }
    return [
        (severity, [words[rung.measure] % ({"days": rung.days} if rung.days else {}) for rung in steps])
        for severity, steps in rules.LADDER.items()
    ]
