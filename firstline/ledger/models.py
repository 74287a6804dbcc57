from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.intake.models import InboundItem

GIVEN_UP_AFTER = timedelta(minutes=15)


class Check(models.Model):
    """One run of the ledger's proof, at night or because somebody asked (`by`), and what it found.

    `gaps` holds `rules.Gap`s as objects, `compared` the `reconciling.Compared`s of the sources that could be read,
    `unreached` those of the sources that could not, `ends` how many conversations ended how. It runs until
    `finished_at`.
    """

    at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    milliseconds = models.PositiveIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)
    compared = models.JSONField(default=list)
    unreached = models.JSONField(default=list)
    ends = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="check_newest")]

    def __str__(self) -> str:
        return f"check of {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_ok(self) -> bool:
        """Whether every source answered and nothing was missing, late, or without an end."""
        return self.finished_at is not None and not self.gaps and not self.unreached

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.milliseconds / 1000

    def is_running(self, now: datetime) -> bool:
        """Whether it may still come to an end; one whose worker died never does."""
        return self.finished_at is None and self.at > now - GIVEN_UP_AFTER


class Verdict(models.TextChoices):
    """What a person says of an item that was left out."""

    UNREAD = "", _("not looked at yet")
    RIGHT = "right", _("rightly left out")
    WRONG = "wrong", _("wrongly left out")


class Sample(models.Model):
    """A week's random sample of what rules and the spam filter left out: `population` items, from Monday `week` on."""

    week = models.DateField(unique=True)
    population = models.PositiveIntegerField()
    drawn_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"sample of the week of {self.week}"


class SampledItem(models.Model):
    """One item of a sample: as what it had been left out, and what a person says of that."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="items")
    item = models.ForeignKey(InboundItem, models.CASCADE, related_name="sampled")
    outcome = models.CharField(max_length=60)
    verdict = models.CharField(max_length=5, choices=Verdict.choices, default=Verdict.UNREAD, blank=True)
    judged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "item"], name="sampled_once"),
            models.CheckConstraint(
                name="verdict_has_its_time",
                condition=Q(verdict="", judged_at=None) | ~Q(verdict="") & Q(judged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} in {self.sample_id}"
