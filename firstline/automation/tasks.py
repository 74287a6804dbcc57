"""Jobs about rules. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.automation import actions
from firstline.core import clock
from firstline.events.models import Event


@app.task(name="automation.follow")
def follow(event_id: int) -> None:
    """Run the rules that an event sets going."""
    actions.follow(Event.objects.get(pk=event_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="automation.sweep", queueing_lock="automation.sweep")
def sweep(timestamp: int) -> None:
    """Run the rules by time."""
    actions.sweep(clock.now())
