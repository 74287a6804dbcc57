"""Settings › Ledger: what arrived, what became of it, and whether anything is missing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.core import clock
from firstline.ledger import actions, sampling, standing
from firstline.ledger.models import Check
from firstline.ledger.queries import ledger
from firstline.ledger.rules import Gap

SPANS = (8, 30, 90)
NIGHTLY_AT = time(3, 0, tzinfo=UTC)


@require_GET
@needs("ledger.view")
def page(request: HttpRequest) -> HttpResponse:
    """The sums since some days ago (`days`), of every inbox or of one (`inbox`), beside the newest check."""
    now = clock.now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in SPANS else SPANS[0]
    since = datetime.combine(now.date() - timedelta(days=days), time(), UTC)
    found = ledger(since=since, now=now)
    inbox = request.GET.get("inbox", "")
    if inbox and inbox not in {one.name for one in found.inboxes}:
        raise Http404
    weeks = sampling.weeks()
    context = {
        "table": standing.table(found.inboxes, since=since, inbox=inbox),
        "place": "ledger",
        "inbox": inbox,
        "since": since,
        "days": days,
        "spans": SPANS,
        "nights": standing.nights(now),
        "weeks": weeks,
        "unread": sum(one.unread for one in weeks),
        "share": sampling.share(weeks),
        **_checked(now, found.gaps(), inbox),
    }
    return render(request, "ledger/page.html", context)


@require_POST
@needs("ledger.view")
def check(request: HttpRequest) -> HttpResponse:
    """Have a worker prove the whole ledger now; the page says so until it is done."""
    actions.ask(by=person(request))
    return redirect("ledger:page")


@require_GET
@needs("ledger.view")
def state(request: HttpRequest) -> HttpResponse:
    """The banner alone, which a page asks for again while a check runs."""
    now = clock.now()
    found = ledger(since=now - timedelta(days=SPANS[0]), now=now)
    checked = _checked(now, found.gaps(), request.GET.get("inbox", ""))
    response = render(request, "ledger/checked.html", checked)
    if not checked["is_running"]:
        response["HX-Refresh"] = "true"  # the sums, the sources and the nights below are older than this answer
    return response


def _checked(now: datetime, gaps: list[Gap], inbox: str) -> dict[str, object]:
    """What the checks say: the newest that ended, whether one runs, the gaps of now or else those it found."""
    newest = Check.objects.order_by("-at", "-pk").first()
    last = Check.objects.exclude(finished_at=None).order_by("-at", "-pk").first()
    sources = [*last.compared, *last.unreached] if last else []
    return {
        "now": now,
        "last": last,
        "is_running": newest is not None and newest.is_running(now),
        "gave_up": newest is not None and newest.finished_at is None and not newest.is_running(now),
        "gaps": gaps or [Gap(**gap) for gap in (last.gaps if last else [])],
        "sources": sorted((one for one in sources if inbox in ("", one["inbox"])), key=lambda one: str(one["inbox"])),
        "next_check": _next_night(now),
        "inbox": inbox,
    }


def _next_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.date(), NIGHTLY_AT)
    return tonight if tonight > now else tonight + timedelta(days=1)
