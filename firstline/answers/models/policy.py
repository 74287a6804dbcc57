"""What the machine may do by itself, and what it did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.answers.models.proposing import Suggestion
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.inboxes.models import Inbox


class Mode(models.TextChoices):
    """What the machine may do with a kind of question."""

    OFF = "off", _("Nothing")
    SUGGEST = "suggest", _("Suggest")
    ANSWER = "answer", _("Answer by itself")


class Policy(models.Model):
    """What the machine may do for one case type in one inbox; no row means that it suggests.

    `threshold` is the least sureness of an automatic answer, taken from the replay that allowed it. `stopped_at` is set
    by the circuit breaker, and only a person switches on again.
    """

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="answer_policies")
    case = models.CharField(max_length=8)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    threshold = models.FloatField(default=1.0)
    daily_cap = models.PositiveSmallIntegerField(default=20)
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)
    replay = models.ForeignKey("Replay", models.SET_NULL, null=True, blank=True, related_name="policies")
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "case"], name="answer_policy_once"),
            models.CheckConstraint(name="answer_policy_says_why", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.case} in inbox {self.inbox_id}"

    @property
    def answers(self) -> bool:
        """Whether it lets the machine answer by itself at the moment."""
        return self.mode == Mode.ANSWER and self.stopped_at is None


class Verdict(models.TextChoices):
    """What the contact said to an automatic answer."""

    UNSAID = "", _("not said")
    YES = "yes", _("it helped")
    NO = "no", _("it did not help")


class AutoAnswer(models.Model):
    """An answer that the machine sent by itself: at most one in a conversation, by the policy that allowed it."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="auto_answer")
    suggestion = models.OneToOneField(Suggestion, models.CASCADE, related_name="auto_answer")
    message = models.OneToOneField(Message, models.CASCADE, null=True, related_name="auto_answer")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="answers_sent")
    verdict = models.CharField(max_length=3, choices=Verdict.choices, default=Verdict.UNSAID, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["policy", "-created_at"], name="auto_answer_policy")]

    def __str__(self) -> str:
        return f"automatic answer in #{self.conversation_id}"
