"""What was translated for whom, from which inboxes words may go to a translator, and which language a person reads."""

from django.db import models

from firstline.accounts.models import User
from firstline.conversations.models import Message
from firstline.core import clock
from firstline.inboxes.models import Inbox


class Translation(models.Model):
    """A contact's message in another language. `of` is the digest of the words that were translated: when they change,
    the translation is of nothing. `kept` paragraphs stayed as they were.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="translations")
    language = models.CharField(max_length=3)
    source = models.CharField(max_length=3)
    text = models.TextField()
    kept = models.PositiveIntegerField(default=0)
    of = models.CharField(max_length=32)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "language"], name="translation_once")]

    def __str__(self) -> str:
        return f"message {self.message_id} in {self.language}"


class OpenInbox(models.Model):
    """An inbox whose words may go to the translator; none may unless somebody said so (D-13)."""

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"inbox {self.inbox_id} may be translated"


class Reader(models.Model):
    """The language that a person reads and writes; without a row it is the desk's."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    language = models.CharField(max_length=3)
    at_once = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id} reads {self.language}"
