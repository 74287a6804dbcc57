from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Message, Strand
from firstline.core import clock
from firstline.inboxes.models import Inbox


class Thread(models.Model):
    """An outside thread as its source last described it. Without a strand it is no conversation: not yet, or left to
    others by the rule in `left_by`.
    """

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="threads")
    strand = models.OneToOneField(Strand, models.CASCADE, null=True, related_name="thread")
    address = models.CharField(max_length=400)
    ref = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=600, blank=True)
    title = models.CharField(max_length=400, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    place = models.CharField(max_length=250, blank=True)
    is_public = models.BooleanField(default=True)
    opener_key = models.CharField(max_length=320, blank=True)
    state = models.CharField(max_length=20, blank=True)
    state_reason = models.CharField(max_length=40, blank=True)
    is_locked = models.BooleanField(default=False)
    is_deleted = models.BooleanField(default=False)
    labels = models.JSONField(default=list, blank=True)
    assignees = models.JSONField(default=list, blank=True)
    reactions = models.JSONField(default=dict, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_url = models.CharField(max_length=600, blank=True)
    answered_at = models.DateTimeField(null=True)
    turn_at = models.DateTimeField(null=True)
    described_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["inbox", "-id"], name="thread_left", condition=~models.Q(left_by="")),
            models.Index(fields=["place"], name="thread_place"),
        ]

    def __str__(self) -> str:
        return self.address


class ThreadKey(models.Model):
    """A key under which a thread is or was known at its source; one that moved has several."""

    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=400)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="thread_key_once")]

    def __str__(self) -> str:
        return self.key


class Original(models.Model):
    """A message's original at its source: the version that the desk shows, and whether it was deleted there."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="originals")
    message = models.OneToOneField(Message, models.CASCADE, related_name="original")
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=400)
    ref = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=600, blank=True)
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    reactions = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="original_once")]

    def __str__(self) -> str:
        return self.external_id


class Version(models.Model):
    """What a message said at one time of its source."""

    original = models.ForeignKey(Original, models.CASCADE, related_name="versions")
    at = models.DateTimeField()
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["original", "at"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.original_id} at {self.at}"


class ActKind(models.TextChoices):
    """What the desk does to a thread at its source (`channels.port.ActKind`)."""

    CLOSE = "close", _("close it")
    REOPEN = "reopen", _("reopen it")
    LOCK = "lock", _("lock it")
    UNLOCK = "unlock", _("unlock it")
    LABEL = "label", _("put a label on it")
    UNLABEL = "unlabel", _("take a label off it")
    ASSIGN = "assign", _("assign it")
    UNASSIGN = "unassign", _("take an assignee off it")
    HIDE = "hide", _("hide a message")


class ThreadAct(models.Model):
    """Something that the desk shall do, or has done, to a thread at its source. Open until `ended_at`; then done,
    unless `failure` says why not.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=10, choices=ActKind.choices)
    value = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "kind", "value"], condition=Q(ended_at__isnull=True), name="act_open_once"
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="act_due", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_id}"


class CatchUp(models.Model):
    """How far an inbox's source was compared with the desk, and what the last comparison found.

    Whatever the source had at `reached_at` is here. `looked_at` keeps two processes from looking at once;
    `failing_since` is set while the source can't be asked, `redelivery_failure` says why lost deliveries could not be
    asked for.
    """

    inbox = models.OneToOneField(Inbox, models.CASCADE, related_name="catch_up")
    looked_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    listed = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    redelivered = models.PositiveIntegerField(default=0)
    redelivery_failure = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"catch-up of {self.inbox_id}"


class KeptItem(models.Model):
    """An item of a thread that is no conversation, by its id at the door: processed again when it becomes one."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="kept_items")
    item_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"item {self.item_id}"


class Release(models.Model):
    """A version of a project that is out, as its repository or a person of the team said; `place` is in lower case."""

    place = models.CharField(max_length=200)
    version = models.CharField(max_length=80)
    address = models.URLField(max_length=600, blank=True)
    out_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "version"], name="release_once")]

    def __str__(self) -> str:
        return f"{self.place} {self.version}"
