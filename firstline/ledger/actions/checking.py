"""The proof as an act: run, kept, and told when something is missing."""

import time
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.ledger.models import Check
from firstline.ledger.proof import Proof, prove


@transaction.atomic
def ask(*, by: User) -> Check:
    """Have a worker prove everything now; while one is at it, that one."""
    running = Check.objects.select_for_update().order_by("-at", "-pk").first()
    if running is not None and running.is_running(clock.now()):
        return running
    check = Check.objects.create(by=by)
    record(Kind.LEDGER_CHECK_ASKED, by=by, subject_id=check.pk)
    return check


def begin() -> Check:
    """The machine's own, every night."""
    return Check.objects.create()


def run(check: Check) -> Check:
    """Prove everything and keep what was found; a gap or a silent source is an event, and admins hear of it.

    Asks the outside, so it must not stand in a transaction. May run twice: the later result replaces the earlier one.
    """
    started = time.monotonic()
    proof = prove(since=None, now=clock.now())
    return _keep(check, proof, round(1000 * (time.monotonic() - started)), clock.now())


@transaction.atomic
def _keep(check: Check, proof: Proof, milliseconds: int, now: datetime) -> Check:
    unreached = proof.unreached()
    check.finished_at, check.milliseconds = now, milliseconds
    check.received = sum(one.received for one in proof.books.inboxes)
    check.gaps = [asdict(gap) for gap in proof.gaps()]
    check.compared = [asdict(one) for one in proof.sources if not one.unreached]
    check.unreached = [asdict(one) for one in unreached]
    check.ends = proof.ends.counts
    check.save()
    if not check.is_ok:
        by = check.by or MACHINE
        record(Kind.LEDGER_GAP_FOUND, by=by, subject_id=check.pk, gaps=len(check.gaps), unreached=len(unreached))
    return check
