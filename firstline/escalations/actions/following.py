"""Read the issues of problems where they live, hear their engineers, and keep the impact there up to date."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.escalations import codeowners, impact, queries, trackers
from firstline.escalations.actions import answering, closing, engineers
from firstline.escalations.models import Happening, HelpRequest, Issue, Ownership, Way
from firstline.escalations.trackers.port import Happened, Ref, Settings, Snapshot
from firstline.events.recording import MACHINE

EVERY = timedelta(minutes=10)
AT_ONCE = 60
OWNERS_EVERY = timedelta(days=1)


def follow(now: datetime) -> int:
    """Read what was not read within ten minutes and still matters to somebody; how many. May run twice."""
    due = queries.issues_to_read(now - EVERY)[:AT_ONCE]
    return sum(read(issue) for issue in due)


def read(issue: Issue) -> bool:
    """Read one issue, tell whoever is owed a word, hear who was asked, and say there whom it hits. False when it can't
    be read now; the reason is kept for the page.
    """
    settings = queries.way_into(issue.place)
    if settings is None:
        return _note_failure(issue, "")
    tracker, ref = trackers.TRACKERS[issue.tracker], Ref(issue.place, issue.number)
    try:
        take_over(issue, tracker.read(ref, settings, _known(issue)))
        _hear_engineers(issue, ref, settings)
    except ChannelError as error:
        return _note_failure(issue, error.sentence)
    closing.settle(issue.problem, clock.now())
    _say_impact(issue, ref, settings)
    return True


@transaction.atomic
def take_over(issue: Issue, snapshot: Snapshot) -> None:
    """Keep what an issue's tracker says of it; what is known is not kept twice."""
    issue.title, issue.url = snapshot.title[:400], snapshot.url[:600]
    issue.state, issue.state_reason = snapshot.state[:20], snapshot.state_reason[:40]
    issue.read_at, issue.failure = clock.now(), ""
    issue.save(update_fields=["title", "url", "state", "state_reason", "read_at", "failure"])
    for one in snapshot.happened:
        _keep(issue, one)


def _keep(issue: Issue, one: Happened) -> None:
    kept, is_new = Happening.objects.get_or_create(
        issue=issue, key=one.key[:200], defaults={"kind": one.kind, "at": one.at, "data": dict(one.data)}
    )
    if not is_new and one.kind == "released":  # another fix was asked about: what the release holds grows
        for name in ("shas", "asked"):
            kept.data[name] = sorted({*kept.data.get(name, []), *one.data.get(name, [])})
        kept.save(update_fields=["data"])


def _known(issue: Issue) -> dict[str, list[str]]:
    """Releases that were looked at, and for which commits."""
    rows = Happening.objects.filter(issue=issue, kind="released").values_list("data", flat=True)
    return {str(data["tag"]): list(data.get("asked", [])) for data in rows}


def _note_failure(issue: Issue, sentence: str) -> bool:
    Issue.objects.filter(pk=issue.pk).update(failure=sentence[:300], read_at=clock.now())
    return False


def _hear_engineers(issue: Issue, ref: Ref, settings: Settings) -> None:
    """Who was asked may answer at the issue: their next comment there is the answer."""
    waiting = HelpRequest.objects.open().filter(conversation__waits_for__problem=issue.problem)
    asked = list(waiting.exclude(engineer__github="").select_related("engineer", "conversation", "asked_by"))
    if not asked:
        return
    since = min(one.asked_at for one in asked)
    said = trackers.TRACKERS[issue.tracker].comments(ref, since, settings)
    for request in asked:
        login = request.engineer.github.lower()
        theirs = next((one for one in said if one.author == login and one.at >= request.asked_at), None)
        if theirs is not None:
            _take(request, f"{theirs.text}\n\n{theirs.url}")


def _take(request: HelpRequest, text: str) -> None:
    try:
        answering.answer(request, text[: answering.LONGEST], way=Way.GITHUB)
    except answering.AnswerRefused:  # answered meanwhile by another way
        return


def _say_impact(issue: Issue, ref: Ref, settings: Settings) -> None:
    """Bring our comment at the issue up to date; nothing leaves when nothing changed."""
    said = impact.block(queries.impact(issue.problem))
    if said == issue.said or not issue.problem.waiting.exists():
        return
    mark = f"firstline-problem:{issue.problem_id}"
    try:
        issue.comment = trackers.TRACKERS[issue.tracker].say(ref, said, settings, known=issue.comment, mark=mark)
    except ChannelError as error:
        _note_failure(issue, error.sentence)
        return
    issue.said = said
    issue.save(update_fields=["comment", "said"])


def read_owners(now: datetime) -> int:
    """Fetch the CODEOWNERS of every repository that an inbox has a way into, once a day; how many."""
    return sum(_read_owners(place, settings, now) for place, settings in queries.ways_in())


def _read_owners(place: str, settings: Settings, now: datetime) -> bool:
    known = Ownership.objects.filter(repository=place).first()
    if known is not None and (not known.is_fetched or known.updated_at > now - OWNERS_EVERY):
        return False  # a person keeps it, or it was read today
    try:
        text = trackers.TRACKERS["github"].codeowners(place, settings)
    except ChannelError as error:
        Ownership.objects.filter(repository=place).update(failure=error.sentence[:300])
        return False
    if not codeowners.read(text):
        return False
    engineers.keep_owners(place, text, by=MACHINE, is_fetched=True)
    return True


def read_soon(issues: Iterable[Issue]) -> None:
    """Something happened there: the next look comes at once."""
    for issue in issues:
        read(issue)
