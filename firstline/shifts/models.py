"""Who is away, when people work, and what was handed over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock


class Rhythm(models.Model):
    """When a person works (`week` as in the desk's calendar; empty: whenever the desk does), and until when they are
    away.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="rhythm")
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    week = models.JSONField(default=list, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"rhythm of {self.user_id}"


class HandOver(models.Model):
    """A conversation went from one person to another, or back to the team. `words` is what its writer typed."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    promised_for = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["conversation", "-id"], name="hand_over_of")]

    def __str__(self) -> str:
        return f"#{self.conversation_id} from {self.giver_id}"
