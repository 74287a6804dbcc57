"""What was said, inside and out, and what was pasted with it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from firstline.accounts.models import User
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models.conversation import Conversation, Strand
from firstline.conversations.models.vocabulary import Delivery, NoteKind
from firstline.core import clock


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        """Messages of conversations that the person may see."""
        return self.filter(strand__conversation__in=Conversation.objects.visible_to(user).values("pk"))

    def uncovered(self) -> Self:
        """Messages on which no cover lies (W-01)."""
        return self.exclude(cover__isnull=False, cover__uncovered_at__isnull=True)

    def for_timeline(self) -> Self:
        """With author and attachments, oldest first."""
        return (
            self.select_related("author_identity", "author_user", "strand", "strand__inbox")
            .prefetch_related("attachments", "secrets")
            .order_by("id")
        )


class Message(models.Model):
    """What somebody said in a strand. Everything here is the masked text; the raw item is kept sealed by intake.

    Outbound text is Markdown; `html` is sanitised. An inbound message's `html` is what the contact's mail showed.
    `own_words` is what its author wrote where `text`, which was sent, is a translation of it.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    strand = models.ForeignKey(Strand, models.PROTECT, related_name="messages")
    author_identity = models.ForeignKey(ContactIdentity, models.PROTECT, null=True, blank=True, related_name="messages")
    author_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="messages")
    author_machine = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    html = models.TextField(blank=True)
    own_words = models.TextField(blank=True, default="", db_default="")
    bcc = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=Delivery.choices)
    sender_auth = models.CharField(max_length=4, blank=True)
    is_automatic = models.BooleanField(default=False)
    flags = models.JSONField(default=list, blank=True)
    to = models.JSONField(default=list, blank=True)
    cc = models.JSONField(default=list, blank=True)
    message_id = models.CharField(max_length=400, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sending_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    delivered_to = models.JSONField(default=list, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    resolve_on_send = models.BooleanField(default=False)
    is_scheduled = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="message_has_one_author",
                condition=(
                    Q(author_identity__isnull=False, author_user__isnull=True, author_machine="")
                    | Q(author_identity__isnull=True, author_user__isnull=False, author_machine="")
                    | (Q(author_identity__isnull=True, author_user__isnull=True) & ~Q(author_machine=""))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_conversation"),
            models.Index(
                fields=["state", "send_at"],
                name="message_outgoing",
                condition=Q(state__in=("queued", "sending", "unclear")),
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} in #{self.conversation_id}"

    @property
    def is_ours(self) -> bool:
        """Whether the team or the machine wrote it."""
        return self.author_identity_id is None

    def can_be_undone(self, now: datetime) -> bool:
        """Whether the undo window is still open."""
        return self.state == Delivery.QUEUED and self.send_at is not None and self.send_at > now


class Note(models.Model):
    """What only the team reads."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="notes")
    author_identity = models.ForeignKey(
        ContactIdentity, models.PROTECT, null=True, blank=True, related_name="guest_notes"
    )
    kind = models.CharField(max_length=8, choices=NoteKind.choices, default=NoteKind.NOTE)
    text = models.TextField()
    html = models.TextField(blank=True)
    after_message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="note_has_one_author",
                condition=Q(author__isnull=False, author_identity__isnull=True)
                | Q(author__isnull=True, author_identity__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"note {self.pk} on #{self.conversation_id}"


class ExternalId(models.Model):
    """Under which id a message is known outside; uniqueness lives here, not on Message (ground.md G3)."""

    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=120, blank=True)
    external_id = models.CharField(max_length=400)
    message = models.ForeignKey(Message, models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "account", "external_id"], name="external_id_once")]

    def __str__(self) -> str:
        return self.external_id


class SealedSecret(models.Model):
    """A credential that somebody pasted: its original under a key of its own, for seven days, to be revealed once
    with a reason (P-11).
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="secrets")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="secrets")
    kind = models.CharField(max_length=40)
    mask = models.CharField(max_length=120)
    ciphertext = models.BinaryField()
    wrapped_key = models.BinaryField()
    expires_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True, blank=True)
    revealed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reveal_reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.mask
