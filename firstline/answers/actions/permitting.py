"""What the machine may do, decided by a lead, with a reason, upon what a replay has shown."""

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers import measures, queries
from firstline.answers.models import Mode, Policy, Replay
from firstline.core import clock
from firstline.events.audit import Personal, record_audit
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind
from firstline.events.recording import record
from firstline.inboxes.models import Inbox

SHORTEST_REASON = 10


class NotProven(Exception):
    """The machine may not do this here; the message is a sentence for the person."""


@transaction.atomic
def set_policy(inbox: Inbox, case: str, *, mode: Mode, by: User, reason: str, replay: Replay | None = None) -> Policy:
    """Decide for one case type of one inbox. Raises NotProven for a reason too short, a case type that people answer,
    and for answers that `replay` does not prove right (98 %, lower bound 95 %).
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise NotProven(_("Say in a few words why; ten letters at least."))
    threshold = _threshold(inbox, case, replay) if mode == Mode.ANSWER else 1.0
    before = Policy.objects.select_for_update().filter(inbox=inbox, case=case).first()
    policy, _created = Policy.objects.update_or_create(
        inbox=inbox,
        case=case,
        defaults={
            "mode": mode,
            "threshold": threshold,
            "reason": reason.strip()[:300],
            "decided_by": by,
            "decided_at": clock.now(),
            "replay": replay,
            "stopped_at": None,
        },
    )
    record(Kind.POLICY_CHANGED, by=by, inbox_id=inbox.pk, subject_id=policy.pk, mode=str(mode), replay=_id(replay))
    record_audit(
        Kind.POLICY_CHANGED,
        by=by,
        inbox_id=inbox.pk,
        subject_id=policy.pk,
        before={"mode": str(before.mode), "stopped": before.stopped_at is not None} if before else {},
        after={"mode": str(mode), "stopped": False, "replay": _id(replay)},
        personal={"reason": Personal(policy.reason, ActorKind.AGENT, by.pk)},
    )
    return policy


def _threshold(inbox: Inbox, case: str, replay: Replay | None) -> float:
    if not measures.may_answer(case):
        raise NotProven(_("Questions of this kind are answered by people."))
    if replay is None or replay.finished_at is None:
        raise NotProven(_("Replay your history first; it says how right the answers would have been."))
    step = measures.allowed(measures.curve(queries.points(replay, inbox.pk, case)))
    if step is None:
        raise NotProven(_("The replay does not show that 98 % of the answers would have been right."))
    return step.threshold


def _id(replay: Replay | None) -> int | None:
    return replay.pk if replay is not None else None
