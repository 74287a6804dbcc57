from django.db import models

from firstline.core import clock
from firstline.events.kinds import Kind


class ActorKind(models.TextChoices):
    """Who acts."""

    AGENT = "agent"
    CONTACT = "contact"
    MACHINE = "machine"


class Event(models.Model):
    """One thing that happened. Ids stand without foreign keys: an event outlives what it speaks of, and lies below it.

    Rows are inserted and never changed; a trigger refuses UPDATE.
    """

    kind = models.CharField(max_length=40, choices=Kind.choices)
    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    conversation_id = models.BigIntegerField(null=True)
    inbox_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "id"], name="event_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
