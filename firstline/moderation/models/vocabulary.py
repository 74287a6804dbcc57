"""The words of moderation, small, ordered, each with an inverse (trust-and-safety.md 1.3, 1.5)."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What is done about a person, mildest first."""

    NOTE = "note", _("Note")
    WARN = "warn", _("Warn")
    SLOW = "slow", _("Slow down")
    MUTE = "mute", _("Mute")
    RESTRICT_CHANNEL = "restrict_channel", _("Close one channel")
    SUSPEND = "suspend", _("Pause")
    BAN = "ban", _("Ban")


class CaseState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("Needs a decision")
    PROPOSED = "proposed", _("Needs a second person")
    APPROVED = "approved", _("Agreed")
    REJECTED = "rejected", _("Not agreed")
    LAPSED = "lapsed", _("Lapsed: nobody agreed in time")
    EXECUTED = "executed", _("In force")
    APPEALED = "appealed", _("Appealed")
    UPHELD = "upheld", _("Upheld")
    OVERTURNED = "overturned", _("Overturned")
    AMENDED = "amended", _("Amended")
    EXPIRED = "expired", _("Over")
    LIFTED = "lifted", _("Lifted")
    RESOLVED = "resolved", _("Resolved without a sanction")


class Outcome(models.TextChoices):
    """How a case ends without a sanction, and with one."""

    NO_ACTION = "no_action", _("No action")
    ACTIONED = "actioned", _("Action taken")
    NOT_OURS = "not_ours", _("Not ours")
    DUPLICATE = "duplicate", _("Duplicate")


class Source(models.TextChoices):
    """Who reported."""

    CONTACT = "contact", _("somebody outside")
    AGENT = "agent", _("one of us")
    DETECTOR = "detector", _("a detector")


class NoticeState(models.TextChoices):
    """Whether the person was told (M-08)."""

    SENT = "sent", _("told")
    NOT_NEEDED = "not_needed", _("not told: mass mail")
    SAFETY_HOLD = "safety_hold", _("not told, for somebody's safety")
    NO_WAY = "no_way", _("cannot be told: no private way is known")


class ActState(models.TextChoices):
    """How far an act on another platform has come."""

    PLANNED = "planned", _("to be done")
    DONE = "done", _("done")
    FAILED = "failed", _("failed, tried again")
    MANUAL = "manual", _("by hand")
    UNDONE = "undone", _("taken back")


ARROWS: Final[dict[str, tuple[str, ...]]] = {
    CaseState.OPEN: (CaseState.PROPOSED, CaseState.EXECUTED, CaseState.RESOLVED),
    CaseState.PROPOSED: (CaseState.APPROVED, CaseState.REJECTED, CaseState.LAPSED, CaseState.LIFTED),
    CaseState.APPROVED: (CaseState.EXECUTED,),
    CaseState.REJECTED: (CaseState.EXECUTED, CaseState.LIFTED, CaseState.EXPIRED, CaseState.APPEALED),
    CaseState.LAPSED: (CaseState.APPEALED,),
    CaseState.EXECUTED: (CaseState.APPEALED, CaseState.EXPIRED, CaseState.LIFTED),
    CaseState.APPEALED: (CaseState.UPHELD, CaseState.OVERTURNED, CaseState.AMENDED),
    CaseState.UPHELD: (CaseState.EXPIRED, CaseState.LIFTED),
    CaseState.OVERTURNED: (),
    CaseState.AMENDED: (CaseState.EXPIRED, CaseState.LIFTED),
    CaseState.EXPIRED: (CaseState.APPEALED,),
    CaseState.LIFTED: (),
    CaseState.RESOLVED: (CaseState.OPEN,),
}
"""From where a case may go where; a trigger refuses every other change."""

TO_DECIDE: Final = (CaseState.OPEN, CaseState.PROPOSED, CaseState.APPEALED)
"""States in which somebody of the team has to decide."""
