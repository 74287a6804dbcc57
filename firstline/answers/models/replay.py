"""The answer engine over the desk's own history."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.knowledge.models import Article


class ReplayState(models.TextChoices):
    """How far a replay is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")


class Replay(models.Model):
    """One run of the answer engine over the desk's own history, knowing only what was known at each date."""

    since = models.DateField()
    state = models.CharField(max_length=8, choices=ReplayState.choices, default=ReplayState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=60, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"replay since {self.since}: {self.state}"


class ReplayedQuestion(models.Model):
    """One question of a replay: what would have been proposed, and whether the team's own answer agrees with it."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="questions")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    sent = models.ForeignKey(Message, models.CASCADE, related_name="+")
    case = models.CharField(max_length=8, blank=True)
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="+")
    text = models.TextField(blank=True)
    sureness = models.FloatField(default=0.0)
    is_right = models.BooleanField(default=False)
    distance = models.FloatField(default=1.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["replay", "message"], name="replayed_once")]

    def __str__(self) -> str:
        return f"message {self.message_id} in replay {self.replay_id}"
