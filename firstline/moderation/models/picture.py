"""Pictures that somebody here has seen and nobody has to see again (D-11)."""

from django.db import models

from firstline.accounts.models import User
from firstline.conversations.models import Reason
from firstline.core import clock
from firstline.moderation.models.case import Case


class KnownPicture(models.Model):
    """What a picture looks like, in 32 bytes from which it can't be drawn again, and why copies of it are covered."""

    print = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=24, choices=Reason.choices)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="pictures")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"picture {self.pk}"
