"""The status as machines read it: JSON, and Atom (RFC 4287)."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from firstline.core import clock
from firstline.incidents.models import Incident
from firstline.incidents.queries import ComponentState, Status, history


def as_json(status: Status) -> dict[str, Any]:
    """The state and what was measured: times in UTC (ISO 8601), lengths in seconds over the last 30 days."""
    return {
        "desk": settings.DESK_NAME,
        "at": status.at.isoformat(timespec="seconds"),
        "state": status.worst,
        "components": [_component(one) for one in status.components],
        "incidents": [_incident(one) for one in status.incidents],
        "past": [_incident(one) for one in status.past],
    }


def as_atom() -> str:
    """Every public update of the last year, newest first."""
    feed = Atom1Feed(
        title=_("%(desk)s status") % {"desk": settings.DESK_NAME},
        link=settings.BASE_URL + reverse("status:page"),
        description="",
        feed_url=settings.BASE_URL + reverse("status:atom"),
    )
    updates = [(one, update) for one in history(clock.now()) for update in one.updates.all()]
    for incident, update in sorted(updates, key=lambda one: one[1].at, reverse=True)[:50]:
        link = settings.BASE_URL + reverse("status:incident", args=[incident.pk])
        feed.add_item(
            title=f"{incident.title}: {update.get_phase_display()}",
            link=f"{link}#u-{update.pk}",
            description=update.text,
            unique_id=f"{link}#u-{update.pk}",
            pubdate=update.at,
            updateddate=update.at,
        )
    return str(feed.writeString("utf-8"))


def _component(one: ComponentState) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": one.component.name,
        "state": one.state,
        "target_percent": float(one.component.target),
    }
    if one.is_measured:
        said["last_30_days"] = {
            "allowed_seconds": round(one.allowed.total_seconds(), 2),
            "used_seconds": round(one.used.total_seconds(), 2),
            "measured_seconds": round(one.measured.total_seconds(), 2),
            "up_percent": round(one.percent, 5),
        }
    return said


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.pk,
        "title": one.title,
        "phase": one.phase,
        "since": one.first_report_at.isoformat(timespec="seconds"),
        "resolved_at": one.resolved_at.isoformat(timespec="seconds") if one.resolved_at else None,
        "next_update_at": one.next_update_at.isoformat(timespec="seconds") if one.next_update_at else None,
        "updates": [
            {"phase": update.phase, "at": update.at.isoformat(timespec="seconds"), "text": update.text}
            for update in one.updates.all()
        ],
    }
