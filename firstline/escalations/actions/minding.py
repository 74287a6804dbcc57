"""The clock on answers: one polite word when the time is over, then the owner's turn."""

from datetime import datetime

from django.db import transaction

from firstline.conversations.actions import locking
from firstline.conversations.models import Status
from firstline.escalations import rules
from firstline.escalations.actions import asking
from firstline.escalations.models import HelpRequest, HelpState
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE
from firstline.sla import rules as working_time

AT_ONCE = 200


def mind(now: datetime) -> int:
    """Nudge whoever is late and at work, give back what nobody answers; how many. May run twice."""
    late = HelpRequest.objects.open().filter(wanted_by__lte=now, overdue_at=None).select_related("engineer")
    return sum(_mind(one, now) for one in late.order_by("wanted_by")[:AT_ONCE])


def _mind(request: HelpRequest, now: datetime) -> bool:
    engineer = request.engineer
    if request.nudged_at is None:
        return engineer.is_here(now) and _nudge(request, now)
    patience = working_time.add(engineer.hours, request.nudged_at, rules.GIVEN_UP_AFTER)
    return patience <= now and _give_up(request, now)


@transaction.atomic
def _nudge(request: HelpRequest, now: datetime) -> bool:
    waiting = HelpRequest.objects.filter(pk=request.pk, state=HelpState.ASKED, nudged_at=None)
    if not waiting.update(nudged_at=now):
        return False
    asking.say(Kind.HELP_NUDGED, request, by=MACHINE)
    return True


@transaction.atomic
def _give_up(request: HelpRequest, now: datetime) -> bool:
    """Its owner decides: ask somebody else, or go on waiting. The engineer may still answer."""
    conversation = locking.hold(request.conversation_id)
    waiting = HelpRequest.objects.filter(pk=request.pk, state=HelpState.ASKED, overdue_at=None)
    if not waiting.update(overdue_at=now):
        return False
    asking.say(Kind.HELP_OVERDUE, request, by=MACHINE)
    asking.give_back(conversation, Status.OPEN, by=MACHINE)
    return True
