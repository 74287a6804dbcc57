from django.db import models
from django.db.models import Q

from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.inboxes.models import Inbox

PENDING = "pending"


class InboundItem(models.Model):
    """One thing that arrived, exactly as it arrived: compressed and sealed under its own key (ground.md G1).

    `outcome` is one word of the ledger: pending, new, threaded, bounce, auto_reply, complaint, state_change,
    quarantined:CAUSE, refused:CODE or ignored:RULE. Every item ends in exactly one.
    """

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="items")
    received_at = models.DateTimeField(default=clock.now)
    size = models.BigIntegerField()
    ciphertext = models.BinaryField(null=True)
    storage_key = models.CharField(max_length=64, blank=True)
    wrapped_key = models.BinaryField(null=True)
    envelope = models.JSONField(default=dict)
    outcome = models.CharField(max_length=60, default=PENDING)
    processed_at = models.DateTimeField(null=True)
    sender_auth = models.JSONField(default=dict)
    held_secret = models.BooleanField(default=False)
    conversation = models.ForeignKey(Conversation, models.SET_NULL, null=True, related_name="items")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="items")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["inbox", "received_at"], name="item_inbox"),
            models.Index(fields=["id"], name="item_pending", condition=Q(outcome=PENDING)),
            models.Index(fields=["message"], name="item_message", condition=Q(message__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class SeenItem(models.Model):
    """What an inbox has taken already: a keyed hash of the bytes, and how often it was offered again."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="seen")
    key = models.CharField(max_length=64)
    item = models.ForeignKey(InboundItem, models.CASCADE, related_name="seen")
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "key"], name="seen_once")]

    def __str__(self) -> str:
        return f"seen {self.item_id}"


class Refusal(models.Model):
    """How many deliveries an inbox refused for good, by day and code; their content was never taken (ground.md G14)."""

    address = models.CharField(max_length=320, blank=True)
    inbox = models.ForeignKey(Inbox, models.CASCADE, null=True, related_name="refusals")
    day = models.DateField()
    code = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "day", "code"], name="refusal_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.day}"


class LoopHold(models.Model):
    """An address that wrote without pause: until then its mails are kept aside as `quarantined:loop` (S-12)."""

    identity = models.OneToOneField(ContactIdentity, models.CASCADE, related_name="loop_hold")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.identity_id} held until {self.until:%H:%M}"


class Acknowledgement(models.Model):
    """That somebody was told "it arrived": keyed hashes of the address and its domain, kept for a day (S-11)."""

    address = models.CharField(max_length=64)
    domain = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="acknowledged_address"),
            models.Index(fields=["domain", "at"], name="acknowledged_domain"),
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"


class AcknowledgementHour(models.Model):
    """How many acknowledgements the mails of one hour asked for, how many were sent, and whether that was too much."""

    hour = models.DateTimeField(unique=True)
    asked = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    stopped = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.sent} of {self.asked} at {self.hour:%Y-%m-%d %H:00}"
