from django.db import models

from firstline.contacts.models import ContactIdentity
from firstline.core import clock


class Purpose(models.TextChoices):
    """What a link is good for."""

    CONFIRM = "confirm"
    LOOK = "look"


class AddressLink(models.Model):
    """A link that went to an address: single use, soon over; only digests of it and of the browser are kept (S-26)."""

    identity = models.ForeignKey(ContactIdentity, models.CASCADE, related_name="address_links")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="address_link_made")]

    def __str__(self) -> str:
        return f"link to identity {self.identity_id}"
