"""The job that reads a new message and proposes an answer."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.answers import actions
from firstline.events.models import Event


@app.task(name="answers.suggest", queue="answers", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def suggest(event_id: int) -> None:
    """Diagnose the message that an event speaks of, and propose an answer."""
    event = Event.objects.get(pk=event_id)
    if event.subject_id is not None:
        actions.suggest(event.subject_id)
