"""A crowd comes in at once: what was switched on against it, where, and until when (M-15)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.inboxes.models import Inbox


class Limit(models.TextChoices):
    """How far the platform itself is: most channels know no such limit."""

    NONE = "none", _("This channel has no limit of its own.")
    PLANNED = "planned", _("Its own limit is being set.")
    DONE = "done", _("Its own limit is set.")
    FREEING = "freeing", _("Its own limit is being taken off.")
    FAILED = "failed", _("Its own limit could not be set; do it there by hand.")
    OVER = "over", _("Its own limit is off.")


class Brigade(models.Model):
    """Brigade mode of one inbox. `limit` is the platform's own, `why` what it said when it refused."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="brigades")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(default=24)
    limit = models.CharField(max_length=8, choices=Limit.choices, default=Limit.NONE)
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox"], condition=Q(ended_at__isnull=True), name="one_brigade_an_inbox"),
            models.CheckConstraint(name="brigade_ends_by_itself", condition=Q(ends_at__gt=F("started_at"))),
        ]

    def __str__(self) -> str:
        return f"brigade mode of {self.inbox_id}"
