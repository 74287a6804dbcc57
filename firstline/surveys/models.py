"""Where people are asked how it was, and what they said."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.surveys import rules


class Policy(models.Model):
    """Whether an inbox asks, and how many hours after the end. Without a row it does not."""

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="survey_policy")
    is_on = models.BooleanField(default=False)
    wait_hours = models.PositiveSmallIntegerField(default=rules.WAIT_HOURS)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"surveys of inbox {self.inbox_id}"


class State(models.TextChoices):
    """How far a question has come."""

    PLANNED = "planned", _("planned")
    LEFT_OUT = "left_out", _("not asked")
    ASKED = "asked", _("asked")
    ANSWERED = "answered", _("answered")


class Rating(models.TextChoices):
    """What somebody says of our answer."""

    GOOD = "good", _("Good")
    BAD = "bad", _("Not good")


class Reason(models.TextChoices):
    """Why it was good or not."""

    SOLVED = "solved", _("It solved my problem")
    QUICK = "quick", _("It was quick")
    CLEAR = "clear", _("I understood it")
    KIND = "kind", _("You were kind")
    UNSOLVED = "unsolved", _("My problem is still there")
    SLOW = "slow", _("It took too long")
    UNCLEAR = "unclear", _("I did not understand it")
    UNKIND = "unkind", _("The tone was not right")
    REPEATED = "repeated", _("I had to say things again and again")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User) -> Self:
        """Those of inboxes granted to the person."""
        return self.filter(inbox__in=Inbox.objects.visible_to(user).values("pk"))


class Survey(models.Model):
    """The one question of a conversation, and its answer. What was written is `words`, a message like any other."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="survey")
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="surveys")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    left_out_because = models.CharField(max_length=12, blank=True)
    due_at = models.DateTimeField()
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    rating = models.CharField(max_length=4, choices=Rating.choices, blank=True)
    effort = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=10, choices=Reason.choices), default=list, blank=True)
    words = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="survey_due", condition=Q(state="planned")),
            models.Index(fields=["inbox", "asked_at"], name="survey_asked", condition=Q(asked_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="survey_answered_says_what", condition=~Q(state="answered") | ~Q(rating="")),
            models.CheckConstraint(
                name="survey_effort_is_one_to_seven", condition=Q(effort__isnull=True) | Q(effort__gte=1, effort__lte=7)
            ),
        ]

    def __str__(self) -> str:
        return f"survey of #{self.conversation_id}"

    @property
    def is_open(self) -> bool:
        """Whether its links still work."""
        return self.asked_at is not None and clock.now() < self.asked_at + rules.OPEN_FOR
