"""Settings › Answers: how suggestions fared, how right a replay found them, and what the machine may do."""

import csv
from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.answers import actions, charts, forms, measures, queries
from firstline.answers.actions import replaying, sorting
from firstline.answers.models import Mode, Policy, Replay
from firstline.core import clock
from firstline.inboxes.models import Inbox

LOOKBACK = timedelta(days=90)
CSV_FIELDS = ("name", "proposed", "inserted", "distance", "wrong", "resolved", "reopened", "yes", "no")


@require_GET
@needs("answers.decide")
def report(request: HttpRequest) -> HttpResponse:
    """What became of suggestions in 90 days, and the reliability that the last replay found."""
    since = clock.now() - LOOKBACK
    replay = queries.newest_replay()
    points = queries.points(replay) if replay else []
    bins = measures.reliability(points)
    context = {
        "place": "answers",
        "tables": [
            ("article", _("By article"), queries.by_article(since)),
            ("engine", _("By version of the engine"), queries.by_engine(since)),
        ],
        "learnt": queries.by_model(),
        "targets": forms.PRECISIONS,
        "target": str(queries.target()),
        "replay": replay,
        "bins": bins,
        "dots": charts.reliability(bins),
        "error": measures.calibration_error(points),
        "policies": Policy.objects.filter(inbox__in=_inboxes(request)).select_related("inbox", "decided_by"),
    }
    return render(request, "answers/report.html", context)


@require_POST
@needs("answers.decide")
def set_precision(request: HttpRequest) -> HttpResponse:
    """Choose how right proposals of what a conversation is about must be."""
    form = forms.PrecisionForm(request.POST)
    if form.is_valid():
        sorting.set_precision(form.cleaned_data["target"], by=person(request))
        messages.success(request, _("Kept. It holds from the next message on."))
    else:
        messages.error(request, _("Choose one of the list."))
    return redirect("answers:report")


@require_safe
@needs("answers.decide")
def usage(request: HttpRequest) -> HttpResponse:
    """The same table as CSV; `by` is article or engine."""
    read = queries.by_engine if request.GET.get("by") == "engine" else queries.by_article
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="usage.csv"'
    table = csv.writer(response)
    table.writerow(CSV_FIELDS)
    for one in read(clock.now() - LOOKBACK):
        table.writerow([_cell(getattr(one, field)) for field in CSV_FIELDS])
    return response


def _cell(value: object) -> object:
    """A title that a spreadsheet would take for a formula is kept a text (CWE-1236)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


@require_GET
@needs("answers.decide")
def replay(request: HttpRequest) -> HttpResponse:
    """The newest replay: its curve, its topics with the switch, and answers beside what was sent."""
    newest = Replay.objects.order_by("-pk").first()
    finished = newest if newest and newest.finished_at else queries.newest_replay()
    context: dict[str, object] = {"place": "answers", "newest": newest, "replay": finished, "form": forms.SinceForm()}
    if finished is not None:
        steps = measures.curve(queries.points(finished))
        context |= {
            "steps": steps[:: max(len(steps) // 12, 1)],
            "curve": charts.curve(steps, measures.ANSWER_PRECISION),
            "alone": measures.allowed(steps),
            "beside": measures.allowed(steps, precision=measures.SUGGEST_PRECISION, bound=0.0),
            "topics": queries.topics(finished, _inboxes(request)),
            "rows": queries.beside(finished, person(request)),
        }
    template = "answers/replay.html#progress" if request.headers.get("HX-Request") else "answers/replay.html"
    return render(request, template, context)


@require_POST
@needs("answers.decide")
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a replay since a day; one at a time."""
    form = forms.SinceForm(request.POST)
    if not form.is_valid():
        return render(request, "answers/replay.html", {"form": form}, status=422)
    if Replay.objects.filter(finished_at__isnull=True, created_at__gt=clock.now() - timedelta(hours=1)).exists():
        messages.info(request, _("A replay is running already."))
    else:
        replaying.ask(form.cleaned_data["since"], by=person(request))
    return redirect("answers:replay")


@require_POST
@needs("answers.decide")
def decide(request: HttpRequest) -> HttpResponse:
    """Say what the machine may do with one case type of one inbox."""
    inbox = get_object_or_404(_inboxes(request), pk=request.POST.get("inbox") or 0)
    form = forms.PolicyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what the machine may do, and say why."))
        return redirect("answers:replay")
    said = form.cleaned_data
    try:
        actions.set_policy(
            inbox,
            said["case"],
            mode=Mode(said["mode"]),
            by=person(request),
            reason=said["reason"],
            replay=queries.newest_replay(),
        )
    except actions.NotProven as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept. It holds from the next message on."))
    return redirect("answers:replay")


def _inboxes(request: HttpRequest) -> QuerySet[Inbox]:
    return Inbox.objects.visible_to(person(request))
