"""A decision as the DSA's database wants it (M-23)."""

import json

import pytest

from firstline.conversations.models import Reason
from firstline.moderation import dsa
from firstline.moderation.actions import deciding
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.models import Measure
from firstline.moderation.tests.conftest import Desk

NEEDED = {
    "decision_visibility",
    "decision_provision",
    "decision_account",
    "decision_ground",
    "category",
    "source_type",
    "automated_detection",
    "automated_decision",
    "content_date",
    "application_date",
    "puid",
}


@pytest.mark.parametrize(
    ("measure", "field", "value"),
    [
        (Measure.SUSPEND, "decision_account", "DECISION_ACCOUNT_SUSPENDED"),
        (Measure.BAN, "decision_account", "DECISION_ACCOUNT_TERMINATED"),
        (Measure.RESTRICT_CHANNEL, "decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
        (Measure.MUTE, "decision_visibility", ["DECISION_VISIBILITY_OTHER"]),
    ],
)
def test_m23_every_field_is_there_and_none_leads_to_a_person(
    desk: Desk, measure: str, field: str, value: object
) -> None:
    chosen = Decision(measure, Reason.HARASSMENT, channel="email", skip_reason="Needed.", words="Casey Rivers wrote.")
    found = dsa.statement(deciding.decide(desk.case, chosen, by=desk.people.ada))
    assert set(found) >= NEEDED
    assert found[field] == value
    assert found["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    text = json.dumps(found)
    for word in ("grim", "Casey", desk.people.ada.name, desk.message.text):
        assert word not in text
