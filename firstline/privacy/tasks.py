"""The nightly job that lets go of what was kept long enough."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.privacy.actions import retaining


@app.periodic(cron="41 3 * * *")
@app.task(name="privacy.retain", queueing_lock="privacy.retain")
def retain(timestamp: int) -> None:
    """Run every rule of retention."""
    retaining.run(clock.now())
