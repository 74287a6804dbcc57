"""What engineers are asked, and what they say."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Note
from firstline.core import clock
from firstline.escalations.models.engineers import Engineer


class HelpKind(models.TextChoices):
    """What is asked for."""

    QUESTION = "question", _("A question")
    REPRODUCE = "reproduce", _("Can you reproduce it?")
    FIX = "fix", _("Something to fix")
    DATA = "data_change", _("Something to change in data")


class HelpState(models.TextChoices):
    """How a request stands."""

    ASKED = "asked", _("asked")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("refused")
    PASSED = "passed", _("passed on")
    WITHDRAWN = "withdrawn", _("taken back")


class Way(models.TextChoices):
    """How the answer came."""

    MAIL = "mail", _("by mail")
    LINK = "link", _("by the link")
    GITHUB = "github", _("on GitHub")


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def visible_to(self, user: User) -> Self:
        """Requests about conversations that the person may see."""
        return self.filter(conversation__in=Conversation.objects.visible_to(user).values("pk"))

    def open(self) -> Self:
        """Still waiting for a word."""
        return self.filter(state=HelpState.ASKED)

    def with_people(self) -> Self:
        """With everybody who is named beside it."""
        return self.select_related("engineer", "asked_by", "passed_to__engineer", "note")


class HelpRequest(models.Model):
    """One question to one engineer about one conversation, whose owner stays its owner.

    `reasons` are sentences why it is this engineer; `facts` pairs of a name and a value. `answer` and `safe` are the
    engineer's words and what of them a contact may read; `left_out` says what kinds of things were left out.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="help_requests")
    engineer = models.ForeignKey(Engineer, models.PROTECT, related_name="requests")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=HelpKind.choices)
    summary = models.TextField()
    tried = models.TextField(blank=True)
    facts = models.JSONField(default=list, blank=True)
    diagnosis = models.TextField(blank=True)
    impact = models.CharField(max_length=300, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=HelpState.choices, default=HelpState.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    wanted_by = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    nudged_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=8, choices=Way.choices, blank=True)
    answer = models.TextField(blank=True)
    safe = models.TextField(blank=True)
    left_out = models.JSONField(default=list, blank=True)
    note = models.OneToOneField(Note, models.SET_NULL, null=True, blank=True, related_name="help_request")
    passed_to = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="passed_from")
    article_id = models.BigIntegerField(null=True, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "engineer"], condition=Q(state="asked"), name="help_asked_once"
            ),
            models.CheckConstraint(name="help_ended_has_time", condition=Q(state="asked") | Q(ended_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["wanted_by"], name="help_open", condition=Q(state="asked")),
            models.Index(fields=["conversation", "-id"], name="help_conversation"),
            models.Index(fields=["engineer", "-asked_at"], name="help_engineer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.engineer_id} about #{self.conversation_id}"

    @property
    def is_open(self) -> bool:
        """Whether a word is still waited for."""
        return self.state == HelpState.ASKED

    def is_late(self, now: datetime) -> bool:
        """Whether the time in which an answer was wanted is over."""
        return self.is_open and self.wanted_by <= now


class AnswerLink(models.Model):
    """A way for one engineer to answer one request without an account; used once, and only its digest is kept."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link to {self.request_id}"
