"""What is wrong in the product, which issues stand for it, who waits for it, and who was told what."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.contacts.models import Contact
from firstline.conversations.models import Conversation
from firstline.core import clock


class Severity(models.IntegerChoices):
    """How much it hurts whoever meets it; the number is its weight."""

    NUISANCE = 1, _("A nuisance")
    HINDERS = 2, _("Hinders work")
    STOPS = 4, _("Stops work")
    LOSES = 8, _("Loses or reveals data")


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, user: User) -> Self:
        """Problems for which somebody waits whose conversation the person may see, and their own."""
        waiting = Waiting.objects.filter(
            problem=OuterRef("pk"), conversation__in=Conversation.objects.visible_to(user).values("pk")
        )
        return self.filter(Q(created_by=user) | Exists(waiting))


class Problem(models.Model):
    """One thing that is wrong, for everybody who meets it. With a `package`, a release counts once it is published
    there.
    """

    title = models.CharField(_("title"), max_length=200)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.HINDERS)
    package = models.CharField(_("package"), max_length=200, blank=True)
    signature = models.CharField(max_length=80, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = ProblemQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class Issue(models.Model):
    """An issue on a tracker that stands for a problem, as it was last read there."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="issues")
    tracker = models.CharField(max_length=20)
    place = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    url = models.URLField(max_length=600)
    title = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=20, blank=True)
    state_reason = models.CharField(max_length=40, blank=True)
    linked_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    comment = models.CharField(max_length=60, blank=True)
    said = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["tracker", "place", "number"], name="issue_once")]
        indexes = [models.Index(fields=["place"], name="issue_place")]

    def __str__(self) -> str:
        return f"{self.place}#{self.number}"

    @property
    def settles(self) -> bool:
        """Whether it ended without a change: not planned, or a duplicate."""
        return self.state == "closed" and self.state_reason in {"not_planned", "duplicate"}


class Happening(models.Model):
    """What happened to an issue, in the words of the release rule (`releases`): closed, merged, released and so on."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="happenings")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "key"], name="happening_once")]

    def __str__(self) -> str:
        return self.key


class Waiting(models.Model):
    """A conversation waits for a problem. `round` counts how often they began to wait, `since` says when this time."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="waiting")
    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="waits_for")
    linked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    linked_at = models.DateTimeField(default=clock.now)
    round = models.PositiveSmallIntegerField(default=1)
    since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"#{self.conversation_id} waits for {self.problem_id}"


class Outcome(models.TextChoices):
    """What somebody is told."""

    FIXED = "fixed", _("it is fixed")
    WONT_FIX = "wont_fix", _("it stays as it is")
    DUPLICATE = "duplicate", _("it is the same as something else")
    REVERTED = "reverted", _("the fix was taken back")


class Told(models.Model):
    """A draft that tells somebody what became of it: one a person and round, whatever runs twice."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="told")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="told")
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    version = models.CharField(max_length=80, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "contact", "round"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.outcome} to {self.contact_id}"
