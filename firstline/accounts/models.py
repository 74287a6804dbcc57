import functools
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from firstline.accounts import permissions
from firstline.core import clock

LINK_LIFETIME = timedelta(hours=24)


class UserManager(BaseUserManager["User"]):
    """Looks people up by address, in any case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person who signs in with this address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the desk: agent, lead or admin."""

    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=120)
    roles = ArrayField(models.CharField(max_length=20, choices=permissions.Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    shortcuts_on = models.BooleanField(default=True)
    welcome_done = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    actor_kind = "agent"

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int | None:
        """The id that events carry."""
        return self.pk

    def get_full_name(self) -> str:
        """The name, for allauth and letters."""
        return self.name

    @property
    def first_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])) if words else "?"

    def can(self, permission: str, _on: Any = None) -> bool:
        """Whether this person holds `permission`; what it is asked about was fetched through `visible_to` before."""
        return self.is_active and permission in permissions.granted(self.roles)

    @functools.cached_property
    def team_ids(self) -> list[int]:
        """Ids of the person's teams, read once an instance."""
        return list(self.teams.values_list("pk", flat=True))


class Team(models.Model):
    """People who share inboxes."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    members = models.ManyToManyField(User, related_name="teams", blank=True)

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A one-time way in; only the digest of its token is kept (S-26)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.user_id}"

    def is_usable(self, now: datetime) -> bool:
        """Whether the link still opens."""
        return self.used_at is None and now < self.expires_at and self.user.is_active
