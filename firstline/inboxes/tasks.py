"""Jobs about inboxes. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.events.models import Event
from firstline.inboxes import actions, letters


@app.task(name="inboxes.tell_admins", queue="delivery")
def tell_admins(event_id: int) -> None:
    """Tell every admin what happened to an inbox."""
    letters.tell_admins(Event.objects.get(pk=event_id))


@app.periodic(cron="* * * * *")
@app.task(name="inboxes.refresh_grants", queue="delivery", queueing_lock="inboxes.refresh_grants")
def refresh_grants(timestamp: int) -> None:
    """Renew OAuth tokens that are about to end; a grant that is gone is known within a minute."""
    actions.refresh_due()
