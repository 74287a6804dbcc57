"""One matter, whom it is about, and who reads and writes in it."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models.vocabulary import (
    ENDED,
    OURS,
    UNRESOLVED,
    Audience,
    DraftMode,
    ParticipantRole,
    Priority,
    Reason,
    Resolution,
    Status,
)
from firstline.core import clock
from firstline.inboxes.models import Inbox


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> Self:
        """Conversations with a strand in an inbox granted to the person, and not sealed against them (ground.md G7)."""
        inboxes = Inbox.objects.visible_to(user).values("pk")
        strands = Strand.objects.filter(conversation=OuterRef("pk"), inbox__in=inboxes)
        seen = Q(inbox__in=inboxes) | Exists(strands)
        unsealed = Q(sealed=False) | Exists(Reader.objects.filter(conversation=OuterRef("pk"), user=user))
        return self.filter(seen, unsealed)

    def in_view(self, view: str, user: User) -> Self:
        """The conversations of one of the desk's views. Raises KeyError for a view that does not exist."""
        condition: Q | Exists = VIEW_FILTERS[view](user, clock.now())
        return self.filter(condition)

    def after(self, sort_at: datetime, pk: int, *, newest_first: bool) -> Self:
        """Keyset: what follows the row (sort_at, pk) in list order; the index works on the bound of sort_at alone."""
        if newest_first:
            return self.filter(Q(sort_at__lt=sort_at) | Q(pk__lt=pk), sort_at__lte=sort_at)
        return self.filter(Q(sort_at__gt=sort_at) | Q(pk__gt=pk), sort_at__gte=sort_at)

    def for_list(self) -> Self:
        """With everything a list row shows."""
        return self.select_related("contact", "contact__organization", "assignee", "inbox")


class Conversation(models.Model):
    """One matter with one person or organisation, on one or more strands. `#1204` is its id and gives no authority."""

    subject = models.CharField(max_length=400, blank=True)
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.OPEN)
    resolution = models.CharField(max_length=20, choices=Resolution.choices, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="conversations")
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="conversations")
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="conversations")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="conversations")
    tags: "models.ManyToManyField[Tag, models.Model]" = models.ManyToManyField(
        "Tag", related_name="conversations", blank=True
    )
    sealed = models.BooleanField(default=False)
    cover = models.CharField(max_length=24, blank=True, default="", db_default="")
    unverified = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    possibly_related = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    waiting_since = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    wake_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    sort_at = models.DateTimeField(default=clock.now)
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(default=clock.now)
    last_preview = models.CharField(max_length=200, blank=True)
    last_is_ours = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ours_is_waiting", condition=~Q(status__in=OURS) | Q(waiting_since__isnull=False)
            ),
            models.CheckConstraint(
                name="theirs_wakes",
                condition=~Q(status__in=(Status.WAITING_ON_CONTACT, Status.WAITING_ON_ENGINEERING))
                | Q(wake_at__isnull=False),
            ),
            models.CheckConstraint(name="resolved_says_why", condition=~Q(status=Status.RESOLVED) | ~Q(resolution="")),
        ]
        indexes = [
            models.Index(fields=["status", "sort_at", "id"], name="conv_status_sort"),
            models.Index(
                fields=["assignee", "sort_at", "id"],
                name="conv_mine",
                condition=Q(status__in=UNRESOLVED, assignee__isnull=False),
            ),
            models.Index(
                fields=["sort_at", "id"], name="conv_unassigned", condition=Q(status__in=OURS, assignee__isnull=True)
            ),
            models.Index(fields=["sort_at", "id"], name="conv_ours", condition=Q(status__in=OURS)),
            models.Index(fields=["wake_at"], name="conv_wake", condition=Q(wake_at__isnull=False)),
            models.Index(fields=["snoozed_until"], name="conv_snoozed", condition=Q(snoozed_until__isnull=False)),
            models.Index(fields=["contact", "-id"], name="conv_contact"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def title(self) -> str:
        """What stands above it: the subject, or what covers it (W-01)."""
        if self.subject or not self.cover:
            return self.subject or str(_("No subject"))
        return str(_("Covered: %(reason)s") % {"reason": Reason(self.cover).label})

    @property
    def is_resolved(self) -> bool:
        """Whether it ended with an answer or a stated reason."""
        return self.status == Status.RESOLVED

    @property
    def is_ended(self) -> bool:
        """Whether nobody is expected to move."""
        return self.status in ENDED

    @property
    def is_ours(self) -> bool:
        """Whether it is the team's turn."""
        return self.status in OURS

    def is_snoozed(self, now: datetime) -> bool:
        """Whether it sleeps at `now`."""
        return self.snoozed_until is not None and self.snoozed_until > now


class Tag(models.Model):
    """A word by which conversations are found again."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


class Reader(models.Model):
    """A person on the list of a sealed conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="readers")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="reader_once")]

    def __str__(self) -> str:
        return f"{self.user_id} reads #{self.conversation_id}"


class Strand(models.Model):
    """One outside thread of a conversation (ground.md G4). A side strand is with a third party and never mixed with
    the contact's.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="strands")
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="strands")
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.PRIVATE)
    external_id = models.CharField(max_length=400, blank=True)
    is_side = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"strand {self.pk} of #{self.conversation_id}"


class Participant(models.Model):
    """A contact's identity that takes part in a strand. Its id is in their reply address."""

    strand = models.ForeignKey(Strand, models.CASCADE, related_name="participants")
    identity = models.ForeignKey(ContactIdentity, models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=ParticipantRole.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["strand", "identity"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.identity_id} in strand {self.strand_id}"


class Draft(models.Model):
    """What a person is writing, kept on the server for each conversation and mode.

    `translated` is what would be sent in its place, in the contact's language; `translated_of` the digest of the text
    that it is a translation of (`writing.digest`).
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=5, choices=DraftMode.choices)
    text = models.TextField(blank=True)
    translated = models.TextField(blank=True, default="", db_default="")
    translated_of = models.CharField(max_length=32, blank=True, default="", db_default="")
    cc = models.JSONField(default=list, blank=True)
    bcc = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user", "mode"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft on #{self.conversation_id}"


class ReadMark(models.Model):
    """Up to which message a person has read."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    message_id = models.BigIntegerField()
    read_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read #{self.conversation_id}"


class Mention(models.Model):
    """A note called somebody by `@name`."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.CASCADE, related_name="mentions")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user", "conversation"], name="mention_of")]

    def __str__(self) -> str:
        return f"{self.user_id} in #{self.conversation_id}"


def _open_and_awake(now: datetime) -> Q:
    return Q(status__in=OURS) & (Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now))


VIEW_FILTERS: dict[str, Callable[[User, datetime], Q | Exists]] = {
    "mine": lambda user, now: (
        Q(assignee=user, status__in=UNRESOLVED) & (Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now))
    ),
    "unassigned": lambda user, now: _open_and_awake(now) & Q(assignee__isnull=True),
    "mentions": lambda user, now: Q(status__in=UNRESOLVED, mentions__user=user),
    "open": lambda user, now: _open_and_awake(now),
    "waiting-on-contact": lambda user, now: Q(status=Status.WAITING_ON_CONTACT),
    "waiting-on-engineering": lambda user, now: Q(status=Status.WAITING_ON_ENGINEERING),
    "tell-the-contact": lambda user, now: Q(status=Status.TELL_CONTACT),
    "snoozed": lambda user, now: Q(snoozed_until__gt=now, status__in=UNRESOLVED),
    "drafts": lambda user, now: Exists(Draft.objects.filter(conversation=OuterRef("pk"), user=user).exclude(text="")),
    "spam": lambda user, now: Q(status=Status.SPAM),
    "resolved": lambda user, now: Q(status=Status.RESOLVED),
}


NEWEST_FIRST = {"resolved", "spam"}
