"""Jobs that say what articles save."""

from procrastinate.contrib.django import app

from firstline.core import clock
from firstline.events.models import Event
from firstline.knowledge.models import Article
from firstline.savings import actions


@app.task(name="savings.foresee", queue="search")
def foresee(event_id: int) -> None:
    """An article was proposed: say what it would save."""
    event = Event.objects.filter(pk=event_id).first()
    article = Article.objects.filter(pk=event.subject_id or 0).first() if event else None
    if article is not None:
        actions.foresee(article)


@app.periodic(cron="25 3 * * *")
@app.task(name="savings.reckon", queue="search", queueing_lock="savings.reckon", priority=-5)
def reckon(timestamp: int) -> None:
    """Every night: what articles saved so far, and what is old goes."""
    actions.reckon(clock.now())
    actions.forget(clock.now())
