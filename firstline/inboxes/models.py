from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.core import clock


class InboxQuerySet(models.QuerySet["Inbox"]):
    def visible_to(self, user: User) -> Self:
        """Inboxes granted to one of the person's teams."""
        return self.filter(teams__in=user.team_ids).distinct()


class Inbox(models.Model):
    """An address, repository or handle on one channel. `settings` holds the channel's Settings; secrets in it are
    sealed.
    """

    name = models.SlugField(_("name"), max_length=60, unique=True)
    channel = models.CharField(max_length=20)
    address = models.CharField(_("address"), max_length=320)
    settings = models.JSONField(default=dict, blank=True)
    teams = models.ManyToManyField(Team, related_name="inboxes", blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="inbox_address_once")]

    def __str__(self) -> str:
        return self.name


class KeptMail(models.Model):
    """Outgoing mail of a desk that has no outgoing server: kept, sealed, and shown at /outbox/."""

    created_at = models.DateTimeField(default=clock.now)
    recipient = models.CharField(max_length=320)
    subject = models.TextField(blank=True)
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField()

    def __str__(self) -> str:
        return f"mail {self.pk}"
