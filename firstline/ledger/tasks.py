"""Jobs of the ledger: the nightly proof, the weekly sample, and who hears of them."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.models import Event
from firstline.intake import journal
from firstline.ledger import actions, letters, sampling
from firstline.ledger.models import Check


@app.periodic(cron="0 3 * * *")
@app.task(name="ledger.check_nightly", queueing_lock="ledger.check_nightly")
def check_nightly(timestamp: int) -> None:
    """Prove the ledger, every night at three (UTC)."""
    actions.run(actions.begin())
    journal.forget(clock.now())


@app.task(name="ledger.check")
def check(event_id: int) -> None:
    """Prove the ledger because somebody asked."""
    asked = _check_of(event_id)
    if asked is not None:
        actions.run(asked)


@app.task(name="ledger.tell_of_gaps", queue="delivery")
def tell_of_gaps(event_id: int) -> None:
    """Tell every admin what a check could not account for."""
    found = _check_of(event_id)
    if found is not None:
        letters.tell_of_gaps(found)


@app.periodic(cron="30 3 * * *")
@app.task(name="ledger.draw_sample", queueing_lock="ledger.draw_sample")
def draw_sample(timestamp: int) -> None:
    """Draw the sample of the week before. Every night, so that a Monday without a worker costs nothing."""
    actions.draw(sampling.week_before(clock.now().date()))


@app.periodic(cron="0 7 * * 1,4")
@app.task(name="ledger.remind", queue="delivery", queueing_lock="ledger.remind")
def remind(timestamp: int) -> None:
    """Tell the leads on Monday and Thursday that a sample waits to be read."""
    unread = sum(one.unread for one in sampling.weeks())
    if unread:
        letters.remind(unread)


def _check_of(event_id: int) -> Check | None:
    return Check.objects.filter(pk=Event.objects.get(pk=event_id).subject_id or 0).first()
