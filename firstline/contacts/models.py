from django.db import models
from django.utils.translation import gettext_lazy as _

from firstline.core import clock


class Organization(models.Model):
    """A company or project whose people write to the desk."""

    name = models.CharField(_("name"), max_length=200)
    plan = models.CharField(_("plan"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person outside, known by one or more identities."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="contacts")
    language = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name or f"contact {self.pk}"


class ContactIdentity(models.Model):
    """One way in which a contact is known on one channel: an address, a numeric account id. Never a display name."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=320)
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="identity_once")]

    actor_kind = "contact"

    def __str__(self) -> str:
        return self.address

    @property
    def actor_id(self) -> int | None:
        """The id that events carry."""
        return self.pk

    @property
    def display(self) -> str:
        """The name, or what stands before the @."""
        return self.name or self.address.split("@")[0]

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.display.replace(".", " ").replace("-", " ").split()
        if not words:
            return "?"
        return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()
