"""Whoever promised the public more is reminded before it is due."""

from django.db import transaction
from django.db.models import F

from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.incidents import rules
from firstline.incidents.models import GOING_ON, Belonging, Incident, Phase


@transaction.atomic
def remind() -> int:
    """Record, once for each promised moment, that it is near; how many. May run twice."""
    by_then = clock.now() + rules.SOON
    due = Incident.objects.select_for_update().filter(
        phase__in=(Phase.SUSPECTED, *GOING_ON), next_update_at__lte=by_then
    )
    found = list(due.exclude(reminded_for=F("next_update_at")).order_by("pk"))
    for incident in found:
        Incident.objects.filter(pk=incident.pk).update(reminded_for=incident.next_update_at)
        place = _conversation(incident)
        record(
            Kind.INCIDENT_UPDATE_DUE,
            by=MACHINE,
            conversation_id=place.pk if place else None,
            inbox_id=place.inbox_id if place else None,
            subject_id=incident.pk,
        )
    return len(found)


def _conversation(incident: Incident) -> Conversation | None:
    """One that is in it: the bell leads there, and from there to the incident."""
    mine = incident.attached.exclude(state=Belonging.DECLINED).order_by("-pk").values("conversation")
    return Conversation.objects.filter(pk__in=mine[:1]).first()
