from django.db import models
from django.db.models import Q

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock


class Verdict(models.TextChoices):
    """What somebody said of it."""

    OPEN = "open"
    LINKED = "linked"
    DISMISSED = "dismissed"


class Elsewhere(models.Model):
    """The same person seems to ask the same thing in two conversations; seen when the later one (`later`) arrived.

    `person` and `question` are 0 to 1; `signals` holds (name, evidence) pairs of what speaks for the person.
    """

    later = models.ForeignKey(Conversation, models.CASCADE, related_name="open_before")
    earlier = models.ForeignKey(Conversation, models.CASCADE, related_name="open_after")
    person = models.FloatField()
    question = models.FloatField()
    signals: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(default=list)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["later", "earlier"], name="elsewhere_once"),
            models.CheckConstraint(name="elsewhere_is_another", condition=~Q(later=models.F("earlier"))),
        ]

    def __str__(self) -> str:
        return f"#{self.later_id} is open as #{self.earlier_id}"
