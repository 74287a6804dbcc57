"""Appeals: without an account, once for each decision, decided by somebody who had no part in it (M-09)."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.core import clock, tokens
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.moderation import texts
from firstline.moderation.actions import ending, moving, telling
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import ARROWS, Appeal, AppealLink, CaseState, Sanction

DECIDED_WITHIN = timedelta(days=7)
LONGEST = 2000


def open_link(token: str) -> AppealLink | None:
    """The link that a token opens, used or not; None for one that is not ours or whose time is over."""
    found = AppealLink.objects.filter(digest=tokens.digest(token), expires_at__gt=clock.now())
    return found.select_related("sanction__case").first()


@transaction.atomic
def file(link: AppealLink, text: str) -> Appeal:
    """Take an appeal in. Raises Refused with a sentence when there is one already, or nothing was written."""
    link = AppealLink.objects.select_for_update(of=["self"]).select_related("sanction").get(pk=link.pk)
    case = moving.hold(link.sanction.case_id)
    sanction = link.sanction
    text = text.strip()
    if not text:
        raise Refused(_("Write why you think the decision is wrong."))
    if len(text) > LONGEST:
        raise Refused(_("At most 2,000 characters, please."))
    if link.used_at is not None or Appeal.objects.filter(sanction=sanction).exists():
        raise Refused(_("You have appealed against this decision already. We will write to you."))
    if CaseState.APPEALED not in ARROWS[case.state]:
        raise Refused(_("This decision can’t be appealed any more: it was taken back, or is still being looked at."))
    now = clock.now()
    link.used_at = now
    link.save(update_fields=["used_at"])
    appeal = Appeal.objects.create(
        sanction=sanction,
        text=text,
        first_decider_id=sanction.proposed_by_id,
        first_approver_id=sanction.approved_by_id,
        due_at=now + DECIDED_WITHIN,
        created_at=now,
    )
    case.due_at, case.assignee = appeal.due_at, None
    moving.move(case, CaseState.APPEALED, by=MACHINE, sanction=sanction.pk)
    record(Kind.APPEAL_FILED, by=MACHINE, inbox_id=case.inbox_id, subject_id=appeal.pk)
    return appeal


@transaction.atomic
def decide(appeal: Appeal, outcome: str, *, by: User, answer: str = "", days: int | None = None) -> Appeal:
    """Uphold, overturn, or amend (a shorter time of `days` from now). Raises Refused for whoever took part before."""
    case = moving.hold(appeal.sanction.case_id)
    appeal = Appeal.objects.select_for_update(of=["self"]).get(pk=appeal.pk)
    sanction = Sanction.objects.select_for_update(of=["self"]).get(pk=appeal.sanction_id)
    _check(case.state, appeal, sanction, outcome, by)
    appeal.decided_by, appeal.decided_at = by, clock.now()
    appeal.outcome, appeal.answer = outcome, answer.strip()
    appeal.save(update_fields=["decided_by", "decided_at", "outcome", "answer"])
    moving.move(case, outcome, by=by, sanction=sanction.pk)
    if outcome == CaseState.OVERTURNED:
        ending.overturn(sanction, by=by, reason=answer or str(CaseState.OVERTURNED.label))
    elif outcome == CaseState.AMENDED:
        _amend(sanction, days)
    record(Kind.APPEAL_DECIDED, by=by, inbox_id=case.inbox_id, subject_id=appeal.pk, outcome=outcome)
    record_audit(
        Kind.APPEAL_DECIDED,
        by=by,
        inbox_id=case.inbox_id,
        subject_id=appeal.pk,
        after={"outcome": outcome, "case": case.pk, "sanction": sanction.pk},
    )
    with translation.override(telling.language_of(sanction)):
        telling.say_outcome(sanction, _("Your appeal is decided"), texts.appeal_answer(outcome, appeal.answer))
    return appeal


def _check(state: str, appeal: Appeal, sanction: Sanction, outcome: str, by: User) -> None:
    if state != CaseState.APPEALED or appeal.decided_by_id is not None:
        raise Refused(_("This appeal is decided already."))
    if by.pk in (sanction.proposed_by_id, sanction.approved_by_id, sanction.handled_by_id):
        raise Refused(_("You took part in the decision. Somebody else has to look at the appeal."))
    if outcome not in ARROWS[CaseState.APPEALED]:
        raise Refused(_("Choose how the appeal ends."))


def _amend(sanction: Sanction, days: int | None) -> None:
    if sanction.ended_at is not None:
        return
    until = clock.now() + timedelta(days=max(1, days or 7))
    if sanction.expires_at is not None and until >= sanction.expires_at:
        raise Refused(_("Amending makes it milder: choose a shorter time."))
    sanction.expires_at = until
    sanction.save(update_fields=["expires_at"])
