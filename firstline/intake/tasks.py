"""Jobs of the door."""

from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from firstline.channels.base import TakesLong
from firstline.core import clock
from firstline.events.models import Event
from firstline.intake import actions, catching_up, letters
from firstline.intake.models import PENDING, InboundItem
from firstline.upstream.actions import following


class Lanes(BaseRetryStrategy):
    """What takes long to read is tried again in a lane of its own, one at a time for the whole desk and after all that
    is read quickly, so that a flood of such mails holds up nobody (S-18); trouble of another kind is tried again later.
    """

    later = RetryStrategy(max_attempts=actions.ATTEMPTS, exponential_wait=3)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When and where to try once more; None for no more."""
        if isinstance(exception, TakesLong) and job.attempts < actions.ATTEMPTS:
            return RetryDecision(retry_at=clock.now(), queue="slow", lock="intake.slow", priority=9)
        return self.later.get_retry_decision(exception=exception, job=job)


@app.task(name="intake.process", queue="intake", retry=Lanes())
def process(event_id: int) -> None:
    """Process the item that was accepted."""
    item_id = Event.objects.get(pk=event_id).subject_id
    if item_id is not None:
        _process(item_id, quickly=True)


@app.periodic(cron="*/5 * * * *")
@app.task(name="intake.sweep", queue="intake", queueing_lock="intake.sweep", priority=15)
def sweep(timestamp: int) -> None:
    """Process items whose job was lost; what stands in the slow lane is left there for an hour."""
    now = clock.now()
    late = InboundItem.objects.filter(outcome=PENDING, received_at__lt=now - timedelta(minutes=5))
    lost = late.exclude(failure=actions.SLOW, received_at__gte=now - timedelta(hours=1))
    for item_id in lost.order_by("pk").values_list("pk", flat=True)[:200]:
        _process(item_id)


@app.task(name="intake.acknowledge", queue="delivery")
def acknowledge(event_id: int) -> None:
    """Tell somebody that their first mail arrived, unless there is a reason to be silent."""
    actions.acknowledge(Event.objects.get(pk=event_id).subject_id or 0)


@app.task(name="intake.tell_of_stop", queue="delivery")
def tell_of_stop(event_id: int) -> None:
    """Tell every admin that the breaker stopped the acknowledgements."""
    letters.tell_of_stop(int(Event.objects.get(pk=event_id).data["asked"]))


@app.periodic(cron="30 * * * *")
@app.task(name="intake.forget_acknowledgements", queue="intake", queueing_lock="intake.forget_acknowledgements")
def forget_acknowledgements(timestamp: int) -> None:
    """Drop what the limits on acknowledgements do not ask about any more."""
    actions.forget(clock.now())


@app.task(name="intake.pull_in", queue="intake")
def pull_in(event_id: int) -> None:
    """Process everything again that was kept of a thread until it became a conversation."""
    for item_id in following.take_kept(Event.objects.get(pk=event_id).subject_id or 0):
        actions.replay(item_id)


@app.periodic(cron="* * * * *")
@app.task(name="intake.catch_up", queue="intake", queueing_lock="intake.catch_up")
def catch_up(timestamp: int) -> None:
    """Ask the sources that tell by themselves what they could not tell; a look at each every ten minutes."""
    catching_up.catch_up_due()


def _process(item_id: int, *, quickly: bool = False) -> None:
    try:
        actions.process(item_id, quickly=quickly)
    except TakesLong:
        actions.note_slow(item_id)
        raise
    except Exception as error:
        actions.note_failure(item_id, f"{type(error).__name__} at {_place(error)}")
        raise


def _place(error: BaseException) -> str:
    """File and line of a failure: a cause that can be named without any of the item's text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "unknown"
