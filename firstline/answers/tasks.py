"""Jobs that read, propose, answer and measure. Each may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.answers import actions, queries
from firstline.answers.actions import following, replaying, sorting
from firstline.answers.actions import learning as lessons
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.knowledge.models import ArticleText
from firstline.search.actions import learning
from firstline.search.models import IndexState, Passage
from firstline.search.queries import articles as search
from firstline.search.rules.confidence import LEAST_ROWS


class NotIndexedYet(Exception):
    """The article is published and search does not know it yet: the job should be tried again."""


@app.task(name="answers.suggest", queue="answers", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def suggest(event_id: int) -> None:
    """Diagnose the message that an event speaks of, propose an answer and what it is about; hear what it says to an
    automatic one.
    """
    event = Event.objects.get(pk=event_id)
    if event.subject_id is not None:
        actions.hear(event.subject_id)
        actions.suggest(event.subject_id)
        sorting.sort(event.subject_id)


@app.task(name="answers.answer", queue="answers", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def answer(event_id: int) -> None:
    """Send the suggestion that an event speaks of by itself, where a lead allowed it."""
    event = Event.objects.get(pk=event_id)
    if event.subject_id is not None:
        actions.answer(event.subject_id)


@app.task(name="answers.follow", queue="answers", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def follow(event_id: int) -> None:
    """Keep what became of an inserted suggestion."""
    event = Event.objects.get(pk=event_id)
    if event.kind == Kind.MESSAGE_SENT and event.subject_id is not None:
        following.sent(event.subject_id)
    elif event.kind == Kind.CONVERSATION_RESOLVED and event.conversation_id is not None:
        following.resolved(event.conversation_id)
    elif event.kind == Kind.CONVERSATION_REOPENED and event.conversation_id is not None:
        following.reopened(event.conversation_id)


@app.task(
    name="answers.try_again",
    queue="answers",
    retry=RetryStrategy(max_attempts=5, exponential_wait=3, retry_exceptions=[NotIndexedYet]),
)
def try_again(event_id: int) -> None:
    """Ask again for questions that had no answer, once search knows the article that an event speaks of."""
    event = Event.objects.get(pk=event_id)
    texts = ArticleText.objects.filter(article=event.subject_id, article__status="published")
    for revision_id in texts.values_list("published_revision_id", flat=True):
        if revision_id and not Passage.objects.filter(revision_id=revision_id).exists():
            raise NotIndexedYet
    _try_all_again()


@app.task(name="answers.read_again", queue="answers", retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def read_again(event_id: int) -> None:
    """Diagnose anew what waits for an answer, since the catalogue that an event speaks of has changed."""
    for conversation_id in queries.waiting_for_us():
        actions.read_again(conversation_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="answers.keep_up", queue="answers", queueing_lock="answers.keep_up")
def keep_up(timestamp: int) -> None:
    """Ask again after the index was built anew, which no event tells of."""
    _try_all_again()


def _try_all_again() -> None:
    version = IndexState.objects.filter(name=search.STATE).values_list("version", flat=True).first() or 0
    for message_id in queries.unanswered(version):
        actions.try_again(message_id)


@app.periodic(cron="37 2 * * *")
@app.task(name="answers.refit", queue="answers", queueing_lock="answers.refit")
def refit(timestamp: int) -> None:
    """Fit the confidence on what people decided; from a hundred judged answers on, right and wrong ones."""
    rows = queries.judgements()
    if len(rows) >= LEAST_ROWS and len({row.right for row in rows}) > 1:
        learning.refit_confidence(rows)


@app.periodic(cron="7 3 * * *")
@app.task(name="answers.learn_sorting", queue="answers", queueing_lock="answers.learn_sorting", priority=-10)
def learn_sorting(timestamp: int) -> None:
    """Learn from how people sorted conversations: a new version of each kind for which there is something new."""
    lessons.learn_all()


@app.task(name="answers.replay", queue="answers", priority=-10, retry=RetryStrategy(max_attempts=3, exponential_wait=4))
def replay(event_id: int) -> None:
    """Run the replay that an event asks for."""
    event = Event.objects.get(pk=event_id)
    if event.subject_id is not None:
        replaying.run(event.subject_id)
