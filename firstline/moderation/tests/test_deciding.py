"""Decisions: what they must say, who may make them, how they end, and that the database itself holds (M-01 to M-06,
M-11).
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from firstline.conversations.models import Conversation, Cover, Reason, Resolution, Status
from firstline.core import clock
from firstline.events.models import AuditEntry
from firstline.events.verifying import verify
from firstline.moderation import rules
from firstline.moderation.actions import deciding, ending, evidence, moving, reporting
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import ARROWS, Case, CaseState, Evidence, Measure, Outcome, Sanction
from firstline.moderation.tests.conftest import INSULT, Desk
from tests import factories

PAUSE = Decision(Measure.SUSPEND, Reason.HARASSMENT, days=7, words="Three mails with insults.")
BAN = Decision(Measure.BAN, Reason.HARASSMENT, words="Forty mails.", skip_reason="Forty mails in a day.")


def test_a_pause_is_in_force_at_once_with_evidence_policy_and_an_end(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, PAUSE, by=desk.people.ada)
    assert sanction.expires_at is not None
    assert sanction.expires_at - sanction.starts_at == timedelta(days=7)
    assert (sanction.policy_version, sanction.evidence.message_id) == (rules.POLICY_VERSION, desk.message.pk)
    assert Case.objects.get().state == CaseState.EXECUTED
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.resolution) == (Status.RESOLVED, Resolution.SANCTIONED)


def test_m02_a_ban_is_a_pause_of_30_days_until_a_second_person_agrees(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    assert sanction.expires_at == sanction.starts_at + timedelta(days=30)
    with pytest.raises(Refused):
        deciding.approve(sanction, by=desk.people.ada)
    agreed = deciding.approve(sanction, by=desk.people.lena)
    assert (agreed.expires_at, agreed.approved_by) == (None, desk.people.lena)
    assert Case.objects.get().state == CaseState.EXECUTED


def test_m02_who_had_the_case_in_hand_is_no_second_person(desk: Desk) -> None:
    Case.objects.update(handler=desk.people.mina)
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    with pytest.raises(Refused):
        deciding.approve(sanction, by=desk.people.mina)


@pytest.mark.parametrize("who", ["ada", "nobody"])
def test_m02_the_database_refuses_a_ban_for_good_without_somebody_else(desk: Desk, who: str) -> None:
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    approver = desk.people.ada if who == "ada" else None
    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=sanction.pk).update(expires_at=None, approved_by=approver)


def test_m02_every_measure_but_note_warn_and_ban_must_end_by_itself(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, PAUSE, by=desk.people.ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=sanction.pk).update(expires_at=None)


def test_m02_a_proposed_ban_lapses_when_nobody_agrees(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    with clock.at(clock.now() + timedelta(days=31)):
        assert ending.expire_due(clock.now()) == 1
    sanction.refresh_from_db()
    assert sanction.ended_at is not None
    assert Case.objects.get().state == CaseState.LAPSED


def test_m02_who_is_not_agreed_with_has_a_pause_left(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    kept = deciding.reject(sanction, by=desk.people.lena)
    assert kept.measure == Measure.SUSPEND
    assert kept.expires_at is not None
    assert Case.objects.get().state == CaseState.EXECUTED


def test_m01_the_events_alone_give_the_same_states(desk: Desk) -> None:
    other = factories.arrives(desk.people.inbox, factories.contact("noor"), factories.mail("Hm", "Hm."))
    second = reporting.report_by_agent(other, by=desk.people.mina, reason=Reason.SPAM)
    deciding.resolve(second, Outcome.NO_ACTION, by=desk.people.ada)
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    deciding.approve(sanction, by=desk.people.lena)
    ending.lift(sanction, by=desk.people.mina, reason="We spoke.")
    assert moving.replay() == dict(Case.objects.values_list("pk", "state"))
    assert set(moving.replay().values()) == {CaseState.RESOLVED, CaseState.LIFTED}


def test_m01_the_database_refuses_arrows_that_are_not_drawn(desk: Desk) -> None:
    for state in CaseState:
        if state in ARROWS[CaseState.OPEN] or state == CaseState.OPEN:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.update(state=state)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('moderation_refuse_arrow'::regproc)")
        drawn = cursor.fetchone()[0]
    pairs = {f"'{here.value}>{there.value}'" for here, targets in ARROWS.items() for there in map(CaseState, targets)}  # type: ignore[attr-defined]
    assert all(pair in drawn for pair in pairs)
    assert drawn.count(">") == len(pairs) + drawn.count("'>'") + drawn.count("<>")


@pytest.mark.parametrize(
    "decision",
    [
        Decision(Measure.SUSPEND, Reason.FRUSTRATION),
        Decision(Measure.WARN, Reason.SELF_HARM_RISK),
        Decision(Measure.SUSPEND, Reason.HARASSMENT, policy_version=""),
        Decision("shout", Reason.HARASSMENT),
        Decision(Measure.SUSPEND, "because"),
        Decision(Measure.RESTRICT_CHANNEL, Reason.HARASSMENT),
        Decision(Measure.SUSPEND, Reason.HARASSMENT, days=30),
        Decision(Measure.BAN, Reason.HARASSMENT),
        Decision(Measure.WARN, Reason.INSULT),
    ],
    ids=["frustration", "danger", "no-policy", "no-measure", "no-reason", "no-channel", "rung", "ban-rung", "one-day"],
)
def test_m05_m11_what_a_decision_does_not_say_holds_it_back(desk: Desk, decision: Decision) -> None:
    with pytest.raises(Refused):
        deciding.decide(desk.case, decision, by=desk.people.ada)
    assert not Sanction.objects.exists()
    assert not Evidence.objects.exists()


def test_m06_evidence_does_not_change_and_shows_what_was_tampered_with(desk: Desk) -> None:
    kept = deciding.decide(desk.case, PAUSE, by=desk.people.ada).evidence
    desk.message.text = "I never said that."
    desk.message.save(update_fields=["text"])
    kept.refresh_from_db()
    assert evidence.verify(kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.update(digest="0" * 64)
    changed = bytearray(bytes(kept.ciphertext))
    changed[40] ^= 1
    kept.ciphertext = bytes(changed)
    assert not evidence.verify(kept)


def test_m03_expiry_and_lifting_end_it_and_the_next_mail_waits_for_us(desk: Desk) -> None:
    deciding.decide(desk.case, PAUSE, by=desk.people.ada)
    grim = factories.contact("grim")
    held = factories.arrives(desk.people.inbox, grim, factories.mail("Again", "Is my account back?"))
    assert held.cover.is_held
    assert held.conversation.status == Status.RESOLVED
    with clock.at(clock.now() + timedelta(days=7, minutes=5)):
        assert ending.expire_due(clock.now()) == 1
        assert ending.expire_due(clock.now()) == 0
        later = factories.arrives(desk.people.inbox, grim, factories.mail("Thanks", "Is my account back?"))
    assert later.conversation.status == Status.OPEN
    assert not Cover.objects.filter(message=later).exists()
    assert Case.objects.get(pk=desk.case.pk).state == CaseState.EXPIRED


def test_m04_lifting_lets_in_what_was_held(desk: Desk) -> None:
    sanction = deciding.decide(desk.case, PAUSE, by=desk.people.ada)
    grim = factories.contact("grim")
    held = factories.arrives(desk.people.inbox, grim, factories.mail("Again", "Is my account back?"))
    covered = factories.arrives(desk.people.inbox, grim, factories.mail("Again", INSULT))
    with pytest.raises(Refused):
        ending.lift(sanction, by=desk.people.ada, reason=" ")
    ending.lift(sanction, by=desk.people.ada, reason="We spoke on the telephone.")
    for message in (held, covered):
        message.conversation.refresh_from_db()
        assert message.conversation.status == Status.OPEN
    assert held.conversation.subject == "Again"
    assert not Cover.objects.get(message=held).is_on
    assert Cover.objects.get(message=covered).is_on


def test_m02_every_decision_stands_in_the_audit(desk: Desk) -> None:
    before = AuditEntry.objects.latest("pk").pk
    sanction = deciding.decide(desk.case, BAN, by=desk.people.ada)
    deciding.approve(sanction, by=desk.people.lena)
    kinds = list(AuditEntry.objects.filter(pk__gt=before).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["case.moved", "sanction.set", "case.moved", "case.moved", "sanction.approved"]
    assert {problem.kind for problem in verify().problems} <= {"unlinked"}


def test_the_ladder_climbs_and_strikes_decay(desk: Desk) -> None:
    assert deciding.propose(desk.case).rung.days == 7
    deciding.decide(desk.case, PAUSE, by=desk.people.ada)
    message = factories.arrives(desk.people.inbox, factories.contact("grim"), factories.mail("Hm", "Hm."))
    again = reporting.report_by_agent(message, by=desk.people.ada, reason=Reason.HARASSMENT)
    assert deciding.propose(again).rung.days == 30
    with clock.at(clock.now() + timedelta(days=181)):
        assert deciding.propose(again).rung.days == 7
