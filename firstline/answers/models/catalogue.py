"""What a desk knows of failures beside the shipped catalogue."""

from django.db import models

from firstline.accounts.models import User
from firstline.core import clock


class LocalSignature(models.Model):
    """A catalogue entry of this desk's own; one with a shipped entry's id stands in its place.

    `entry` is the mapping that `evidence.catalogue.signature` reads; it was checked by `evidence.validating` when it
    was saved, and its samples are masked.
    """

    signature_id = models.CharField(max_length=80, unique=True)
    entry = models.JSONField()
    edited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.signature_id
