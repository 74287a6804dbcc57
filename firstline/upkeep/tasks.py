"""Jobs that keep articles true."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.upkeep import actions

MOVING = (Kind.ARTICLE_PUBLISHED, Kind.ARTICLE_CHANGED, Kind.RELEASE_RECORDED)


@app.task(name="upkeep.examine", queue="search")
def examine(event_id: int) -> None:
    """Something changed that other articles' questions may feel: look at all of them, once for changes in a row."""
    if not Event.objects.filter(pk__gt=event_id, kind__in=MOVING).exists():
        actions.examine()


@app.periodic(cron="40 2 * * *")
@app.task(name="upkeep.nightly", queue="search", queueing_lock="upkeep.nightly")
def nightly(timestamp: int) -> None:
    """Every night: ask the links that are due, then look at every article."""
    actions.ask_links(clock.now())
    actions.examine()
