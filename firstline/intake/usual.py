"""What is usual at this desk: how soon people answer, and how many acknowledgements leave in an hour."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db.models import Min, Sum

from firstline.conversations.models import Conversation
from firstline.intake.models import AcknowledgementHour

LOOKED_BACK, NEWEST, FEWEST, SHARE = timedelta(days=28), 500, 20, 0.8
WEEK_HOURS = 7 * 24
_HOUR = timedelta(hours=1)


def usual_wait(inbox_id: int, now: datetime) -> int | None:
    """Within how many hours a person first answered four of five of the newest conversations; None when fewer than
    twenty were answered in four weeks, so that nothing is promised that was not measured.
    """
    answered = Conversation.objects.filter(
        inbox=inbox_id, created_at__gt=now - LOOKED_BACK, first_response_at__isnull=False
    )
    times = answered.order_by("-pk").values_list("created_at", "first_response_at")[:NEWEST]
    waits = sorted(first - created for created, first in times if first is not None)
    if len(waits) < FEWEST:
        return None
    return max(1, math.ceil(waits[math.ceil(SHARE * len(waits)) - 1] / _HOUR))


def hourly_usual(hour: datetime) -> float:
    """Acknowledgements sent in an hour, on the mean of the last week's; hours in which they were stopped don't count.

    `hour` is the beginning of the present one, which is left out.
    """
    week = AcknowledgementHour.objects.filter(hour__lt=hour, hour__gte=hour - timedelta(hours=WEEK_HOURS))
    found = week.filter(stopped=False).aggregate(sent=Sum("sent"), first=Min("hour"))
    if found["first"] is None:
        return 0.0
    hours: float = (hour - found["first"]) / _HOUR - week.filter(stopped=True, hour__gte=found["first"]).count()
    return float(found["sent"]) / max(1.0, hours)
