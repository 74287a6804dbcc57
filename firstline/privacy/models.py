"""What was erased, without whom: enough to erase it again after a backup is restored (P-03, P-07)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from firstline.core import clock


class Erasure(models.Model):
    """One person's erasure: its receipt. `digests` are keyed hashes of their addresses and accounts, `counts` how many
    of what was emptied. Evidence under a legal hold stays until `held_until`, for `held_because` (P-04).
    """

    digests = ArrayField(models.CharField(max_length=64))
    contact_ids = ArrayField(models.BigIntegerField(), default=list)
    counts = models.JSONField(default=dict)
    held_because = models.CharField(max_length=300, blank=True)
    held_until = models.DateTimeField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_has_reason_and_end",
                condition=Q(held_because="", held_until__isnull=True)
                | (~Q(held_because="") & Q(held_until__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
