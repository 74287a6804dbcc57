"""What a sanction does on other platforms, and its inverse: a job of its own, tried again, told when it is stuck
(M-03, M-04, M-07).
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from firstline.channels import registry
from firstline.channels.base import ChannelError, Thread
from firstline.channels.port import Act
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes import actions as inboxes
from firstline.moderation.models import ActState, CaseItem, Measure, Sanction, UpstreamAct
from firstline.upstream.models import Original

INVERSE = {"block": "unblock", "hide": "unhide", "lock": "unlock", "mute": "unmute"}
LEASE = timedelta(seconds=90)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
ALERT_AFTER = 3


def abilities(channel: str) -> dict[str, str]:
    """Each act that moderation knows: "" where the platform takes it, else why it must be done by hand (M-07)."""
    can = registry.get(channel).acts
    return {
        kind: ""
        if kind in can and inverse in can
        else _("This platform offers no way for it. Do it there by hand, and note it here.")
        for kind, inverse in INVERSE.items()
    }


def plan(sanction: Sanction, kinds: tuple[str, ...]) -> list[UpstreamAct]:
    """Write down what shall be done where the person was heard; what a platform can't do stands there by hand."""
    items = CaseItem.objects.filter(case=sanction.case_id).select_related(
        "message__author_identity", "message__strand__inbox"
    )
    found = Original.objects.filter(message__case_item__case=sanction.case_id)
    originals = dict(found.values_list("message_id", "ref"))
    rows: dict[tuple[int, str, str], UpstreamAct] = {}
    for item in items:
        strand, author = item.message.strand, item.message.author_identity
        if author is None or not registry.get(strand.inbox.channel).posts:
            continue
        able = abilities(strand.inbox.channel)
        for kind in kinds:
            if kind not in INVERSE or (kind == "block" and sanction.measure not in (Measure.SUSPEND, Measure.BAN)):
                continue
            target = author.address if kind in ("block", "mute") else strand.external_id
            ref = originals.get(item.message_id, "") if kind == "hide" else ""
            state = ActState.MANUAL if able[kind] else ActState.PLANNED
            rows[strand.inbox_id, kind, ref or target] = UpstreamAct(
                sanction=sanction,
                inbox=strand.inbox,
                kind=kind,
                target=target,
                ref=ref,
                state=state,
                why=able[kind],
            )
    return UpstreamAct.objects.bulk_create(rows.values())


@transaction.atomic
def plan_inverse(sanction: Sanction) -> None:
    """The sanction is over: what we did there is taken back, and only that (M-04)."""
    acts = UpstreamAct.objects.select_for_update().filter(sanction=sanction, undoes=False)
    acts.filter(state__in=(ActState.PLANNED, ActState.FAILED)).update(state=ActState.UNDONE)
    for act in acts.filter(state=ActState.DONE, was_so=False):
        UpstreamAct.objects.create(
            sanction=sanction,
            inbox=act.inbox,
            kind=INVERSE[act.kind],
            target=act.target,
            ref=act.ref,
            undoes=True,
        )


def perform_due() -> int:
    """Do every act that is due; returns how many were done. A failure is tried again later and never in the way."""
    due = UpstreamAct.objects.filter(state__in=(ActState.PLANNED, ActState.FAILED), next_try_at__lte=clock.now())
    return sum(_perform(pk) for pk in due.order_by("next_try_at").values_list("pk", flat=True)[:100])


def _perform(pk: int) -> bool:
    """Do one act if nobody else is at it."""
    now = clock.now()
    due = UpstreamAct.objects.filter(pk=pk, state__in=(ActState.PLANNED, ActState.FAILED), next_try_at__lte=now)
    if not due.update(next_try_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    act = UpstreamAct.objects.select_related("inbox", "sanction").get(pk=pk)
    try:
        was_so = _do(act)
    except ChannelError as error:
        _put_back(act, error)
        return False
    UpstreamAct.objects.filter(pk=pk).update(state=ActState.DONE, was_so=was_so, why="")
    if act.undoes:
        UpstreamAct.objects.filter(
            sanction=act.sanction_id, undoes=False, target=act.target, ref=act.ref, state=ActState.DONE
        ).update(state=ActState.UNDONE)
    return True


def _do(act: UpstreamAct) -> bool:
    """Do it; whether it was so before."""
    channel, options = registry.get(act.inbox.channel), inboxes.settings_to_send(act.inbox)
    thread = Thread(key="", address=act.target)
    value = act.target if act.kind in ("block", "unblock", "mute", "unmute") else ""
    asked = Act(act.kind, thread, value, act.ref)  # type: ignore[arg-type]  # the words are the port's own
    if not act.undoes and channel.is_so(asked, options):
        return True
    channel.act(asked, options)
    return False


def _put_back(act: UpstreamAct, error: ChannelError) -> None:
    """Try again later, ever more slowly; after three times somebody is told, and it goes on."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(act.attempts - 1, 10))
    UpstreamAct.objects.filter(pk=act.pk).update(
        state=ActState.MANUAL if error.permanent else ActState.FAILED,
        why=error.sentence[:300],
        next_try_at=clock.now() + max(pause, timedelta(seconds=error.retry_after)),
    )
    if error.permanent or act.attempts == ALERT_AFTER:
        record(Kind.SANCTION_STUCK, by=MACHINE, inbox_id=act.inbox_id, subject_id=act.pk, attempts=act.attempts)
