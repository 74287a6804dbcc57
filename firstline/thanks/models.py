"""Praise, and whose it is."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.escalations.models import Engineer


class Why(models.TextChoices):
    """What somebody is thanked for."""

    ANSWERED = "answered", _("answered")
    WROTE = "wrote", _("wrote the article")
    HELPED = "helped", _("helped behind the scenes")


class PraiseQuerySet(models.QuerySet["Praise"]):
    def shown(self) -> Self:
        """Neither taken down, nor covered, sealed or erased since."""
        readable = Message.objects.uncovered().exclude(text="").filter(pk=models.OuterRef("message"))
        return self.filter(models.Exists(readable), hidden_at=None, conversation__sealed=False)

    def visible_to(self, user: User) -> Self:
        """Of conversations that the person may see, and what they are praised for themselves."""
        seen = Conversation.objects.visible_to(user).values("pk")
        mine = Credit.objects.filter(praise=models.OuterRef("pk"), user=user)
        return self.filter(Q(conversation__in=seen) | models.Exists(mine))


class Praise(models.Model):
    """A message that praises. Its words stay in the message alone."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="praise")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="praises")
    said_at = models.DateTimeField(default=clock.now)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = PraiseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-said_at"], name="praise_newest", condition=Q(hidden_at=None))]

    def __str__(self) -> str:
        return f"praise in #{self.conversation_id}"


class Credit(models.Model):
    """One person whom a praise is for: one of us, or an engineer without an account."""

    praise = models.ForeignKey(Praise, models.CASCADE, related_name="credits")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="credits")
    engineer = models.ForeignKey(Engineer, models.CASCADE, null=True, blank=True, related_name="credits")
    why = models.CharField(max_length=8, choices=Why.choices)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credit_is_of_one",
                condition=Q(user__isnull=False, engineer__isnull=True) | Q(user__isnull=True, engineer__isnull=False),
            ),
            models.UniqueConstraint(fields=["praise", "user"], condition=Q(user__isnull=False), name="credit_once"),
            models.UniqueConstraint(
                fields=["praise", "engineer"], condition=Q(engineer__isnull=False), name="credit_of_engineer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.praise_id}"

    @property
    def first_name(self) -> str:
        """Whose it is."""
        who = self.user or self.engineer
        return who.first_name if who else ""


class Place(models.Model):
    """Up to which message the desk has looked for praise; one row."""

    message_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"read up to {self.message_id}"


class Silence(models.Model):
    """An engineer who wants no letters of thanks."""

    engineer = models.OneToOneField(Engineer, models.CASCADE, related_name="thanks_silence")
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"no letters to {self.engineer_id}"
