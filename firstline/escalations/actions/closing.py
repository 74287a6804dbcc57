"""Close the loop: whoever waits is told once what became of it, and whoever says that it is none is heard."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from firstline.channels.base import ChannelError
from firstline.conversations.actions import locking, statuses
from firstline.conversations.models import Status
from firstline.escalations import impact, queries, releases, texts, trackers
from firstline.escalations.actions import answering
from firstline.escalations.models import Happening, Issue, Outcome, Problem, Told, Waiting
from firstline.escalations.trackers.port import Ref
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all

HEARD_FOR = timedelta(days=30)
"""How long after a letter its reader is heard saying that it is not so."""


def settle(problem: Problem, now: datetime) -> int:
    """Tell everybody who is owed a word, and hear who says "still broken"; how many were told. May run twice."""
    _hear(problem, now)
    history = queries.history(problem)
    publishes = bool(problem.package)
    told = 0
    for person in queries.waiting_people(problem):
        events = [*history, *queries.said_by(person)]
        due = releases.owed(events, now=now, publishes=publishes, since=person.since)
        if person.told is None and due.letter is not None:
            told += _tell(problem, person, due.letter.kind, due.letter.version)
        elif person.told is not None and person.told.outcome == Outcome.FIXED and due.is_reverted:
            told += _take_back(problem, person, now)
    return told


def _take_back(problem: Problem, person: queries.Person, now: datetime) -> bool:
    """They were told of a fix that is none any more: they are told so, and wait again."""
    _wait_again(person, now)
    again = replace(person, round=person.round + 1, since=now, told=None)
    if not _tell(problem, again, Outcome.REVERTED, person.told.version if person.told else ""):
        return False
    _wait_again(again, now)
    return True


@transaction.atomic
def _tell(problem: Problem, person: queries.Person, outcome: str, version: str) -> bool:
    """One draft for one person, in the newest of their conversations; the others are the team's turn as well."""
    conversation = locking.hold(person.newest.conversation_id)
    if conversation.status == Status.SPAM:
        return False
    news = texts.News(outcome, version, queries.link_of(problem, outcome))
    text = texts.letter(
        news,
        name=person.contact.name.split(" ")[0],
        language=person.contact.language,
        channel=conversation.inbox.channel,
    )
    _told, is_new = Told.objects.get_or_create(
        problem=problem,
        contact=person.contact,
        round=person.round,
        defaults={"conversation": conversation, "outcome": outcome, "version": version[:80], "text": text},
    )
    if not is_new:
        return False
    for waiting in person.waiting:
        statuses.set_status(locking.hold(waiting.conversation_id), Status.TELL_CONTACT, by=MACHINE)
    answering.lay(conversation, conversation.assignee or person.newest.linked_by, text)
    new = NewEvent(
        Kind.CONTACT_OWED, MACHINE, conversation.pk, conversation.inbox_id, problem.pk, conversation.assignee_id,
        data={"outcome": str(outcome)},
    )  # fmt: skip
    record_all([new])
    return True


def _hear(problem: Problem, now: datetime) -> None:
    """Who was told of a fix and says that it is none waits again; the issue is opened and told, for all at once."""
    found = []
    for person in queries.waiting_people(problem):
        if person.told is None or person.told.outcome != Outcome.FIXED or now - person.told.at > HEARD_FOR:
            continue
        said = queries.first_complaint(person)
        if said is not None:
            found.append((person, said))
    if not found:
        return
    issue = problem.issues.order_by("-pk").first()
    with transaction.atomic():
        for person, (pk, at) in found:
            _wait_again(person, at)
            if issue is not None:
                Happening.objects.get_or_create(
                    issue=issue, key=f"still:{pk}", defaults={"kind": "reopened", "at": at, "data": {}}
                )
    if issue is not None:
        versions = sorted({person.told.version for person, _said in found if person.told is not None})
        _tell_issue(issue, versions, len(found))


def _wait_again(person: queries.Person, since: datetime) -> None:
    waiting = Waiting.objects.filter(pk__in=[one.pk for one in person.waiting], round=person.round)
    waiting.update(round=F("round") + 1, since=since)


def _tell_issue(issue: Issue, versions: list[str], count: int) -> None:
    settings = queries.way_into(issue.place)
    if settings is None:
        return
    tracker, ref = trackers.TRACKERS[issue.tracker], Ref(issue.place, issue.number)
    mark = f"firstline-still:{issue.problem_id}:{'-'.join(versions)}"
    try:
        if issue.state == "closed":
            tracker.reopen(ref, settings)
            Issue.objects.filter(pk=issue.pk).update(state="open", state_reason="reopened")
        tracker.say(ref, impact.still_broken(versions, count), settings, known="", mark=mark)
    except ChannelError as error:
        Issue.objects.filter(pk=issue.pk).update(failure=error.sentence[:300])
