"""The ledger's proof as an act: run, kept, and told when something is missing."""

import time
from dataclasses import asdict

from django.db import transaction

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.intake.models import LedgerCheck
from firstline.intake.queries import ledger


@transaction.atomic
def check_ledger(*, by: User | None = None) -> LedgerCheck:
    """Prove the whole ledger and keep what was found; a gap is recorded as an event, and admins hear of it."""
    started, now = time.monotonic(), clock.now()
    found = ledger(since=None, now=now)
    check = LedgerCheck.objects.create(
        at=now,
        by=by,
        milliseconds=round(1000 * (time.monotonic() - started)),
        received=sum(one.received for one in found.inboxes),
        gaps=[asdict(gap) for gap in found.gaps()],
    )
    if not check.is_ok:
        record(Kind.LEDGER_GAP_FOUND, by=by or MACHINE, subject_id=check.pk, gaps=len(check.gaps))
    return check
