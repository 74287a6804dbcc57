"""Events, and the audit: what was done by whom, who is named in it, and the chain that shows tampering."""

from django.db import models
from django.db.models.functions import Now

from firstline.core import clock


class ActorKind(models.TextChoices):
    """Who acts."""

    AGENT = "agent"
    CONTACT = "contact"
    MACHINE = "machine"


class Event(models.Model):
    """One thing that happened. Ids stand without foreign keys: an event outlives what it speaks of, and lies below it.

    Rows are inserted and never changed; a trigger refuses UPDATE.
    """

    kind = models.CharField(max_length=40)  # a Kind; not `choices`, so that a new word is no migration
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


class AuditEntry(models.Model):
    """One act that has to be answered for. Rows are inserted and never changed; triggers refuse all else (M-20).

    `before` and `after` hold ids, enums and numbers; of each personal value `commitments` holds only a salted hash.
    The database sets `at`, so that nobody can date an entry back.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    inbox_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    commitments = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class AuditPersonal(models.Model):
    """A personal value of an entry with its salt. Deleting the row erases the value; the entry's commitment stays,
    and without the salt nobody can test a guess against it.
    """

    entry = models.ForeignKey(AuditEntry, models.PROTECT, related_name="personal")
    name = models.CharField(max_length=40)
    value = models.TextField()
    salt = models.BinaryField()
    about_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    about_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "name"], name="audit_personal_once")]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="audit_personal_about")]

    def __str__(self) -> str:
        return f"{self.name} of entry #{self.entry_id}"


class AuditLink(models.Model):
    """The place of an entry in the chain: `hash` covers the entry, `seq` (1, 2, …) and the hash before."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link")
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"link {self.seq}"
