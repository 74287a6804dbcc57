"""The weekly sample of what was left out: drawn by lot, judged by a person, let in when that was wrong."""

from datetime import date

from django.db import transaction

from firstline.accounts.models import User
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.intake import actions as intake
from firstline.intake.models import InboundItem
from firstline.ledger.models import Sample, SampledItem, Verdict
from firstline.ledger.rules import sample_size
from firstline.ledger.sampling import left_out, shuffled
from firstline.upstream.actions import following
from firstline.upstream.models import KeptItem


@transaction.atomic
def draw(week: date) -> Sample:
    """Draw the sample of the week that began on this Monday, once; whoever comes later gets the same."""
    drawn_before = Sample.objects.filter(week=week).first()
    if drawn_before is not None:
        return drawn_before
    items = left_out(week)
    population = items.count()
    sample, is_new = Sample.objects.get_or_create(week=week, defaults={"population": population})
    if is_new:
        drawn = shuffled(items, week).values_list("pk", "outcome")[: sample_size(population)]
        SampledItem.objects.bulk_create(
            [SampledItem(sample=sample, item_id=item, outcome=outcome) for item, outcome in drawn]
        )
    return sample


@transaction.atomic
def judge(sampled: SampledItem, verdict: str, *, by: User) -> SampledItem:
    """Keep what a person says of it; their latest word counts. Letting in what was left out wrongly is `let_in`."""
    held = SampledItem.objects.select_for_update(of=["self"]).select_related("item").get(pk=sampled.pk)
    held.verdict, held.judged_by, held.judged_at = Verdict(verdict), by, clock.now()
    held.save(update_fields=["verdict", "judged_by", "judged_at"])
    record(
        Kind.LEDGER_SAMPLE_JUDGED,
        by=by,
        inbox_id=held.item.inbox_id,
        subject_id=held.item_id,
        wrong=held.verdict == Verdict.WRONG,
    )
    return held


def let_in(item: InboundItem, *, by: User) -> bool:
    """Take in what a rule had kept out, by the way that its kind has: a quarantined item as a new, unverified
    conversation, an item of a thread left to others with its whole thread. False when nothing of it can become one.

    Raises FileNotFoundError or SealBroken when the original is gone.
    """
    if item.conversation_id is not None:  # somebody has let it in meanwhile
        return True
    if item.outcome.startswith("quarantined:"):
        intake.release(item, by=by)
        return True
    kept = KeptItem.objects.select_related("thread").filter(item_id=item.pk).first()
    if kept is None:
        return False
    with transaction.atomic():
        following.pull_in(kept.thread)
    return True
