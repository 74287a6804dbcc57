"""Everything that moderation keeps."""

from firstline.moderation.models.brigade import Brigade, Limit
from firstline.moderation.models.care import (
    Care,
    CheckIn,
    HandOver,
    Helpline,
    Preference,
    SafetyContact,
)
from firstline.moderation.models.case import Case, CaseItem, Evidence, Report, ReporterMute
from firstline.moderation.models.picture import KnownPicture
from firstline.moderation.models.sanction import (
    BINDING,
    Appeal,
    AppealLink,
    Mark,
    Sanction,
    UpstreamAct,
)
from firstline.moderation.models.self_check import SelfCheckCount, SelfCheckTaken
from firstline.moderation.models.vocabulary import (
    ARROWS,
    TO_DECIDE,
    ActState,
    CaseState,
    Measure,
    NoticeState,
    Outcome,
    Source,
)

__all__ = [
    "ARROWS",
    "BINDING",
    "TO_DECIDE",
    "ActState",
    "Appeal",
    "AppealLink",
    "Brigade",
    "Care",
    "Case",
    "CaseItem",
    "CaseState",
    "CheckIn",
    "Evidence",
    "HandOver",
    "Helpline",
    "KnownPicture",
    "Limit",
    "Mark",
    "Measure",
    "NoticeState",
    "Outcome",
    "Preference",
    "Report",
    "ReporterMute",
    "SafetyContact",
    "Sanction",
    "SelfCheckCount",
    "SelfCheckTaken",
    "Source",
    "UpstreamAct",
]
