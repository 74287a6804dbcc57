"""The scorecard, what was drawn, and what was said of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Message
from firstline.core import clock


class Criterion(models.Model):
    """One question of the scorecard. One that is not asked any more stays for the reviews that answered it."""

    name = models.CharField(_("question"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(is_active=True), name="criterion_once"),
        ]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """How far a sample has come. It counts once its author has seen what was said."""

    DRAWN = "drawn", _("to be looked at")
    REVIEWED = "reviewed", _("waits for its author")
    SEEN = "seen", _("seen by its author")


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, user: User) -> Self:
        """Those in which the person is the reviewer, and their own once somebody has written a review."""
        return self.filter(Q(reviewer=user) | Q(author=user, state__in=(State.REVIEWED, State.SEEN)))


class Sample(models.Model):
    """An answer drawn by chance, its review, and what its author says to that."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="quality_sample")
    author = models.ForeignKey(User, models.CASCADE, related_name="quality_samples")
    reviewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAWN)
    words = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    drawn_at = models.DateTimeField(default=clock.now)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="nobody_reviews_their_own_answer", condition=~Q(author=F("reviewer"))),
        ]
        indexes = [
            models.Index(fields=["reviewer", "state"], name="sample_of_reviewer"),
            models.Index(fields=["author", "state"], name="sample_of_author"),
        ]

    def __str__(self) -> str:
        return f"sample of message {self.message_id}"


class Verdict(models.TextChoices):
    """The answer to one question of the scorecard."""

    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")
    NOT_HERE = "not_here", _("Does not apply")


class Mark(models.Model):
    """One question answered for one sample."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="marks")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)

    class Meta:
        ordering = ["criterion__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["sample", "criterion"], name="quality_mark_once")]

    def __str__(self) -> str:
        return f"{self.verdict} for sample {self.sample_id}"
