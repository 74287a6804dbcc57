"""Problems: many conversations wait for one thing, which issues on a tracker stand for."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.conversations.actions import locking, statuses
from firstline.conversations.models import ENDED, Conversation, Status
from firstline.escalations import impact, queries, trackers
from firstline.escalations.models import Issue, Problem, Severity, Waiting
from firstline.events.kinds import Kind
from firstline.events.recording import NewEvent, record, record_all
from firstline.evidence import secrets


class LinkRefused(Exception):
    """Nothing was linked; the message is a sentence for the person."""


@transaction.atomic
def begin(title: str, *, by: User, severity: int = Severity.HINDERS, package: str = "", signature: str = "") -> Problem:
    """A new problem, for which nobody waits yet. Raises LinkRefused without a title."""
    if not title.strip():
        raise LinkRefused(_("Give it a name by which engineers know it."))
    made = Problem.objects.create(
        title=secrets.mask(" ".join(title.split())).text[:200],
        severity=Severity(severity),
        package=package.strip().lower()[:200],
        signature=signature,
        created_by=by,
    )
    record(Kind.PROBLEM_FOUND, by=by, subject_id=made.pk)
    return made


@transaction.atomic
def wait_for(problem: Problem, conversations: Iterable[Conversation], *, by: User) -> int:
    """These conversations wait for it from now on; how many are new. One waits for one problem: the newest word counts.

    Sealed ones are left out; what is over stays over, and its contact is told all the same.
    """
    return sum(_wait(problem, one, by) for one in conversations if not one.sealed)


def _wait(problem: Problem, conversation: Conversation, by: User) -> bool:
    conversation = locking.hold(conversation.merged_into or conversation)
    known = Waiting.objects.filter(conversation=conversation).first()
    if known is not None and known.problem_id == problem.pk:
        return False
    if known is not None:
        known.delete()
    Waiting.objects.create(problem=problem, conversation=conversation, linked_by=by)
    if conversation.status not in ENDED:
        statuses.set_status(conversation, Status.WAITING_ON_ENGINEERING, by=by)
    _say(Kind.PROBLEM_LINKED, problem, conversation, by)
    return True


@transaction.atomic
def let_go(conversation: Conversation, *, by: User) -> None:
    """It has nothing to do with the problem: it is the team's turn again."""
    conversation = locking.hold(conversation)
    found = Waiting.objects.filter(conversation=conversation).select_related("problem").first()
    if found is None:
        return
    found.delete()
    if conversation.status == Status.WAITING_ON_ENGINEERING:
        statuses.set_status(conversation, Status.OPEN, by=by)
    _say(Kind.PROBLEM_UNLINKED, found.problem, conversation, by)


@transaction.atomic
def link_issue(problem: Problem, url: str, *, by: User) -> Issue:
    """An issue stands for the problem. Raises LinkRefused for an address of no tracker, and for another's issue."""
    found = trackers.of(url)
    if found is None:
        raise LinkRefused(_("This is no address of an issue. It looks like https://github.com/owner/name/issues/12."))
    name, ref = found
    known = Issue.objects.filter(tracker=name, place=ref.place, number=ref.number).select_related("problem").first()
    if known is not None and known.problem_id != problem.pk:
        words = _("%(issue)s stands for “%(title)s” already: link the conversation to that problem.")
        raise LinkRefused(words % {"issue": known, "title": known.problem.title})
    made = known or Issue.objects.create(
        problem=problem, tracker=name, place=ref.place, number=ref.number, url=url.strip().partition("#")[0]
    )
    record(Kind.ISSUE_LINKED, by=by, subject_id=made.pk)
    return made


def open_issue(problem: Problem, place: str, *, by: User) -> Issue:
    """Open an issue for it, with what it does to people and no word of theirs. Raises LinkRefused."""
    settings = queries.way_into(place)
    if settings is None:
        raise LinkRefused(_("The desk has no way into %(place)s.") % {"place": place})
    tracker = trackers.TRACKERS["github"]
    try:
        ref = tracker.open(place.lower(), problem.title, impact.block(queries.impact(problem)), settings)
    except ChannelError as error:
        raise LinkRefused(error.sentence) from error
    return link_issue(problem, tracker.url(ref), by=by)


def _say(kind: Kind, problem: Problem, conversation: Conversation, by: User) -> None:
    new = NewEvent(kind, by, conversation.pk, conversation.inbox_id, problem.pk, conversation.assignee_id)
    record_all([new])
