"""A second pair of eyes: a draft that somebody else looks at, and what they say to it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models.conversation import Conversation, Strand
from firstline.conversations.models.message import Message
from firstline.core import clock


class ReviewKind(models.TextChoices):
    """What is asked for."""

    APPROVAL = "approval", _("May I send this?")
    LOOK = "look", _("Would you look at this?")
    COMPANY = "company", _("I would rather not be alone with this")


class ReviewState(models.TextChoices):
    """What became of it."""

    ASKED = "asked", _("asked")
    APPROVED = "approved", _("looked at")
    WITHDRAWN = "withdrawn", _("taken back")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        """Those of conversations that the person may see."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))

    def open(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(state=ReviewState.ASKED)


class Review(models.Model):
    """A draft shared with the team. `version` counts its edits: who approves says which one they have read.

    `send_at`, `resolve`, `cc`, `bcc` and `strand` are what its author chose; files stay with the author's draft.
    `own_words` is what they wrote where `text` is a translation of it.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="reviews")
    author = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=8, choices=ReviewKind.choices)
    state = models.CharField(max_length=9, choices=ReviewState.choices, default=ReviewState.ASKED)
    text = models.TextField(blank=True)
    own_words = models.TextField(blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1)
    cc = models.JSONField(default=list, blank=True)
    bcc = models.JSONField(default=list, blank=True)
    strand = models.ForeignKey(Strand, models.SET_NULL, null=True, blank=True, related_name="+")
    resolve = models.BooleanField(default=False)
    send_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "author"], condition=Q(state="asked"), name="review_one_open"
            ),
            models.CheckConstraint(
                name="nobody_approves_their_own",
                condition=~Q(state="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("author"))),
            ),
        ]
        indexes = [models.Index(fields=["-id"], name="review_open", condition=Q(state="asked"))]

    def __str__(self) -> str:
        return f"review {self.pk} of #{self.conversation_id}"


class ReviewRemark(models.Model):
    """What somebody said to a shared draft, or the words before they changed them."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="remarks")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    replaced = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"remark {self.pk} on review {self.review_id}"


class Lift(models.Model):
    """A lead lets a trainee answer one case type alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="lifts")
    case = models.CharField(max_length=8)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="lift_once")]

    def __str__(self) -> str:
        return f"{self.user_id} may answer {self.case}"
