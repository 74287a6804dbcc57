"""Sanctions on people, appeals against them, and what was done about them on other platforms."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from firstline.accounts.models import User
from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models import Reason
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.moderation.models.case import Case, Evidence
from firstline.moderation.models.vocabulary import ActState, CaseState, Measure, NoticeState

BINDING = (Measure.SLOW, Measure.MUTE, Measure.RESTRICT_CHANNEL, Measure.SUSPEND, Measure.BAN)
"""Measures that change what becomes of the person's messages."""


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, now: datetime) -> Self:
        """Those that bind now: begun, neither over nor lifted."""
        running = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(running, measure__in=BINDING, starts_at__lte=now, ended_at__isnull=True)

    def about(self, identity: ContactIdentity) -> Self:
        """Those about the person, by whichever of their identities they write (and after contacts were merged)."""
        return self.filter(Q(contact=identity.contact_id) | Q(identity_ids__contains=[identity.pk]))

    def strikes(self, contact_id: int, since: datetime) -> Self:
        """Those that count on the ladder: not overturned, not decayed."""
        return self.filter(contact=contact_id, starts_at__gte=since, overturned_at__isnull=True).exclude(
            measure=Measure.NOTE
        )


class Sanction(models.Model):
    """What was decided about a person, why, until when, and how they were told.

    `identity_ids` are the identities known at that time. `skip_reason` says why a rung of the ladder was skipped,
    `pattern_reason` why one bad day is held against somebody (M-11). `handled_by` had the case in hand.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="sanctions")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="sanctions")
    identity_ids = ArrayField(models.BigIntegerField(), default=list)
    measure = models.CharField(max_length=16, choices=Measure.choices)
    reason = models.CharField(max_length=24, choices=Reason.choices)
    policy_version = models.CharField(max_length=20)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, blank=True)
    per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(blank=True)
    skip_reason = models.CharField(max_length=500, blank=True)
    pattern_reason = models.CharField(max_length=500, blank=True)
    found_by = models.CharField(max_length=8)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)
    overturned_at = models.DateTimeField(null=True)
    notice = models.CharField(max_length=12, choices=NoticeState.choices, blank=True)
    notice_hold = models.CharField(max_length=500, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sanction_ends_by_itself",
                condition=Q(measure__in=(Measure.NOTE, Measure.WARN, Measure.BAN)) | Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ban_for_good_needs_a_second_person",
                condition=~Q(measure=Measure.BAN)
                | Q(expires_at__isnull=False)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by")) & ~Q(approved_by=F("handled_by"))),
            ),
            models.CheckConstraint(name="sanction_has_a_policy", condition=~Q(policy_version="") & ~Q(reason="")),
            models.CheckConstraint(
                name="sanction_never_for_frustration_or_danger",
                condition=~Q(reason__in=(Reason.FRUSTRATION, Reason.OFF_TOPIC, Reason.SELF_HARM_RISK))
                | Q(measure=Measure.NOTE),
            ),
            models.CheckConstraint(
                name="restricted_channel_is_named", condition=~Q(measure=Measure.RESTRICT_CHANNEL) | ~Q(channel="")
            ),
            models.CheckConstraint(name="slow_says_how_slow", condition=~Q(measure=Measure.SLOW) | Q(per_day__gt=0)),
        ]
        indexes = [
            models.Index(fields=["contact"], name="sanction_running", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["expires_at"], name="sanction_expires", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.measure} of case {self.case_id}"

    @property
    def waits_for_second(self) -> bool:
        """Whether it is a proposed ban: a pause of 30 days until a second person agrees (M-02)."""
        return self.measure == Measure.BAN and self.approved_by_id is None and self.case.state == CaseState.PROPOSED


class Mark(models.Model):
    """A keyed hash of a sanctioned person's normalised address or account, by which a return is noticed (M-12).

    It outlives their erasure until `until`, and then is gone (P-04); without the desk key nobody can test a guess.
    """

    sanction = models.ForeignKey(Sanction, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, db_index=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sanction", "kind", "digest"], name="mark_once")]

    def __str__(self) -> str:
        return f"{self.kind} mark of sanction {self.sanction_id}"


class UpstreamAct(models.Model):
    """One act on another platform that belongs to a sanction, and its inverse when that ends (M-03, M-04).

    `was_so` : it was so before we came, and is left so. `MANUAL`: the platform offers no way; `why` says it (M-07).
    """

    sanction = models.ForeignKey(Sanction, models.CASCADE, related_name="upstream_acts")
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    target = models.CharField(max_length=400)
    ref = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=8, choices=ActState.choices, default=ActState.PLANNED)
    undoes = models.BooleanField(default=False)
    was_so = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="safety_act_due",
                condition=Q(state__in=(ActState.PLANNED, ActState.FAILED)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class AppealLink(models.Model):
    """The single-use way to an appeal; only the digest of its token is kept (M-09)."""

    sanction = models.ForeignKey(Sanction, models.CASCADE, related_name="appeal_links")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"appeal link of sanction {self.sanction_id}"


class Appeal(models.Model):
    """What the person says against a decision: one for each, decided by somebody who did not take part in it.

    `first_decider`, `first_approver` repeat who decided, so that the database itself refuses them.
    """

    sanction = models.OneToOneField(Sanction, models.PROTECT, related_name="appeal")
    text = models.TextField(max_length=2000)
    first_decider = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_approver = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appeal_decided_by_somebody_else",
                condition=Q(decided_by__isnull=True)
                | (
                    ~Q(decided_by=F("first_decider"))
                    & (Q(first_approver__isnull=True) | ~Q(decided_by=F("first_approver")))
                ),
            ),
            models.CheckConstraint(
                name="appeal_has_an_outcome",
                condition=Q(decided_by__isnull=True, outcome="")
                | Q(
                    decided_by__isnull=False,
                    outcome__in=(CaseState.UPHELD, CaseState.OVERTURNED, CaseState.AMENDED),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against sanction {self.sanction_id}"
