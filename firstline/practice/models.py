"""What somebody would have answered."""

from django.db import models

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock


class Attempt(models.Model):
    """A person's own answer to a past conversation. `shown_at`: from then on they know what was really sent."""

    user = models.ForeignKey(User, models.CASCADE, related_name="attempts")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    text = models.TextField()
    shown_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="attempt_once")]

    def __str__(self) -> str:
        return f"attempt of {self.user_id}"
