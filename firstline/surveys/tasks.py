"""Jobs about surveys. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.models import Event
from firstline.surveys import actions


@app.task(name="surveys.plan", priority=-5)
def plan(event_id: int) -> None:
    """Plan the question of a conversation that ended."""
    actions.plan(Event.objects.get(pk=event_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="surveys.ask_due", queueing_lock="surveys.ask_due")
def ask_due(timestamp: int) -> None:
    """Ask everybody whose time has come."""
    actions.ask_due(clock.now())
