"""What a conversation is about, as the machine proposes it and as people decide it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock


class SortingKind(models.TextChoices):
    """What is told of a conversation."""

    CASE = "case", _("Case type")
    TOPIC = "topic", _("Topic")
    PRIORITY = "priority", _("Priority")
    LANGUAGE = "language", _("Language")


LEARNED = (SortingKind.CASE, SortingKind.TOPIC, SortingKind.PRIORITY)


class SortingModel(models.Model):
    """A version of what this desk learned about one kind, from `rows` conversations; the newest is in use.

    `content` is a `search.rules.sorting.Sorter`; older versions lose theirs. `digest` is the sha256 of the texts and
    labels, so that the same ones are not learned twice. `accuracy` is that on texts it had not seen.
    """

    kind = models.CharField(max_length=8, choices=SortingKind.choices)
    content = models.BinaryField(default=bytes)
    rows = models.PositiveIntegerField()
    labels = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="sorting_model_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} from {self.rows} rows"


class SortingPrecision(models.Model):
    """The share of its proposals that must be right for the machine to speak up; the newest row holds."""

    target = models.FloatField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.target:.0%}"


class SortingState(models.TextChoices):
    """What became of a proposal."""

    PROPOSED = "proposed", _("proposed")
    ACCEPTED = "accepted", _("accepted")
    CORRECTED = "corrected", _("corrected")


class SortingQuerySet(models.QuerySet["Sorting"]):
    def visible_to(self, user: User) -> Self:
        """Those of conversations that the person may see."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))


class Sorting(models.Model):
    """One thing told of one conversation. `value` is what the machine proposes ("" when it abstained), `chance` how
    sure it was; `decided` is what people said. Without a `model` it comes from the diagnosis or the language's own.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="sortings")
    kind = models.CharField(max_length=8, choices=SortingKind.choices)
    value = models.CharField(max_length=60, blank=True)
    chance = models.FloatField(default=0.0)
    model = models.ForeignKey(SortingModel, models.SET_NULL, null=True, blank=True, related_name="sortings")
    state = models.CharField(max_length=9, choices=SortingState.choices, default=SortingState.PROPOSED)
    decided = models.CharField(max_length=60, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = SortingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "state", "-id"], name="sorting_kind_state")]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind"], name="sorted_once"),
            models.CheckConstraint(
                name="sorting_says_what", condition=models.Q(state="proposed") | ~models.Q(decided="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of #{self.conversation_id}: {self.decided or self.value}"


class Asked(models.Model):
    """The vector of what somebody asked while they wait (float16 of the model with this sha256), to find the others
    who ask the same.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="asked")
    vector = models.BinaryField()
    model = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"question of #{self.conversation_id}"


class Alike(models.Model):
    """Two conversations that asked the same while both waited; `one` is the earlier."""

    one = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    other = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    cosine = models.FloatField()

    class Meta:
        verbose_name_plural = "alike"
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="alike_once")]

    def __str__(self) -> str:
        return f"#{self.one_id} and #{self.other_id}"
