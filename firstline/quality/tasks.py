"""Jobs about quality. Each may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.channels.base import ChannelError
from firstline.events.models import Event
from firstline.quality import actions


@app.task(
    name="quality.tell",
    queue="delivery",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions=[ChannelError]),
)
def tell(event_id: int) -> None:
    """Tell the author of an answer that it was looked at."""
    actions.tell(Event.objects.get(pk=event_id).subject_id or 0)
