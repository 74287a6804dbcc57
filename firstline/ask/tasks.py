"""Jobs of the public form."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.ask import actions
from firstline.contacts.models import ContactIdentity
from firstline.core import clock
from firstline.events.models import Event


@app.task(name="ask.confirm_address", queue="delivery", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def confirm_address(event_id: int) -> None:
    """Ask an address that somebody typed whether it is theirs."""
    identity = ContactIdentity.objects.select_related("contact").filter(
        pk=Event.objects.get(pk=event_id).subject_id or 0
    )
    found = identity.first()
    if found is not None:
        actions.confirm_address(found)


@app.periodic(cron="45 4 * * *")
@app.task(name="ask.forget_links", queue="delivery", queueing_lock="ask.forget_links")
def forget_links(timestamp: int) -> None:
    """Drop links that are long over."""
    actions.forget_links(clock.now())
