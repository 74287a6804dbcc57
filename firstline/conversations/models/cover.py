"""Covers: what nobody sees until they ask for it, and who has asked (trust-and-safety.md 2.3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models.message import Message
from firstline.conversations.models.vocabulary import Reason
from firstline.core import clock


class Origin(models.TextChoices):
    """Who or what covered it."""

    DETECTOR = "detector", _("a detector")
    PERSON = "person", _("a person")
    SANCTION = "sanction", _("a decision about its writer")
    EVASION = "evasion", _("signs that its writer is banned")


class Cover(models.Model):
    """A message that is not shown, listed, indexed or sent on until somebody asks for it.

    `score`, `terms` and `version` are the detector's (D-03). What the page says of the content is made of `words`,
    `language`, `asks` and `links`, never of the content itself (W-02). `is_held`: its writer is sanctioned, so nobody
    was told that it came.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="cover")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    severity = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=8, choices=Origin.choices)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    score = models.FloatField(null=True)
    terms = models.JSONField(default=list)
    version = models.CharField(max_length=20, blank=True)
    words = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=12, blank=True)
    asks = models.BooleanField(default=False)
    links = models.PositiveIntegerField(default=0)
    is_held = models.BooleanField(default=False)
    covered_at = models.DateTimeField(default=clock.now)
    uncovered_at = models.DateTimeField(null=True)
    uncovered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["covered_at"], name="cover_on", condition=Q(uncovered_at__isnull=True))]

    def __str__(self) -> str:
        return f"cover of message {self.message_id}"

    @property
    def is_on(self) -> bool:
        """Whether it still covers."""
        return self.uncovered_at is None


class Reveal(models.Model):
    """Somebody looked at a covered message: how far, and for how many seconds it stood on their screen.

    Readable by that person alone (W-12); kept 180 days.
    """

    cover = models.ForeignKey(Cover, models.CASCADE, related_name="reveals")
    user = models.ForeignKey(User, models.CASCADE, related_name="reveals")
    paragraphs = models.PositiveSmallIntegerField()
    seconds = models.FloatField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="reveal_of")]

    def __str__(self) -> str:
        return f"{self.user_id} looked at cover {self.cover_id}"
