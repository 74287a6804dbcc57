"""Sanctions end: by time, or because somebody lifts them; both undo what was done elsewhere (M-03, M-04)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import covering, statuses
from firstline.conversations.models import Cover, Origin, Resolution
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.moderation.actions import moving, upstream
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import CaseState, Measure, Sanction


def expire_due(now: datetime) -> int:
    """End every sanction whose time is over; returns how many. May run twice."""
    due = Sanction.objects.filter(expires_at__lte=now, ended_at=None).order_by("pk")
    return sum(_expire(pk, now) for pk in due.values_list("pk", flat=True)[:500])


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    sanction = Sanction.objects.select_for_update(of=["self"], skip_locked=True).filter(pk=pk, ended_at=None).first()
    if sanction is None:
        return False
    case = moving.hold(sanction.case_id)
    _end(sanction, by=MACHINE, at=now)
    if case.state == CaseState.PROPOSED:
        moving.move(case, CaseState.LAPSED, by=MACHINE, sanction=sanction.pk)
    elif case.state in (CaseState.EXECUTED, CaseState.UPHELD, CaseState.AMENDED):
        moving.move(case, CaseState.EXPIRED, by=MACHINE, sanction=sanction.pk)
    return True


@transaction.atomic
def lift(sanction: Sanction, *, by: User, reason: str) -> Sanction:
    """End it before its time, with a reason. Raises Refused without one, and when it is over already."""
    case = moving.hold(sanction.case_id)
    sanction = Sanction.objects.select_for_update(of=["self"]).get(pk=sanction.pk)
    if not reason.strip():
        raise Refused(_("Say why it is lifted."))
    if sanction.ended_at is not None or sanction.measure in (Measure.NOTE, Measure.WARN):
        raise Refused(_("It is over already."))
    if case.state == CaseState.APPEALED:
        raise Refused(_("There is an appeal. Decide that: overturning it lifts the sanction."))
    _end(sanction, by=by, at=clock.now(), reason=reason)
    moving.move(case, CaseState.LIFTED, by=by, sanction=sanction.pk)
    release_held(sanction, by=by)
    return sanction


@transaction.atomic
def overturn(sanction: Sanction, *, by: User, reason: str) -> None:
    """It was wrong: it ends, no longer counts as a strike, and what was held because of it is let in (M-09)."""
    sanction.overturned_at = clock.now()
    sanction.save(update_fields=["overturned_at"])
    if sanction.ended_at is None:
        _end(sanction, by=by, at=clock.now(), reason=reason)
    sanction.marks.all().delete()
    release_held(sanction, by=by)


def release_held(sanction: Sanction, *, by: User) -> int:
    """What came meanwhile and was held only because of it is shown and waits for an answer; returns how many."""
    if sanction.contact_id is None:
        return 0
    others = Sanction.objects.in_force(clock.now()).filter(contact=sanction.contact_id).exclude(pk=sanction.pk)
    if others.exists():
        return 0
    held = Cover.objects.filter(
        is_held=True,
        uncovered_at=None,
        origin=Origin.SANCTION,
        message__author_identity__contact=sanction.contact_id,
        covered_at__gte=sanction.starts_at,
    )
    released = list(held.select_related("message__conversation"))
    for cover in released:
        if not cover.version:  # no detector spoke: it was held for its writer alone
            covering.uncover(cover.message, by=by)
        else:
            Cover.objects.filter(pk=cover.pk).update(is_held=False, origin=Origin.DETECTOR)
        conversation = cover.message.conversation
        conversation.refresh_from_db()
        if conversation.is_resolved and conversation.resolution == Resolution.SANCTIONED:
            statuses.reopen(conversation, by=by)
    return len(released)


def _end(sanction: Sanction, *, by: Actor, at: datetime, reason: str = "") -> None:
    sanction.ended_at, sanction.end_reason = at, reason.strip()[:500]
    sanction.ended_by = by if isinstance(by, User) else None
    sanction.save(update_fields=["ended_at", "end_reason", "ended_by"])
    upstream.plan_inverse(sanction)
    record(Kind.SANCTION_ENDED, by=by, inbox_id=sanction.case.inbox_id, subject_id=sanction.pk)
    record_audit(
        Kind.SANCTION_ENDED,
        by=by,
        inbox_id=sanction.case.inbox_id,
        subject_id=sanction.pk,
        before={"measure": sanction.measure},
        after={"by_time": not reason, "overturned": sanction.overturned_at is not None, "case": sanction.case_id},
    )
