"""Pictures of mails that lie elsewhere: where, and in which conversations somebody wanted to see them."""

from django.db import models

from firstline.accounts.models import User
from firstline.conversations.models.conversation import Conversation
from firstline.conversations.models.message import Message
from firstline.core import clock


class RemotePicture(models.Model):
    """A picture that a mail only points to; in the mail's HTML it stands as `cid:remote.NUMBER`."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="remote_pictures")
    number = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="remote_picture_once")]

    def __str__(self) -> str:
        return f"picture {self.number} of message {self.message_id}"


class ShownPictures(models.Model):
    """Somebody asked for the remote pictures of this conversation; they are fetched from then on."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="shown_pictures")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"pictures of #{self.conversation_id}"
