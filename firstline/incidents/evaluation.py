"""Scores of the watcher on arrivals, as `firstline eval incidents` prints them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from firstline.incidents.watching import FIFTH, Alert, Arrival, Watcher

MONTH = 30.0


def score_incidents(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`recall` over incidents of at least five people: alerted on, most of the alert's messages being theirs; alerts
    about nothing per 30 days; minutes from the fifth person to the alert. Raises KeyError when a field is absent.
    """
    watcher = Watcher()
    truth: dict[str, str | None] = {}
    fifth: dict[str, datetime] = {}
    people: dict[str, set[str]] = defaultdict(set)
    alerts: list[Alert] = []
    first = last = None
    for number, row in enumerate(rows):
        at = datetime.fromisoformat(str(row["at"]).replace("Z", "+00:00"))
        first, last = first or at, at
        incident = None if row["incident"] is None else str(row["incident"])
        truth[str(number)] = incident
        if incident is not None:
            people[incident].add(str(row["person"]))
            if len(people[incident]) == FIFTH:
                fifth.setdefault(incident, at)
        alert = watcher.see(Arrival.of(at, str(row["person"]), str(row["text"]), str(number)))
        alerts += [alert] if alert else []
    found: dict[str, datetime] = {}
    false = []
    for alert in alerts:
        most, count = Counter(truth[one.id] for one in alert.arrivals).most_common(1)[0]
        if most is None or count * 2 < len(alert.arrivals):
            false.append({"at": alert.at.isoformat(), "fingerprint": alert.fingerprint, "people": alert.people})
        else:
            found.setdefault(most, alert.at)
    days = max(1.0, (last - first).total_seconds() / 86_400) if first and last else 1.0
    waits = [max(0.0, (found[one] - fifth[one]).total_seconds() / 60) for one in found if one in fifth]
    return {
        "n": len(truth),
        "incidents": len(fifth),
        "recall": round(sum(one in found for one in fifth) / len(fifth), 4) if fifth else None,
        "false_alarms_per_30_days": round(len(false) * MONTH / days, 3),
        "median_minutes_after_fifth": round(median(waits), 2) if waits else None,
        "missed": sorted(one for one in fifth if one not in found),
        "false": false,
    }
