"""Jobs of being on call. Each takes an event's id and may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.channels.base import ChannelError
from firstline.events.models import Event
from firstline.paging import actions

AGAIN = RetryStrategy(max_attempts=6, linear_wait=10, retry_exceptions=[ChannelError])


@app.task(name="paging.call_out", priority=30)
def call_out(event_id: int) -> None:
    """Call whoever is on call."""
    actions.call_out(Event.objects.get(pk=event_id))


@app.task(name="paging.ring", queue="delivery", priority=30, retry=AGAIN)
def ring(event_id: int) -> None:
    """Let one call ring."""
    actions.ring(Event.objects.get(pk=event_id))


@app.task(name="paging.pass_on", priority=30)
def pass_on(event_id: int) -> None:
    """Call the next when nobody has answered."""
    actions.pass_on(Event.objects.get(pk=event_id))


@app.task(name="paging.answered", priority=30)
def answered(event_id: int) -> None:
    """Somebody took it in hand elsewhere at the desk."""
    actions.answered_elsewhere(Event.objects.get(pk=event_id))


@app.task(name="paging.quiet", queue="delivery", priority=20, retry=AGAIN)
def quiet(event_id: int) -> None:
    """Tell the services outside that somebody answered."""
    actions.quiet(Event.objects.get(pk=event_id))
