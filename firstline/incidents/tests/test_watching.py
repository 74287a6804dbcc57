"""Trouble is noticed at its fifth person; questions, campaigns and one angry writer are left alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from firstline.incidents.evaluation import score_incidents
from firstline.incidents.fingerprints import fingerprints
from firstline.incidents.tests.synthetic import year
from firstline.incidents.watching import WINDOWS, Alert, Arrival, Watcher, tail

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
OUTAGE = (
    "installs fail with 503",
    "is the registry down? 503",
    "E503 for every package",
    "503 Service Unavailable",
    "npm i: error 503",
)


def watch(texts: list[str], people: list[str] | None = None, minutes: float = 2) -> list[Alert]:
    """The alerts of messages that come `minutes` apart, after three quiet weeks."""
    watcher = Watcher()
    for hour in range(21 * 24):
        watcher.see(
            Arrival.of(NOON + timedelta(hours=hour - 21 * 24), f"quiet {hour}", "How do I rename my organisation?")
        )
    names = people or [f"person {number}" for number in range(len(texts))]
    arrivals = (
        Arrival.of(NOON + timedelta(minutes=minutes * number), name, text)
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    )
    return [alert for alert in map(watcher.see, arrivals) if alert]


def test_the_fifth_person_raises_the_alert() -> None:
    (alert,) = watch(list(OUTAGE))

    assert alert.people == 5
    assert alert.at == NOON + timedelta(minutes=8)


def test_later_messages_join_instead_of_alerting_again() -> None:
    (alert,) = watch([*OUTAGE, *OUTAGE, "still 503 here"])

    assert alert.people == 11


def test_one_angry_person_is_one_person() -> None:
    assert watch(list(OUTAGE), people=["grim"] * 5) == []


def test_copies_of_one_text_are_a_campaign() -> None:
    assert watch(["The registry is broken, buy our mirror today and never wait again"] * 20) == []


def test_questions_are_no_trouble() -> None:
    assert watch(["How do I use trusted publishing?", "Where do I find trusted publishing?"] * 10) == []


def test_errors_of_the_writers_own_machine_are_no_incident() -> None:
    assert watch(["npm ERR! code EACCES permission denied", "EACCES in step 3", "tutorial fails: EACCES"] * 4) == []


@pytest.mark.parametrize("text", ["How do I rename a package?", "Thank you!", "", "npm ERR! code ERESOLVE peer dep"])
def test_what_tells_of_no_trouble_has_no_fingerprint(text: str) -> None:
    assert fingerprints(text) == frozenset()


def test_the_tail_is_that_of_poisson() -> None:
    assert tail(1, 1.0) == pytest.approx(0.632, abs=0.001)
    assert tail(5, 1.0) == pytest.approx(0.00366, abs=0.0001)
    assert tail(3, 0.0) == 0


def test_called_up_anew_a_watcher_goes_on_as_before() -> None:
    """What is kept between two jobs, as JSON and with the last three hours, is all that it knows."""
    rows = year(11, days=40, incidents=6, bursts=4)
    arrivals = [
        Arrival.of(datetime.fromisoformat(row["at"]), row["person"], row["text"], str(number))
        for number, row in enumerate(rows)
    ]
    whole, parted = Watcher(), Watcher()
    expected = [alert for alert in map(whole.see, arrivals) if alert]
    found = []
    for begin in range(0, len(arrivals), 25):
        recent = [one for one in arrivals[max(0, begin - 4000) : begin] if arrivals[begin].at - one.at <= WINDOWS[-1]]
        parted = Watcher.remembering(json.loads(json.dumps(parted.memory)), recent)
        found += [alert for alert in map(parted.see, arrivals[begin : begin + 25]) if alert]

    assert len(expected) >= 5
    assert [(one.at, one.fingerprint) for one in found] == [(one.at, one.fingerprint) for one in expected]


def test_a_year_of_messages() -> None:
    score = score_incidents(year(7))

    assert score["incidents"] == 30
    assert score["recall"] >= 0.95, score["missed"]
    assert score["false_alarms_per_30_days"] <= 1, score["false"]
    assert score["median_minutes_after_fifth"] <= 5
