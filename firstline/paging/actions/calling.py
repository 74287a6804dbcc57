"""Somebody is called, then the next, until one of them answers."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, Actor, record
from firstline.paging import queries, rules
from firstline.paging.models import Call, Page, Reason

REASONS = {
    Kind.CARE_ASKED: Reason.SAFETY,
    Kind.MALWARE_REPORTED: Reason.MALWARE,
    Kind.INCIDENT_SUSPECTED: Reason.INCIDENT,
}


@transaction.atomic
def call_out(event: Event) -> Page | None:
    """Open a page for what an event tells, and call the first; None when it is open already. May run twice."""
    reason = REASONS[Kind(event.kind)]
    conversation = Conversation.objects.filter(pk=event.conversation_id or 0).first()
    page, is_new = Page.objects.get_or_create(
        key=_key(reason, event),
        defaults={"reason": reason, "conversation": conversation, "subject_id": event.subject_id},
    )
    if is_new:
        _call(page, 1)
    return page if is_new else None


def _key(reason: Reason, event: Event) -> str:
    """What it is about: each asking for care anew, malware once a conversation, an incident once."""
    about = {Reason.SAFETY: event.pk, Reason.MALWARE: event.conversation_id, Reason.INCIDENT: event.subject_id}
    return f"{reason}:{about[reason]}"


def _call(page: Page, number: int) -> Call:
    """Call whose turn it is, round about, and look again when the time for an answer is over."""
    now = clock.now()
    people = queries.ladder(page, now)
    who = people[(number - 1) % len(people)] if people else None
    call = Call.objects.create(page=page, number=number, user=who, at=now)
    _record(Kind.PAGE_CALLED, page, MACHINE, call.pk)
    record(Kind.PAGE_WAITED, by=MACHINE, subject_id=call.pk, due=now + rules.PASSED_ON_AFTER)
    return call


@transaction.atomic
def pass_on(event: Event) -> Call | None:
    """The time for an answer is over: call the next, unless somebody answered or was called since. May run twice."""
    call = Call.objects.filter(pk=event.subject_id or 0).first()
    if call is None:
        return None
    page = Page.objects.select_for_update().get(pk=call.page_id)
    if not page.is_open or page.calls.filter(number__gt=call.number).exists():
        return None
    if call.number >= rules.MOST_CALLS:
        page.given_up_at = clock.now()
        page.save(update_fields=["given_up_at"])
        _record(Kind.PAGE_GIVEN_UP, page, MACHINE, page.pk)
        return None
    return _call(page, call.number + 1)


@transaction.atomic
def answer(page: Page, *, by: User | None, actor: Actor) -> bool:
    """Somebody has it; nobody else is called. False when somebody had answered before."""
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.answered_at is not None:
        return False
    page.answered_at, page.answered_by = clock.now(), by
    page.save(update_fields=["answered_at", "answered_by"])
    _record(Kind.PAGE_ANSWERED, page, actor, page.pk)
    return True


def answered_elsewhere(event: Event) -> int:
    """Care was taken, an incident was declared or dismissed: whoever did that has answered the page; how many."""
    found = Page.objects.filter(answered_at=None)
    if event.kind == Kind.CARE_TAKEN:
        found = found.filter(reason=Reason.SAFETY, conversation=event.conversation_id)
    else:
        found = found.filter(reason=Reason.INCIDENT, subject_id=event.subject_id)
    who = User.objects.filter(pk=event.actor_id or 0).first() if event.actor_kind == "agent" else None
    return sum(answer(page, by=who, actor=who or MACHINE) for page in found)


def _record(kind: Kind, page: Page, by: Actor, subject: int) -> None:
    conversation = page.conversation
    record(
        kind,
        by=by,
        conversation_id=conversation.pk if conversation else None,
        inbox_id=conversation.inbox_id if conversation else None,
        subject_id=subject,
        reason=str(page.reason),
    )
