"""Jobs of privacy: advice about a secret, and the nightly end of what was kept long enough."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.models import Event
from firstline.privacy.actions import leaking, platform, retaining


@app.periodic(cron="41 3 * * *")
@app.task(name="privacy.retain", queueing_lock="privacy.retain")
def retain(timestamp: int) -> None:
    """Run every rule of retention."""
    retaining.run(clock.now())


@app.task(name="privacy.advise", queue="delivery")
def advise(event_id: int) -> None:
    """Tell the sender of a secret what to do."""
    event = Event.objects.get(pk=event_id)
    leaking.advise(event.subject_id or 0)


@app.task(name="privacy.tell_platform", queue="delivery", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def tell_platform(event_id: int) -> None:
    """Tell the operator's platform of its own tokens that leaked."""
    event = Event.objects.get(pk=event_id)
    platform.tell(event.subject_id or 0)
