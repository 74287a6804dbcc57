"""Incidents and who is in them; the parts of the service that people see, and how long each was up."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message
from firstline.core import clock


class Phase(models.TextChoices):
    """Where an incident stands. A suspected one is known to the desk alone."""

    SUSPECTED = "suspected", _("Noticed")
    DISMISSED = "dismissed", _("No incident")
    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Identified")
    MONITORING = "monitoring", _("Watching")
    RESOLVED = "resolved", _("Resolved")
    POSTMORTEM = "postmortem", _("What we learned")


GOING_ON = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING)
PUBLIC = (*GOING_ON, Phase.RESOLVED, Phase.POSTMORTEM)


class Impact(models.TextChoices):
    """What a part of the service is like meanwhile."""

    SLOW = "slow", _("slow or failing for some")
    DOWN = "down", _("not working")


class RunState(models.TextChoices):
    """What a probe found."""

    UP = "up", _("fine")
    SLOW = "slow", _("slow")
    DOWN = "down", _("not answering")


class Component(models.Model):
    """A part of the service as its users see it. `address` is what is asked every ten seconds; without one its state
    is what people say. `target` is the promised share of time in percent.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    target = models.DecimalField(_("promised, in percent"), max_digits=7, decimal_places=4, default=Decimal("99.9"))
    address = models.CharField(_("address to ask"), max_length=500, blank=True)
    slow_after_ms = models.PositiveIntegerField(_("slow after, in milliseconds"), default=2000)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """A stretch of probes with one result. What was measured lasts from `began_at` to `until`: the result of a probe
    holds until the next one, but no longer than `rules.GAP`; time without probes belongs to no run.
    """

    component = models.ForeignKey(Component, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=4, choices=RunState.choices)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    until = models.DateTimeField()
    probes = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["component", "-until"], name="run_of_component")]
        constraints = [models.CheckConstraint(name="run_goes_forward", condition=Q(until__gte=models.F("began_at")))]

    def __str__(self) -> str:
        return f"{self.state} of {self.component_id}"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> Self:
        """What was declared is the whole desk's; what is only suspected, of those who may see one of its
        conversations.
        """
        seen = Conversation.objects.visible_to(user).filter(attachments_to_incidents__incident=OuterRef("pk"))
        return self.filter(Q(phase__in=PUBLIC) | Exists(seen))

    def going_on(self) -> Self:
        """Declared and not over, the newest first."""
        return self.filter(phase__in=GOING_ON).order_by("-pk")


class Incident(models.Model):
    """Trouble that several people meet at once. `title` is what the public reads; `fingerprint` and `marks` are what
    its messages share.
    """

    title = models.CharField(max_length=160)
    phase = models.CharField(max_length=14, choices=Phase.choices)
    fingerprint = models.CharField(max_length=200, blank=True)
    first_report_at = models.DateTimeField(default=clock.now)
    noticed_at = models.DateTimeField(null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    next_update_at = models.DateTimeField(null=True, blank=True)
    reminded_for = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    facts = models.TextField(blank=True)
    lessons = models.TextField(blank=True)
    components: "models.ManyToManyField[Component, Affected]" = models.ManyToManyField(
        Component, through="Affected", related_name="incidents"
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_declared",
                condition=Q(phase__in=(Phase.SUSPECTED, Phase.DISMISSED)) | Q(declared_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["phase", "-id"], name="incident_phase")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_going_on(self) -> bool:
        """Declared and not over."""
        return self.phase in GOING_ON

    @property
    def is_public(self) -> bool:
        """Whether the status page tells of it."""
        return self.phase in PUBLIC


class Affected(models.Model):
    """What a component is like while an incident lasts."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="affected")
    component = models.ForeignKey(Component, models.CASCADE, related_name="affected")
    impact = models.CharField(max_length=4, choices=Impact.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "component"], name="affected_once")]

    def __str__(self) -> str:
        return f"{self.component_id} {self.impact}"


class Belonging(models.TextChoices):
    """Whether a conversation is in an incident."""

    OFFERED = "offered", _("looks alike")
    ATTACHED = "attached", _("attached")
    DECLINED = "declined", _("something else")


class Attached(models.Model):
    """A conversation that is in an incident, or looks as if it were."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="attached")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="attachments_to_incidents")
    state = models.CharField(max_length=8, choices=Belonging.choices)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "conversation"], name="attached_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(state=Belonging.ATTACHED), name="attached_to_one"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.conversation_id} in {self.incident_id}"


class Update(models.Model):
    """What the public was told, and when it was promised to hear more. Never changed: a correction is a new one."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="updates")
    phase = models.CharField(max_length=14, choices=Phase.choices)
    text = models.TextField()
    next_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["incident", "-id"], name="update_of")]

    def __str__(self) -> str:
        return f"{self.phase} of {self.incident_id}"


class Telling(models.Model):
    """One text said to everybody in an incident, each in their own conversation. Until `starts_at` it can be taken
    back; then each is an ordinary reply.
    """

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="tellings")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    starts_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"telling {self.pk} of {self.incident_id}"

    @property
    def can_be_undone(self) -> bool:
        """Whether nothing of it has been handed over."""
        return self.begun_at is None and self.cancelled_at is None


class Told(models.Model):
    """What one person is told. `held` says why they are not; `message` is the reply once it is queued."""

    telling = models.ForeignKey(Telling, models.CASCADE, related_name="told")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    text = models.TextField()
    held = models.CharField(max_length=300, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["telling", "conversation"], name="incident_told_once")]

    def __str__(self) -> str:
        return f"#{self.conversation_id} by {self.telling_id}"


class Monitor(models.Model):
    """Something outside that watches the service and calls when it sees trouble. Its secret is sealed."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    secret = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class Sighting(models.Model):
    """That a monitor saw trouble, and until when. `key` is the monitor's own name for it."""

    monitor = models.ForeignKey(Monitor, models.CASCADE, related_name="sightings")
    incident = models.ForeignKey(Incident, models.SET_NULL, null=True, blank=True, related_name="sightings")
    key = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "key"], condition=Q(ended_at=None), name="sighting_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.monitor_id}"


class Heard(models.Model):
    """A message of the last three hours, as the watcher needs it: what it says is broken, not what it says."""

    message_id = models.BigIntegerField(unique=True)
    conversation_id = models.BigIntegerField()
    person = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)
    marks = models.JSONField(default=list)
    words = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"message {self.message_id}"


class Watch(models.Model):
    """All that the watcher knows. There is one; `cursor` is the last event that it has read for good."""

    memory = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="watch_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "the watch"
