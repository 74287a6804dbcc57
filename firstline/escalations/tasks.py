"""Jobs about what engineers are asked. Each takes ids and may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.escalations.actions import minding, writing
from firstline.events.models import Event

RETRY = RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions=[ChannelError])


@app.task(name="escalations.send", queue="delivery", retry=RETRY)
def send(event_id: int) -> None:
    """Mail the brief that an event speaks of."""
    writing.send(Event.objects.get(pk=event_id).subject_id or 0)


@app.task(name="escalations.nudge", queue="delivery", retry=RETRY)
def nudge(event_id: int) -> None:
    """Mail the reminder that an event speaks of."""
    writing.nudge(Event.objects.get(pk=event_id).subject_id or 0)


@app.periodic(cron="*/5 * * * *")
@app.task(name="escalations.mind", queueing_lock="escalations.mind")
def mind(timestamp: int) -> None:
    """Nobody waits for ever: a nudge, then the owner's turn."""
    minding.mind(clock.now())
