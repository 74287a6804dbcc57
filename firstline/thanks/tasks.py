"""Jobs about thanks. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.thanks import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="thanks.gather", queueing_lock="thanks.gather", priority=-10)
def gather(timestamp: int) -> None:
    """Find praise in what people wrote since the last look."""
    actions.gather(clock.now())


@app.periodic(cron="0 7 * * 1")
@app.task(name="thanks.mail_engineers", queue="delivery", queueing_lock="thanks.mail_engineers")
def mail_engineers(timestamp: int) -> None:
    """Monday's letters."""
    actions.mail_engineers(clock.now())
