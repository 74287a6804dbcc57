"""The one calendar, what is promised, and where a clock stands still."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Priority
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.sla.rules import Hours

OFFICE = [[[540, 1020]]] * 5 + [[], []]
"""Monday to Friday, 09:00 to 17:00."""


class Calendar(models.Model):
    """When the desk works. There is one; `week` holds each day's spans in minutes, from Monday on."""

    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    week = models.JSONField(default=list)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(name="calendar_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.zone

    @property
    def hours(self) -> Hours:
        """As the rules want it."""
        return Hours(self.zone, tuple(tuple((begin, end) for begin, end in day) for day in self.week))


class Target(models.Model):
    """Within how much working time people of one priority get an answer: in one inbox, or (without) everywhere.

    No minutes: nothing is promised.
    """

    inbox = models.ForeignKey(Inbox, models.CASCADE, null=True, blank=True, related_name="targets")
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    first_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "priority"], nulls_distinct=False, name="target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()} in {self.inbox_id or 'all'}"


class Reason(models.TextChoices):
    """Why a clock stands still."""

    CONTACT_ASKED = "contact_asked", _("The contact asked us to wait")
    THIRD_PARTY = "third_party", _("Somebody outside has to move first")
    INCIDENT = "incident", _("An outage that everybody was told of")
    LEGAL = "legal", _("A legal or safety check")


class Pause(models.Model):
    """A clock that stands still, or stood."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(ended_at__isnull=True), name="pause_one_open")
        ]

    def __str__(self) -> str:
        return f"pause of #{self.conversation_id}"


class Notice(models.Model):
    """That a due time came near, or passed, was said; once for each due time."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    missed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "due_at", "missed"], name="notice_once")]

    def __str__(self) -> str:
        return f"notice of #{self.conversation_id}"
