"""What monitors saw: a call that is signed, and the trouble it tells of.

The signature is that of the Standard Webhooks specification (standardwebhooks.com): HMAC-SHA256 over id, time and body.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.inboxes import sealed
from firstline.incidents.models import GOING_ON, Incident, Monitor, Phase, Sighting

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
MOST_ALERTS = 100
NEAR = timedelta(hours=3)


class BadCall(ValueError):
    """Not signed by the monitor, too old, or not to be read; the text is for whoever sets it up."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that a monitor reports: its own name for it, whether it is over, and a line about it."""

    key: str
    is_over: bool
    summary: str


@transaction.atomic
def add(name: str, *, by: Actor) -> tuple[Monitor, str]:
    """A monitor and its secret, which is shown this once."""
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    made = Monitor.objects.create(name=name, secret=sealed.closed({"secret": secret}, {"secret"}))
    record_audit(Kind.STATUS_PAGE_CHANGED, by=by, after={"monitor": made.pk})
    return made, secret


def check(monitor: Monitor, headers: Mapping[str, str], body: bytes) -> None:
    """Raises BadCall unless the monitor signed exactly this, within the last five minutes."""
    said, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not said or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise BadCall("webhook-id and webhook-timestamp are missing.")
    if abs(clock.now().timestamp() - int(at)) > TOLERANCE.total_seconds():
        raise BadCall("webhook-timestamp is more than five minutes from now.")
    expected = sign(sealed.opened(monitor.secret)["secret"], said, at, body)
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise BadCall("webhook-signature does not match.")


def sign(secret: str, said: str, at: str, body: bytes) -> str:
    """The value of webhook-signature."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    mac = hmac.digest(key, f"{said}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def read(body: bytes) -> list[Alarm]:
    """The alarms of a call: `{key, state: firing|resolved, summary}`, or Alertmanager's and Grafana's `alerts`.

    Raises BadCall.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise BadCall("That is not JSON.") from error
    if not isinstance(said, dict):
        raise BadCall("One JSON object is expected.")
    found = said["alerts"] if isinstance(said.get("alerts"), list) else [said]
    alarms = [one for one in _alarms(found[:MOST_ALERTS]) if one.key]
    if not alarms:
        raise BadCall("Nothing in it has a key and a state.")
    return alarms


def _alarms(found: list[Any]) -> Iterator[Alarm]:
    for one in found:
        if not isinstance(one, dict):
            continue
        labels, notes = (
            value if isinstance(value, dict) else {} for value in (one.get("labels"), one.get("annotations"))
        )
        key = str(one.get("key") or one.get("fingerprint") or labels.get("alertname") or "")[:200]
        summary = str(one.get("summary") or notes.get("summary") or labels.get("alertname") or "")[:300]
        state = str(one.get("state") or one.get("status") or "")
        if state in {"firing", "resolved"}:
            yield Alarm(key, state == "resolved", summary)


@transaction.atomic
def take(monitor: Monitor, alarms: list[Alarm]) -> None:
    """Keep what the monitor saw, beside the incident that goes on. May come twice."""
    now = clock.now()
    for one in alarms:
        open_ones = Sighting.objects.filter(monitor=monitor, key=one.key, ended_at=None)
        if one.is_over:
            open_ones.update(ended_at=now)
        elif not open_ones.exists():
            incident = _nearest(now)
            made = Sighting.objects.create(monitor=monitor, incident=incident, key=one.key, summary=one.summary, at=now)
            record(Kind.MONITOR_ALARMED, by=MACHINE, subject_id=made.pk)


def _nearest(now: datetime) -> Incident | None:
    """The incident that a new sighting is about: the newest that is suspected or goes on."""
    near = Incident.objects.filter(phase__in=(Phase.SUSPECTED, *GOING_ON), first_report_at__gte=now - NEAR)
    return near.order_by("-pk").first()
