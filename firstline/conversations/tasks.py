"""Jobs about conversations. Each takes ids and may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.conversations.actions import delivering, secrets, statuses
from firstline.core import clock
from firstline.events.models import Event


@app.task(
    name="conversations.deliver",
    queue="delivery",
    retry=RetryStrategy(max_attempts=delivering.MAX_ATTEMPTS, exponential_wait=3, retry_exceptions=[delivering.NotYet]),
)
def deliver(event_id: int) -> None:
    """Send the reply that an event speaks of."""
    event = Event.objects.get(pk=event_id)
    if event.subject_id is not None:
        delivering.deliver(event.subject_id)


@app.periodic(cron="* * * * *")
@app.task(name="conversations.settle", queue="delivery", queueing_lock="conversations.settle", priority=25)
def settle(timestamp: int) -> None:
    """Send what was left behind by a crash or a lost job, before anything that is merely waiting."""
    for message_id in delivering.left_behind():
        try:
            delivering.deliver(message_id)
        except delivering.NotYet:
            continue  # its state and cause are on the message; the next minute tries again


@app.periodic(cron="* * * * *")
@app.task(name="conversations.wake", queueing_lock="conversations.wake", priority=15)
def wake(timestamp: int) -> None:
    """Wake snoozed and waiting conversations whose time has come."""
    statuses.wake_due(clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="conversations.shred_secrets", queueing_lock="conversations.shred_secrets")
def shred_secrets(timestamp: int) -> None:
    """Destroy the keys of secrets older than seven days."""
    secrets.shred_expired(clock.now())
