"""Files, and the single-use permission to fetch one."""

from django.db import models
from django.db.models import Q

from firstline.conversations import previews
from firstline.conversations.models.conversation import Draft
from firstline.conversations.models.message import Message, Note
from firstline.core import clock


class Attachment(models.Model):
    """A file, sealed under a random name; its own name is for display only (S-22)."""

    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    note = models.ForeignKey(Note, models.CASCADE, null=True, blank=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    storage_key = models.CharField(max_length=64, unique=True)
    wrapped_key = models.BinaryField()
    content_id = models.CharField(max_length=200, blank=True)
    is_masked = models.BooleanField(default=False)
    holds_secret = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attachment_has_one_place",
                condition=Q(message__isnull=False, note__isnull=True, draft__isnull=True)
                | Q(message__isnull=True, note__isnull=False, draft__isnull=True)
                | Q(message__isnull=True, note__isnull=True, draft__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_shown(self) -> bool:
        """Whether the page can show it without a download."""
        return previews.may_be_shown(self.name, self.content_type, self.size)


class DownloadTicket(models.Model):
    """A single-use permission to fetch one attachment from the content host within 60 seconds (S-24)."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ticket for {self.attachment_id}"
