"""Cases: what was reported, the messages in it, the evidence that was kept."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models import Message, Reason
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.moderation.models.vocabulary import TO_DECIDE, CaseState, Outcome, Source

SEALED = "moderation.sealed"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Cases of inboxes granted to the person; those on the sealed path for named people only (M-16), and those
        aimed at the person by name only if they chose to read such (W-10).
        """
        spared = User.objects.filter(pk=user.pk).exclude(safety_preference__reads_about_self=True)
        seen = self.filter(inbox__in=Inbox.objects.visible_to(user).values("pk")).exclude(aimed_at__in=spared)
        return seen if user.can(SEALED) else seen.exclude(reason=Reason.CSAE)

    def to_decide(self) -> Self:
        """Those that wait for somebody, the nearest clock first."""
        return self.filter(state__in=TO_DECIDE).order_by("due_at", "pk")


class Case(models.Model):
    """One matter to decide about one person, or about something whose writer is not known.

    `handler` is who had it in hand; they can't be the second person. `paused_until`: handed over, its clock stands
    still meanwhile (W-06). `like` is an earlier case that near copies of the same text were decided in (W-09).
    `aimed_at` is whom of us it names (W-10).
    """

    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="cases")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.OPEN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="cases")
    handler = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    like = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    aimed_at: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, blank=True, related_name="cases_about_them"
    )
    signals = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="case_to_decide", condition=Q(state__in=TO_DECIDE)),
            models.Index(fields=["contact", "-id"], name="case_contact"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def reason_choices(self) -> list[tuple[str, str]]:
        """Every reason with its words, for the form."""
        return [(one.value, str(one.label)) for one in Reason]

    @property
    def needs_decision(self) -> bool:
        """Whether somebody has to decide."""
        return self.state in TO_DECIDE


class CaseItem(models.Model):
    """A message of a case. `sketch` are the hashes by which near copies of its text are told (W-09)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="items")
    message = models.OneToOneField(Message, models.CASCADE, related_name="case_item")
    is_copy = models.BooleanField(default=False)
    sketch = models.BinaryField(default=b"")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"message {self.message_id} of case {self.case_id}"


class ReportQuerySet(models.QuerySet["Report"]):
    def counting(self) -> Self:
        """Reports that change something: not those of reporters who are muted (M-10)."""
        return self.filter(is_muted=False)


class Report(models.Model):
    """Somebody says that something is not right. Who they are stays sealed from the accused (domain.md 8)."""

    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="reports")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="reports")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    source = models.CharField(max_length=8, choices=Source.choices)
    words = models.TextField(blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    identity = models.ForeignKey(ContactIdentity, models.SET_NULL, null=True, related_name="+")
    is_muted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = ReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"report {self.pk}"


class ReporterMute(models.Model):
    """Reports of somebody who reports in bad faith are kept and change nothing until then (M-10)."""

    identity = models.ForeignKey(ContactIdentity, models.CASCADE, related_name="reporter_mutes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    words = models.CharField(_("reason"), max_length=300)
    until = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"reports of {self.identity_id} muted until {self.until:%Y-%m-%d}"


class Evidence(models.Model):
    """A message as it was when it was decided upon, sealed; `digest` is the SHA-256 of what was sealed (M-06).

    Content on the sealed path is not copied: `ciphertext` is then empty, digest and locator alone are kept (M-16).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="evidence")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    locator = models.CharField(max_length=600)
    digest = models.CharField(max_length=64)
    text_digest = models.CharField(max_length=64)
    detectors = models.JSONField(default=dict)
    ciphertext = models.BinaryField(default=b"")
    wrapped_key = models.BinaryField(default=b"")
    taken_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"evidence {self.pk} of case {self.case_id}"
