"""An incident begins, moves on and ends; who is in it; and what the public is told."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import NewEvent, record, record_all
from firstline.incidents import rules
from firstline.incidents.actions import detecting
from firstline.incidents.models import GOING_ON, Affected, Attached, Belonging, Incident, Phase, Update
from firstline.sla import actions as clocks
from firstline.sla import queries as sla
from firstline.sla.models import Reason


class Refused(Exception):
    """It can't be done as things stand; the text is a sentence for the person who asked."""


@transaction.atomic
def declare(
    title: str,
    *,
    by: User,
    affected: Mapping[int, str] | None = None,
    suspected: Incident | None = None,
    conversations: Collection[Conversation] = (),
) -> Incident:
    """Say that it is an incident: the public reads `title` from now on. Attaches what looks alike and `conversations`.

    Raises Refused when it was declared or dismissed meanwhile.
    """
    now = clock.now()
    values = {"title": title.strip(), "phase": Phase.INVESTIGATING, "declared_at": now, "declared_by": by}
    values["next_update_at"] = now + rules.FIRST_WORD
    if suspected is not None:
        if not Incident.objects.filter(pk=suspected.pk, phase=Phase.SUSPECTED).update(**values):
            raise Refused(_("Somebody else has decided on it already."))
        incident = Incident.objects.get(pk=suspected.pk)
    else:
        first = min((one.created_at for one in conversations), default=now)
        incident = Incident.objects.create(**values, first_report_at=first)
    say_affected(incident, affected or {})
    record(Kind.INCIDENT_DECLARED, by=by, subject_id=incident.pk)
    offered = incident.attached.filter(state=Belonging.OFFERED).values_list("conversation", flat=True)
    attach(incident, [*conversations, *Conversation.objects.filter(pk__in=offered)], by=by)
    if suspected is None:
        detecting.watch_for(incident, conversations)
    return incident


@transaction.atomic
def dismiss(incident: Incident, *, by: User) -> None:
    """It is no incident: the conversations go on one by one. Raises Refused when it was declared."""
    if not Incident.objects.filter(pk=incident.pk, phase=Phase.SUSPECTED).update(phase=Phase.DISMISSED):
        raise Refused(_("Somebody else has decided on it already."))
    record(Kind.INCIDENT_DISMISSED, by=by, subject_id=incident.pk)


def say_affected(incident: Incident, affected: Mapping[int, str]) -> None:
    """Which components are slow or down meanwhile, by their ids; the others are as usual."""
    incident.affected.all().delete()
    Affected.objects.bulk_create(
        Affected(incident=incident, component_id=pk, impact=impact) for pk, impact in affected.items()
    )


@transaction.atomic
def attach(incident: Incident, conversations: Collection[Conversation], *, by: User) -> int:
    """These belong to it; their clocks stand still once the public was told. How many are new in it.

    One that is in another incident stays there.
    """
    found = {one.pk: one for one in conversations}
    taken = Attached.objects.filter(conversation__in=found, state=Belonging.ATTACHED)
    for pk in taken.values_list("conversation", flat=True):
        found.pop(pk, None)
    detecting.offer(incident.pk, {one.pk: one.created_at for one in found.values()})
    incident.attached.filter(conversation__in=found).update(state=Belonging.ATTACHED)
    _record(Kind.INCIDENT_ATTACHED, incident, found.values(), by)
    if incident.is_going_on and incident.updates.exists():
        _pause(found.values(), by=by)
    return len(found)


@transaction.atomic
def detach(incident: Incident, conversation: Conversation, *, by: User) -> None:
    """It is something else: its clock goes on, and it is not offered again."""
    mine = incident.attached.filter(conversation=conversation).exclude(state=Belonging.DECLINED)
    if not mine.update(state=Belonging.DECLINED):
        return
    _record(Kind.INCIDENT_DETACHED, incident, [conversation], by)
    _resume([conversation], by=by)


@transaction.atomic
def publish(
    incident: Incident, *, by: User, text: str, phase: str, minutes: int | None, affected: Mapping[int, str]
) -> Update:
    """Tell the public how it stands and when they hear more; with RESOLVED the incident is over.

    Raises Refused when the phase can't follow the one in which it is now.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if phase not in rules.NEXT_PHASES.get(incident.phase, ()):
        raise Refused(_("That does not follow from where the incident stands now. Read the page again."))
    now, is_over = clock.now(), phase == Phase.RESOLVED
    next_at = None if is_over or not minutes else rules.next_update(now, minutes)
    update = Update.objects.create(incident=incident, phase=phase, text=text.strip(), next_at=next_at, by=by, at=now)
    incident.phase, incident.next_update_at = phase, next_at
    incident.resolved_at = now if is_over else None
    incident.save(update_fields=["phase", "next_update_at", "resolved_at"])
    say_affected(incident, {} if is_over else affected)
    record(Kind.INCIDENT_UPDATED, by=by, subject_id=incident.pk, phase=phase)
    in_it = _in(incident)
    if is_over:
        _resume(in_it, by=by)
    else:
        _pause(in_it, by=by)
    return update


@transaction.atomic
def keep_facts(incident: Incident, facts: str) -> None:
    """What the desk knows so far; only the desk reads it."""
    Incident.objects.filter(pk=incident.pk).update(facts=facts.strip())


@transaction.atomic
def look_back(incident: Incident, lessons: str, *, by: User) -> None:
    """Publish what was learned. Raises Refused while it goes on."""
    over = Incident.objects.filter(pk=incident.pk, phase__in=(Phase.RESOLVED, Phase.POSTMORTEM))
    if not over.update(phase=Phase.POSTMORTEM, lessons=lessons.strip()):
        raise Refused(_("While it goes on there is nothing to look back on."))
    record(Kind.INCIDENT_LEARNED, by=by, subject_id=incident.pk)


def _in(incident: Incident) -> QuerySet[Conversation]:
    attached = incident.attached.filter(state=Belonging.ATTACHED)
    return Conversation.objects.filter(pk__in=attached.values("conversation"))


def _pause(conversations: Collection[Conversation] | QuerySet[Conversation], *, by: User) -> None:
    for one in conversations:
        clocks.pause(one, Reason.INCIDENT, by=by)


def _resume(conversations: Collection[Conversation] | QuerySet[Conversation], *, by: User) -> None:
    """Clocks that stand still for another reason go on standing still."""
    for one in conversations:
        pause = sla.pause_of(one)
        if pause is not None and pause.reason == Reason.INCIDENT:
            clocks.resume(one, by=by)


def _record(kind: Kind, incident: Incident, conversations: Collection[Conversation], by: User) -> None:
    record_all([NewEvent(kind, by, one.pk, one.inbox_id, incident.pk, one.assignee_id) for one in conversations])


def is_open(incident: Incident) -> bool:
    """Whether conversations can still be put into it."""
    return incident.phase in (Phase.SUSPECTED, *GOING_ON)
