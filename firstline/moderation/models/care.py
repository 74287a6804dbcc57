"""People: somebody outside who may be in danger, and what each of us wants to be spared."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message, Reason
from firstline.core import clock


class CareQuerySet(models.QuerySet["Care"]):
    def visible_to(self, user: User) -> Self:
        """Those of conversations that the person may see."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))


class Care(models.Model):
    """Somebody may be in danger: the card beside their conversation, and the second person who looks with us (3.3)."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="care")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = CareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="care_taken_by_somebody", condition=Q(taken_at__isnull=True) | Q(second__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"care for #{self.conversation_id}"


class Helpline(models.Model):
    """Where somebody in danger finds help, by language; the operator keeps the list (D-14)."""

    language = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    reach = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class SafetyContact(models.Model):
    """Whom the desk calls when somebody may be in danger or is threatened (D-14)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="safety_contact")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"safety contact {self.user_id}"


class Preference(models.Model):
    """What one of us does not want to get, and until when they are paused. No reason is asked (W-05, W-13)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="safety_preference")
    avoids = ArrayField(models.CharField(max_length=24, choices=Reason.choices), default=list, blank=True)
    paused = models.BooleanField(default=False)
    reads_about_self = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"


class CheckIn(models.Model):
    """After something severe: "check in with X" for a buddy, without a word of what it was (W-11)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    buddy = models.ForeignKey(User, models.CASCADE, related_name="check_ins")
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"check in with {self.user_id}"


class HandOver(models.Model):
    """ "Not me, not now": when it was clicked and when somebody else accepted. No reason, no counter (W-06)."""

    case = models.ForeignKey("moderation.Case", models.CASCADE, related_name="hand_overs")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"case {self.case_id} handed over"
