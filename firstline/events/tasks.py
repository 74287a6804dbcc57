"""Jobs of the audit. Each may run twice."""

from procrastinate.contrib.django import app

from firstline.events import anchors, audit


@app.periodic(cron="* * * * * */3")  # the sixth column counts seconds
@app.task(name="events.seal_audit", queue="default", queueing_lock="events.seal_audit", priority=30)
def seal_audit(timestamp: int) -> None:
    """Link new audit entries; with the worker's poll they are in the chain within five seconds."""
    audit.seal_entries()


@app.periodic(cron="7 0 * * *")
@app.task(name="events.anchor_audit", queue="default", queueing_lock="events.anchor_audit")
def anchor_audit(timestamp: int) -> None:
    """Note the chain's length and last hash outside the database."""
    audit.seal_entries()
    anchors.drop_anchor()
