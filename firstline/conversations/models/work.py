"""What agents keep about their work: macros, promises, links, conditions to wake on, views and habits of their own."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import Team, User
from firstline.conversations.models.conversation import Conversation
from firstline.conversations.models.message import Message
from firstline.conversations.models.vocabulary import AfterSend, LinkKind, ViewAudience, ViewColumn, ViewGroup, WakeKind
from firstline.core import clock


class Link(models.Model):
    """One conversation has to do with another; read from both ends."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="links")
    other = models.ForeignKey(Conversation, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=12, choices=LinkKind.choices, default=LinkKind.RELATED)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "other"], name="link_once"),
            models.CheckConstraint(name="link_to_another", condition=~Q(conversation=models.F("other"))),
        ]

    def __str__(self) -> str:
        return f"#{self.conversation_id} {self.kind} #{self.other_id}"


class WakeCondition(models.Model):
    """A snoozed conversation wakes when this comes true: an issue closes (`npm/cli#12`), a release is out
    (`npm/cli@v10`).
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="wake_conditions")
    kind = models.CharField(max_length=8, choices=WakeKind.choices)
    subject = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "kind", "subject"], name="wake_condition_once")]
        indexes = [models.Index(fields=["kind", "subject"], name="wake_condition_subject")]

    def __str__(self) -> str:
        return f"#{self.conversation_id} until {self.kind} {self.subject}"


class Promise(models.Model):
    """Somebody of us said that they come back to it by a time; the next message that is sent keeps it."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="promises")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "due_at"], name="promise_open", condition=Q(kept_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"promise on #{self.conversation_id} for {self.due_at:%Y-%m-%d}"


class Macro(models.Model):
    """A text with blanks and what is done with it: tags, an assignee, a status, a snooze."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    text = models.TextField(_("text"), blank=True)
    tags = models.JSONField(default=list, blank=True)
    takes = models.BooleanField(_("assign to whoever uses it"), default=False)
    status = models.CharField(max_length=24, blank=True)
    snooze = models.CharField(max_length=10, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def every_column() -> list[str]:
    """What rows say unless a view says otherwise."""
    return [str(one) for one in ViewColumn]


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """A person's own views, their teams' and everybody's."""
        return self.filter(
            Q(audience=ViewAudience.EVERYONE) | Q(owner=user) | Q(audience=ViewAudience.TEAM, team__in=user.team_ids)
        )

    def changeable_by(self, user: User) -> Self:
        """Views that the person made."""
        return self.filter(owner=user)


class SavedView(models.Model):
    """A list that somebody keeps: which conversations, in which order, under which heads."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    audience = models.CharField(max_length=8, choices=ViewAudience.choices, default=ViewAudience.MINE)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    filters = models.JSONField(default=dict, blank=True)
    newest_first = models.BooleanField(default=False)
    group = models.CharField(max_length=10, choices=ViewGroup.choices, default=ViewGroup.STATUS)
    columns = models.JSONField(default=every_column, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="team_view_has_team", condition=~Q(audience=ViewAudience.TEAM) | Q(team__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """Its word in addresses: `/desk/v-12/`."""
        return f"v-{self.pk}"


class Habit(models.Model):
    """How a person likes the desk: where a sent reply leads, how wide the panes are."""

    user = models.OneToOneField(User, models.CASCADE, related_name="habit")
    after_send = models.CharField(max_length=5, choices=AfterSend.choices, default=AfterSend.STAY)
    list_width = models.PositiveSmallIntegerField(null=True, blank=True)
    context_width = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"habits of {self.user_id}"


def due_first(conversation: Conversation) -> datetime | None:
    """When the earliest open promise of a conversation is due."""
    return conversation.promises.filter(kept_at=None).order_by("due_at").values_list("due_at", flat=True).first()
