"""Settings › Ledger: what arrived, what became of it, and whether anything is missing."""

from datetime import UTC, datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.core import clock
from firstline.intake import actions, standing
from firstline.intake.models import LedgerCheck
from firstline.intake.queries import Gap, ledger

SPANS = (8, 30, 90)
NIGHTLY_AT = time(3, 0, tzinfo=UTC)


@require_GET
@needs("ledger.view")
def page(request: HttpRequest) -> HttpResponse:
    """The sums since some days ago (`days`), of every inbox or of one (`inbox`), beside the newest checks."""
    now = clock.now()
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in SPANS else SPANS[0]
    since = datetime.combine(now.date() - timedelta(days=days), time(), UTC)
    found = ledger(since=since, now=now)
    inbox = request.GET.get("inbox", "")
    if inbox and inbox not in {one.name for one in found.inboxes}:
        raise Http404
    last = LedgerCheck.objects.order_by("-at", "-pk").first()
    context = {
        "table": standing.table(found.inboxes, since=since, inbox=inbox),
        "place": "ledger",
        "inbox": inbox,
        "since": since,
        "now": now,
        "days": days,
        "spans": SPANS,
        "gaps": found.gaps() or [Gap(**gap) for gap in (last.gaps if last else [])],
        "last": last,
        "next_check": _next_night(now),
        "nights": standing.nights(now),
    }
    return render(request, "intake/ledger.html", context)


@require_POST
@needs("ledger.view")
def check(request: HttpRequest) -> HttpResponse:
    """Prove the whole ledger now."""
    done = actions.check_ledger(by=person(request))
    if done.is_ok:
        messages.success(request, _("Checked: nothing is missing."))
    else:
        messages.error(request, _("Checked: not everything is accounted for. The page says what."))
    return redirect("intake:ledger")


def _next_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.date(), NIGHTLY_AT)
    return tonight if tonight > now else tonight + timedelta(days=1)
