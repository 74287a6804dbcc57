"""What a person was told, and how they like to be told."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, ReadMark
from firstline.core import clock
from firstline.events.models import ActorKind


class Why(models.TextChoices):
    """What it is about, for the person who is told."""

    ASSIGNED = "assigned", _("Something is given to me")
    MENTIONED = "mentioned", _("I am called by @name")
    ANSWERED = "answered", _("The contact writes in one of mine")
    NOTED = "noted", _("A colleague notes something on one of mine")
    FAILED = "failed", _("A message of mine did not arrive")
    DUE = "due", _("An answer of mine is due within the hour")
    MISSED = "missed", _("An answer of mine is overdue")
    EYES = "eyes", _("Somebody asks for eyes on a draft")
    SEEN = "seen", _("Somebody says something to a draft of mine")
    INCIDENT = "incident", _("Several people report the same trouble")
    UPDATE_DUE = "update_due", _("The public is to hear more of an incident")


class ByMail(models.TextChoices):
    """When mail tells of it."""

    SOON = "soon", _("after five minutes, unless I saw it")
    DIGEST = "digest", _("in the morning")
    NEVER = "never", _("never")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: User) -> Self:
        """A person's own, of conversations that they may still see."""
        return self.filter(user=user, conversation__in=Conversation.objects.visible_to(user).values("pk"))

    def unread(self) -> Self:
        """Not looked at: neither here nor by opening the conversation since."""
        looked = ReadMark.objects.filter(
            conversation=OuterRef("conversation"), user=OuterRef("user"), read_at__gte=OuterRef("created_at")
        )
        return self.filter(~Exists(looked), read_at=None)


class Notification(models.Model):
    """One thing that a person was told. It names the conversation and quotes nobody."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notifications")
    why = models.CharField(max_length=12, choices=Why.choices)
    event_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    in_bell = models.BooleanField(default=True)
    by_mail = models.CharField(max_length=6, choices=ByMail.choices)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event_id"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_bell", condition=Q(in_bell=True)),
            models.Index(
                fields=["by_mail", "user"], name="notification_to_mail", condition=Q(mailed_at=None, read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} for {self.user_id}"


class Choice(models.Model):
    """How a person wants to be told of one thing; without a row, as `rules.REASONS` says."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_choices")
    why = models.CharField(max_length=12, choices=Why.choices)
    bell = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=ByMail.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "why"], name="notification_choice_once")]

    def __str__(self) -> str:
        return f"{self.why} of {self.user_id}"


class PushTarget(models.Model):
    """A browser that agreed to be pushed to: its address at a push service, its public key and its secret.

    Who has these can't write to it: the service takes messages signed by the desk's own key alone (RFC 8292).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="push_targets")
    digest = models.CharField(max_length=64, unique=True)
    endpoint = models.CharField(max_length=1000)
    key = models.BinaryField()
    secret = models.BinaryField()
    device = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.device} of {self.user_id}"
