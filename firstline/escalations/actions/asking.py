"""Ask an engineer: a filled brief to one person, with a clock; whoever owns the conversation keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import locking, statuses
from firstline.conversations.models import UNRESOLVED, Conversation, Status
from firstline.core import clock
from firstline.escalations import queries, rules
from firstline.escalations.models import Engineer, HelpKind, HelpRequest, HelpState
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.evidence import secrets
from firstline.sla import rules as working_time

LONGEST_WAIT = timedelta(days=60)


class AskRefused(Exception):
    """Nobody was asked; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What an engineer reads: what is wanted, what is the matter, what was tried, and what the desk found out."""

    kind: str
    summary: str
    tried: str = ""
    facts: Sequence[tuple[str, str]] = ()
    diagnosis: str = ""
    impact: str = ""
    wanted_by: datetime | None = None


@transaction.atomic
def ask(
    conversation: Conversation,
    engineer: Engineer,
    brief: Brief,
    *,
    by: User,
    reasons: Sequence[str] = (),
    cannot_wait: bool = False,
) -> HelpRequest:
    """Ask for help; the conversation waits on engineering until there is a word.

    Raises AskRefused when it is sealed or over, when they are asked already, when the time is past, and when their
    week is full, unless it `cannot_wait`.
    """
    conversation, now = locking.hold(conversation), clock.now()
    _check(conversation, engineer, brief, now, cannot_wait=cannot_wait)
    made = HelpRequest.objects.create(
        conversation=conversation,
        engineer=engineer,
        asked_by=by,
        kind=HelpKind(brief.kind),
        summary=secrets.mask(brief.summary.strip()).text,
        tried=secrets.mask(brief.tried.strip()).text,
        facts=[list(one) for one in brief.facts],
        diagnosis=brief.diagnosis,
        impact=secrets.mask(brief.impact.strip()).text[:300],
        reasons=list(reasons),
        asked_at=now,
        wanted_by=brief.wanted_by or wanted(engineer, brief.kind, now),
    )
    statuses.set_status(conversation, Status.WAITING_ON_ENGINEERING, by=by)
    say(Kind.HELP_ASKED, made, by=by)
    return made


def wanted(engineer: Engineer, kind: str, now: datetime) -> datetime:
    """By when an answer is wanted if nobody says otherwise: in the engineer's own working time."""
    return working_time.add(engineer.hours, now, rules.WORKING_TIME[kind])


@transaction.atomic
def withdraw(request: HelpRequest, *, by: User) -> None:
    """It is not needed any more; the link and the reply address say so from now on."""
    conversation = locking.hold(request.conversation_id)
    ended = HelpRequest.objects.filter(pk=request.pk, state=HelpState.ASKED)
    if ended.update(state=HelpState.WITHDRAWN, ended_at=clock.now()):
        say(Kind.HELP_WITHDRAWN, request, by=by)
        give_back(conversation, Status.OPEN, by=by)


def give_back(conversation: Conversation, status: str, *, by: Actor) -> None:
    """It is the team's turn again, unless somebody else is still asked or it does not wait on engineering."""
    still = HelpRequest.objects.filter(conversation=conversation, state=HelpState.ASKED, overdue_at=None).exists()
    if conversation.status == Status.WAITING_ON_ENGINEERING and not still:
        statuses.set_status(conversation, status, by=by)


def say(kind: Kind, request: HelpRequest, *, by: Actor) -> None:
    """Record what happened to a request."""
    conversation = request.conversation
    record(
        kind,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=request.pk,
        assignee_id=conversation.assignee_id,
    )


def _check(conversation: Conversation, engineer: Engineer, brief: Brief, now: datetime, *, cannot_wait: bool) -> None:
    if conversation.sealed:
        raise AskRefused(_("This conversation is sealed: only people on its list may know of it."))
    if conversation.status not in UNRESOLVED:
        raise AskRefused(_("This conversation is over. Reopen it first."))
    if not engineer.is_active:
        raise AskRefused(_("%(name)s can’t be asked any more.") % {"name": engineer.name})
    if not brief.summary.strip():
        raise AskRefused(_("Say what the matter is."))
    if HelpRequest.objects.open().filter(conversation=conversation, engineer=engineer).exists():
        raise AskRefused(_("%(name)s is asked about this already.") % {"name": engineer.name})
    if brief.wanted_by is not None and not now < brief.wanted_by <= now + LONGEST_WAIT:
        raise AskRefused(_("Choose a moment within the next 60 days."))
    if not cannot_wait and queries.budget_left([engineer], now)[engineer.pk] <= 0:
        words = _(
            "%(name)s has had %(n)d requests in seven days, which is all they take. "
            "Ask somebody else, or say that it cannot wait."
        )
        raise AskRefused(words % {"name": engineer.name, "n": engineer.budget})
