"""Jobs about incidents. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.events.models import Event
from firstline.incidents.actions import detecting, probing, reminding, standing, telling


@app.periodic(cron="* * * * *")
@app.task(name="incidents.watch", queueing_lock="incidents.watch", lock="incidents.watch", priority=10)
def watch(timestamp: int) -> None:
    """Notice trouble, remind of what the public was promised, and say on the page beside the processes what is so."""
    detecting.watch()
    reminding.remind()
    standing.write()


@app.periodic(cron="* * * * * */10")
@app.task(name="incidents.probe", queueing_lock="incidents.probe", lock="incidents.probe", priority=10)
def probe(timestamp: int) -> None:
    """Look at every component that has an address."""
    if probing.probe_all():
        standing.write()


@app.task(name="incidents.tell", queue="delivery")
def tell(event_id: int) -> None:
    """Queue the replies that tell everybody in an incident."""
    telling.tell(Event.objects.get(pk=event_id))


@app.task(name="incidents.write_status", queueing_lock="incidents.write_status", priority=10)
def write_status(event_id: int) -> None:
    """Write the status page beside the processes anew."""
    standing.write()
