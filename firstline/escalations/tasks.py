"""Jobs about what engineers are asked. Each takes ids and may run twice."""

from django.db.models import Q
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.escalations.actions import following, minding, writing
from firstline.escalations.models import Issue
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.upstream.models import Release, Thread

RETRY = RetryStrategy(max_attempts=6, exponential_wait=5, retry_exceptions=[ChannelError])


@app.task(name="escalations.send", queue="delivery", retry=RETRY)
def send(event_id: int) -> None:
    """Mail the brief that an event speaks of."""
    writing.send(Event.objects.get(pk=event_id).subject_id or 0)


@app.task(name="escalations.nudge", queue="delivery", retry=RETRY)
def nudge(event_id: int) -> None:
    """Mail the reminder that an event speaks of."""
    writing.nudge(Event.objects.get(pk=event_id).subject_id or 0)


@app.periodic(cron="*/5 * * * *")
@app.task(name="escalations.mind", queueing_lock="escalations.mind")
def mind(timestamp: int) -> None:
    """Nobody waits for ever: a nudge, then the owner's turn."""
    minding.mind(clock.now())


@app.task(name="escalations.read_issue", queue="delivery")
def read_issue(event_id: int) -> None:
    """Read an issue as soon as it is linked."""
    event = Event.objects.get(pk=event_id)
    following.read_soon(Issue.objects.filter(pk=event.subject_id or 0).select_related("problem"))


@app.task(name="escalations.look_at_issues", queue="delivery")
def look_at_issues(event_id: int) -> None:
    """A thread was closed or opened again, or a version is out: read the issues that this concerns."""
    event = Event.objects.get(pk=event_id)
    issues = Issue.objects.select_related("problem")
    if event.kind == Kind.RELEASE_RECORDED:
        place = Release.objects.filter(pk=event.subject_id or 0).values_list("place", flat=True).first() or ""
        following.read_soon(issues.filter(Q(place=place) | Q(problem__package=place)))
        return
    thread = Thread.objects.filter(pk=event.subject_id or 0).first()
    number = thread.address.rpartition("/")[2] if thread is not None else ""
    if thread is not None and number.isdigit():
        following.read_soon(issues.filter(place=thread.place.lower(), number=int(number)))


@app.periodic(cron="*/10 * * * *")
@app.task(name="escalations.follow", queue="delivery", queueing_lock="escalations.follow")
def follow(timestamp: int) -> None:
    """Issues for which somebody waits are read, whatever their webhooks say."""
    following.follow(clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="escalations.read_owners", queue="delivery", queueing_lock="escalations.read_owners")
def read_owners(timestamp: int) -> None:
    """Who owns which code, once a day from where it is kept."""
    following.read_owners(clock.now())
