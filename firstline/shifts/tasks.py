"""Jobs about shifts. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.models import Event
from firstline.shifts import actions


@app.task(name="shifts.follow", priority=4)
def follow(event_id: int) -> None:
    """Give a conversation back to the team when its owner is away."""
    actions.follow(Event.objects.get(pk=event_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="shifts.sweep", queueing_lock="shifts.sweep")
def sweep(timestamp: int) -> None:
    """Nobody waits on somebody who is not there; promises are minded."""
    actions.sweep(clock.now())
