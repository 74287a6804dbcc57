"""Rules, and each time that one ran."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind


class Trigger(models.TextChoices):
    """What sets a rule going: something that happens, or something that lasts."""

    CREATED = "created", _("a conversation comes in")
    WRITTEN = "written", _("a contact writes")
    STATUS = "status", _("whose turn it is changes")
    PRIORITY = "priority", _("the priority changes")
    RESOLVED = "resolved", _("a conversation is resolved")
    WAITS = "waits", _("a contact has waited for us")
    SILENT = "silent", _("we have waited for a contact")


KINDS: dict[Kind, Trigger] = {
    Kind.CONVERSATION_CREATED: Trigger.CREATED,
    Kind.MESSAGE_RECEIVED: Trigger.WRITTEN,
    Kind.CONVERSATION_STATUS_CHANGED: Trigger.STATUS,
    Kind.CONVERSATION_REOPENED: Trigger.STATUS,
    Kind.CONVERSATION_PRIORITY_CHANGED: Trigger.PRIORITY,
    Kind.CONVERSATION_RESOLVED: Trigger.RESOLVED,
}
BY_TIME = (Trigger.WAITS, Trigger.SILENT)


class Rule(models.Model):
    """When, if and then. `conditions` and `acts` map keys of the registry to what was chosen.

    A change takes it out of use: it is switched on again after a dry run (`tried_at`).
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    trigger = models.CharField(max_length=8, choices=Trigger.choices)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.JSONField(default=dict)
    acts = models.JSONField(default=dict)
    is_on = models.BooleanField(default=False)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True, blank=True)

    actor_kind = "machine"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="rule_by_time_has_hours",
                condition=~Q(trigger__in=("waits", "silent")) | Q(hours__isnull=False, hours__gte=1),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int | None:
        """Its id: the timeline names the rule in whatever it does."""
        return self.pk

    @property
    def is_tried(self) -> bool:
        """Whether somebody has seen what it would have done, as it stands now."""
        return self.tried_at is not None and self.tried_at >= self.updated_at


class Run(models.Model):
    """A rule ran on a conversation, once for each `key`: the event, or the wait that it was about.

    `chain` holds the rules that led to it, oldest first.
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="runs")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    chain = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "conversation", "key"], name="run_once")]
        indexes = [models.Index(fields=["rule", "at"], name="run_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} on #{self.conversation_id}"
