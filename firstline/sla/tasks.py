"""Jobs about clocks. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.events.models import Event
from firstline.sla import actions


@app.task(name="sla.follow")
def follow(event_id: int) -> None:
    """Set the clock of the conversation that an event speaks of."""
    actions.follow(Event.objects.get(pk=event_id))


@app.task(name="sla.reckon_all")
def reckon_all(event_id: int) -> None:
    """Set every clock anew: what is promised has changed."""
    actions.reckon()


@app.periodic(cron="*/15 * * * *")
@app.task(name="sla.reckon", queueing_lock="sla.reckon", priority=-5)
def reckon(timestamp: int) -> None:
    """Set every clock anew: those that stand still move on in the lists, and nothing that was missed stays so."""
    actions.reckon()


@app.periodic(cron="* * * * *")
@app.task(name="sla.warn", queueing_lock="sla.warn")
def warn(timestamp: int) -> None:
    """Say of due times that they come near, or passed."""
    actions.warn()
