"""Jobs about notifications. Each may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.events.models import Event
from firstline.notifications import actions


@app.task(name="notifications.tell")
def tell(event_id: int) -> None:
    """Tell the people whom an event is for."""
    actions.tell(Event.objects.get(pk=event_id))


@app.task(
    name="notifications.mail",
    queue="delivery",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions=[ChannelError]),
)
def mail(event_id: int) -> None:
    """Mail what a person has not seen by now."""
    actions.mail_soon(Event.objects.get(pk=event_id))


@app.task(name="notifications.push", queue="delivery", priority=5)
def push(event_id: int) -> None:
    """Ring in the browsers of a person."""
    actions.push_news(Event.objects.get(pk=event_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.digest", queue="delivery", queueing_lock="notifications.digest")
def digest(timestamp: int) -> None:
    """The morning letters, in the first open hour of a working day."""
    actions.mail_digests(clock.now())
