"""Who is on call, and who was called for what."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock


class Reason(models.TextChoices):
    """What people are called for; nothing else is worth somebody's night."""

    SAFETY = "safety", _("Somebody may be in danger")
    MALWARE = "malware", _("Malware is reported")
    INCIDENT = "incident", _("Several people report the same trouble")


class Rota(models.Model):
    """The one rota: in which zone and from which moment weeks are counted."""

    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    begins_on = models.DateField()
    minute = models.PositiveSmallIntegerField(default=9 * 60)

    def __str__(self) -> str:
        return "rota"


class Member(models.Model):
    """Somebody whose week comes round."""

    user = models.OneToOneField(User, models.CASCADE, related_name="rota_place")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.position}"


class Override(models.Model):
    """Somebody stands in for whoever's week it is. The newest counts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="override_goes_forward", condition=Q(ends_at__gt=F("begins_at")))]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.ends_at:%Y-%m-%d %H:%M}"


class PagerKind(models.TextChoices):
    """A service that rings."""

    PAGERDUTY = "pagerduty", _("PagerDuty")
    NTFY = "ntfy", _("ntfy")


class Pager(models.Model):
    """A service outside that rings as well. `secret` (sealed) is PagerDuty's routing key or ntfy's access token."""

    kind = models.CharField(max_length=10, choices=PagerKind.choices, unique=True)
    address = models.CharField(max_length=500)
    ciphertext = models.BinaryField(default=b"")
    wrapped_key = models.BinaryField(default=b"")
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.kind


class PageQuerySet(models.QuerySet["Page"]):
    def visible_to(self, user: User) -> Self:
        """Those without a conversation, those of conversations that the person may see, and those they were called
        for.
        """
        seen = Conversation.objects.visible_to(user).values("pk")
        return self.filter(Q(conversation=None) | Q(conversation__in=seen) | Q(calls__user=user)).distinct()

    def open(self) -> Self:
        """Nobody has answered, and somebody is still being called."""
        return self.filter(answered_at=None, given_up_at=None)


class Page(models.Model):
    """Something that somebody has to hear of now. `key` names what it is about, so that it is one page once."""

    reason = models.CharField(max_length=8, choices=Reason.choices)
    key = models.CharField(max_length=60, unique=True)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="pages")
    subject_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="page_unanswered", condition=Q(answered_at__isnull=True, given_up_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_open(self) -> bool:
        """Nobody has answered, and somebody is still being called."""
        return self.answered_at is None and self.given_up_at is None


class Call(models.Model):
    """One person is called; None: nobody can be, only the services outside ring. `number` counts from 1."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="calls")
    number = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="call_once")]

    def __str__(self) -> str:
        return f"call {self.number} of {self.page_id}"


class Ring(models.Model):
    """One way by which a call rang: `push:12`, `mail`, `pagerduty`. The row is claimed before anything is sent."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="rings")
    way = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "way"], name="ring_once")]

    def __str__(self) -> str:
        return f"{self.way} of call {self.call_id}"
