"""Who can be asked, and who owns which code."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.core import clock
from firstline.sla.rules import ALWAYS, Hours, is_open


class EngineerQuerySet(models.QuerySet["Engineer"]):
    def available(self) -> Self:
        """Those who can be asked at all."""
        return self.filter(is_active=True)


class Engineer(models.Model):
    """Somebody who builds what people write about. They need no account: mail, GitHub or a link is enough.

    `repositories` are the places they know (`orbit/cli`), `week` is as in the desk's calendar (empty: at any hour),
    `budget` is how many requests they take in seven days, `rota_until` until when they are the one to be asked first.
    """

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("email address"))
    github = models.CharField(_("GitHub login"), max_length=60, blank=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="engineer")
    repositories = models.JSONField(_("repositories"), default=list, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    week = models.JSONField(default=list, blank=True)
    budget = models.PositiveSmallIntegerField(_("requests a week"), default=5)
    rota_from = models.DateTimeField(null=True, blank=True)
    rota_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = EngineerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="engineer_email_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper() if words else "?"

    @property
    def hours(self) -> Hours:
        """When they work; at any hour while they have not said so."""
        if not any(self.week):
            return Hours(self.zone, ALWAYS.week)
        return Hours(self.zone, tuple(tuple((begin, end) for begin, end in day) for day in self.week))

    def is_here(self, now: datetime) -> bool:
        """Whether it is within their hours."""
        return is_open(self.hours, now)

    def is_on_rota(self, now: datetime) -> bool:
        """Whether they are the one to be asked first now."""
        begun = self.rota_from is None or self.rota_from <= now
        return self.rota_until is not None and begun and now < self.rota_until


class Ownership(models.Model):
    """Who owns which part of a repository: the text of its CODEOWNERS file, in lower-case `owner/name`."""

    repository = models.CharField(max_length=200, unique=True)
    text = models.TextField(blank=True)
    is_fetched = models.BooleanField(default=False)
    failure = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["repository"]
        constraints = [models.CheckConstraint(name="ownership_has_place", condition=~Q(repository=""))]

    def __str__(self) -> str:
        return self.repository
