"""Decisions about a person: with reason, policy, evidence; in force at once, told, carried to other platforms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import statuses
from firstline.conversations.models import SEVERITY, Conversation, Message, Resolution
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.moderation import rules
from firstline.moderation.actions import evidence, marking, moving, telling, upstream
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import (
    Case,
    CaseState,
    Measure,
    Outcome,
    Sanction,
    Source,
)

DEFAULT_DAYS = {Measure.SLOW: 7, Measure.MUTE: 7, Measure.RESTRICT_CHANNEL: 30, Measure.SUSPEND: 7}
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides: `days` None takes the default of the measure; a ban has no end once it is agreed to."""

    measure: str
    reason: str
    days: int | None = None
    words: str = ""
    channel: str = ""
    per_day: int | None = None
    skip_reason: str = ""
    pattern_reason: str = ""
    notice_hold: str = ""
    upstream: tuple[str, ...] = ()
    policy_version: str = rules.POLICY_VERSION


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the ladder proposes, and what else a decision on the case would have to say."""

    rung: rules.Rung
    strikes: int
    is_one_bad_day: bool


def propose(case: Case) -> Proposal:
    """The ladder's rung for the person of the case."""
    strikes = strikes_of(case)
    return Proposal(rules.rung(SEVERITY[case.reason], strikes), strikes, _is_one_bad_day(case))


def strikes_of(case: Case) -> int:
    """Strikes that count against the person: decided, not overturned, younger than 180 days."""
    if case.contact_id is None:
        return 0
    return Sanction.objects.strikes(case.contact_id, clock.now() - rules.STRIKE_DECAYS).count()


@transaction.atomic
def decide(case: Case, decision: Decision, *, by: User) -> Sanction:
    """Put a sanction in force. A ban is proposed: until a second person agrees it is a pause of 30 days (M-02).

    Evidence is kept first, in the same transaction. Raises Refused with a sentence for what is missing.
    """
    case = moving.hold(case)
    _check(case, decision)
    message = Message.objects.select_related("author_identity").get(case_item=_first(case))
    kept = evidence.take(case, message)
    now = clock.now()
    sanction = Sanction.objects.create(
        case=case,
        contact_id=case.contact_id,
        identity_ids=_identities(case),
        measure=decision.measure,
        reason=decision.reason,
        policy_version=decision.policy_version,
        evidence=kept,
        channel=decision.channel,
        per_day=decision.per_day or (rules.SLOW_PER_DAY if decision.measure == Measure.SLOW else None),
        words=decision.words.strip(),
        skip_reason=decision.skip_reason.strip(),
        pattern_reason=decision.pattern_reason.strip(),
        found_by=_found_by(case),
        proposed_by=by,
        handled_by=case.handler or by,
        starts_at=now,
        expires_at=_end(decision, now),
        notice_hold=decision.notice_hold.strip(),
    )
    moving.take_in_hand(case, by)
    case.outcome = Outcome.ACTIONED
    state = CaseState.PROPOSED if decision.measure == Measure.BAN else CaseState.EXECUTED
    moving.move(case, state, by=by, sanction=sanction.pk, measure=sanction.measure)
    _put_in_force(sanction, decision.upstream, by)
    return sanction


def _put_in_force(sanction: Sanction, acts: tuple[str, ...], by: User) -> None:
    marking.mark(sanction)
    record(
        Kind.SANCTION_SET,
        by=by,
        inbox_id=sanction.case.inbox_id,
        subject_id=sanction.pk,
        measure=sanction.measure,
        reason=sanction.reason,
        found_by=sanction.found_by,
        until=int(sanction.expires_at.timestamp()) if sanction.expires_at else None,
    )
    record_audit(
        Kind.SANCTION_SET,
        by=by,
        inbox_id=sanction.case.inbox_id,
        subject_id=sanction.pk,
        after={
            "case": sanction.case_id,
            "measure": sanction.measure,
            "reason": sanction.reason,
            "policy": sanction.policy_version,
            "evidence": sanction.evidence_id,
            "until": int(sanction.expires_at.timestamp()) if sanction.expires_at else None,
        },
    )
    if sanction.measure in (Measure.SUSPEND, Measure.BAN, Measure.RESTRICT_CHANNEL):
        for conversation in _conversations(sanction.case):
            statuses.resolve(conversation, by=by, resolution=Resolution.SANCTIONED)
    upstream.plan(sanction, acts)
    telling.tell(sanction)


def _conversations(case: Case) -> list[Conversation]:
    """The person's own conversations that the case is about."""
    return list(Conversation.objects.filter(messages__case_item__case=case, contact=case.contact_id).distinct())


@transaction.atomic
def approve(sanction: Sanction, *, by: User) -> Sanction:
    """A second person agrees to a ban: from now on it has no end by time. Raises Refused for its proposer and for
    whoever had the case in hand (M-02).
    """
    case = moving.hold(sanction.case_id)
    sanction = Sanction.objects.select_for_update(of=["self"]).get(pk=sanction.pk)
    _check_second(case, sanction, by)
    sanction.approved_by, sanction.approved_at, sanction.expires_at = by, clock.now(), None
    sanction.save(update_fields=["approved_by", "approved_at", "expires_at"])
    moving.move(case, CaseState.APPROVED, by=by, sanction=sanction.pk)
    moving.move(case, CaseState.EXECUTED, by=by, sanction=sanction.pk)
    record_audit(
        Kind.SANCTION_APPROVED,
        by=by,
        inbox_id=case.inbox_id,
        subject_id=sanction.pk,
        before={"measure": Measure.SUSPEND.value},
        after={"measure": Measure.BAN.value, "case": case.pk},
    )
    record(Kind.SANCTION_APPROVED, by=by, inbox_id=case.inbox_id, subject_id=sanction.pk)
    marking.mark(sanction)
    return sanction


@transaction.atomic
def reject(sanction: Sanction, *, by: User) -> Sanction:
    """The second person does not agree: what stands is the pause of 30 days, and the case goes on with it."""
    case = moving.hold(sanction.case_id)
    sanction = Sanction.objects.select_for_update(of=["self"]).get(pk=sanction.pk)
    _check_second(case, sanction, by)
    sanction.measure = Measure.SUSPEND
    sanction.save(update_fields=["measure"])
    moving.move(case, CaseState.REJECTED, by=by, sanction=sanction.pk)
    moving.move(case, CaseState.EXECUTED, by=by, sanction=sanction.pk)
    return sanction


@transaction.atomic
def resolve(case: Case, outcome: str, *, by: User) -> Case:
    """End a case without a sanction: no action, not ours, a duplicate."""
    case = moving.hold(case)
    if case.state != CaseState.OPEN:
        raise Refused(_("This case is decided already."))
    if outcome not in (Outcome.NO_ACTION, Outcome.NOT_OURS, Outcome.DUPLICATE):
        raise Refused(_("Choose how it ends."))
    moving.take_in_hand(case, by)
    case.outcome = outcome
    moving.move(case, CaseState.RESOLVED, by=by)
    return case


def _check_second(case: Case, sanction: Sanction, by: User) -> None:
    if case.state != CaseState.PROPOSED or sanction.approved_by_id is not None:
        raise Refused(_("Nobody waits for a second person here any more."))
    if by.pk in (sanction.proposed_by_id, sanction.handled_by_id):
        raise Refused(_("You had this case in hand. Somebody else has to look at it."))


def _check(case: Case, decision: Decision) -> None:
    """Everything that a decision must say (M-05, M-11, the ladder)."""
    if case.state != CaseState.OPEN:
        raise Refused(_("This case is decided already."))
    if case.contact_id is None:
        raise Refused(_("Nobody knows who wrote this, so nobody can be sanctioned. Resolve it, or mark it as spam."))
    if decision.measure not in Measure.values or decision.reason not in SEVERITY:
        raise Refused(_("Choose what is done, and why."))
    if not decision.policy_version:
        raise Refused(_("Say which rules of conduct this rests on."))
    if decision.measure == Measure.NOTE:
        return
    if not rules.is_sanctionable(decision.reason):
        raise Refused(_("Nobody is sanctioned for that. Frustration is not abuse."))
    if decision.measure == Measure.RESTRICT_CHANNEL and not decision.channel:
        raise Refused(_("Say which channel is closed."))
    rung = rules.rung(SEVERITY[decision.reason], strikes_of(case))
    days = decision.days if decision.measure != Measure.BAN else None
    is_harder = decision.measure == Measure.BAN or rules.skips(decision.measure, days, rung)
    if is_harder and not decision.skip_reason.strip():
        raise Refused(_("That is harder than the ladder's next step. Write down why."))
    if _is_one_bad_day(case, decision.reason) and not decision.pattern_reason.strip():
        raise Refused(_("Anybody can have one bad day. Write down why this is more than that."))


def _is_one_bad_day(case: Case, reason: str = "") -> bool:
    conversations = case.items.values("message__conversation").distinct().count()
    return rules.is_one_bad_day(SEVERITY[reason or case.reason], conversations)


def _end(decision: Decision, now: datetime) -> datetime | None:
    if decision.measure in (Measure.NOTE, Measure.WARN):
        return None
    if decision.measure == Measure.BAN:
        return now + rules.PROPOSED_BAN_ACTS
    days = decision.days or DEFAULT_DAYS[Measure(decision.measure)]
    return now + timedelta(days=max(1, min(days, MOST_DAYS)))


def _identities(case: Case) -> list[int]:
    if case.contact is None:
        return []
    return list(case.contact.identities.order_by("pk").values_list("pk", flat=True))


def _found_by(case: Case) -> str:
    first = case.reports.counting().order_by("pk").values_list("source", flat=True).first()
    return str(first or Source.AGENT.value)


def _first(case: Case) -> int:
    """The item that the decision rests on: the first that is no copy."""
    found = case.items.order_by("is_copy", "pk").values_list("pk", flat=True).first()
    if found is None:
        raise Refused(_("There is nothing left in this case to decide upon."))
    return int(found)


@transaction.atomic
def lapse_due(now: datetime) -> int:
    """Proposed bans to which nobody agreed in time end by themselves; returns how many."""
    waiting = Sanction.objects.filter(
        measure=Measure.BAN, approved_by=None, expires_at__lte=now, ended_at=None, case__state=CaseState.PROPOSED
    )
    for sanction in waiting.select_related("case"):
        moving.move(moving.hold(sanction.case_id), CaseState.LAPSED, by=MACHINE, sanction=sanction.pk)
    return len(waiting)
