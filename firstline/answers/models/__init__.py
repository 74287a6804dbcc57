"""What the machine reads, proposes, may do, and what became of it."""

from firstline.answers.models.catalogue import LocalSignature
from firstline.answers.models.policy import AutoAnswer, Mode, Policy, Verdict
from firstline.answers.models.proposing import (
    Citation,
    Diagnosis,
    DismissReason,
    DraftMade,
    StrengthChoice,
    Suggestion,
    SuggestionQuerySet,
    SuggestionState,
    Usage,
)
from firstline.answers.models.replay import Replay, ReplayedQuestion, ReplayState
from firstline.answers.models.sorting import (
    LEARNED,
    Alike,
    Asked,
    Sorting,
    SortingKind,
    SortingModel,
    SortingPrecision,
    SortingState,
)

__all__ = [
    "LEARNED",
    "Alike",
    "Asked",
    "AutoAnswer",
    "Citation",
    "Diagnosis",
    "DismissReason",
    "DraftMade",
    "LocalSignature",
    "Mode",
    "Policy",
    "Replay",
    "ReplayState",
    "ReplayedQuestion",
    "Sorting",
    "SortingKind",
    "SortingModel",
    "SortingPrecision",
    "SortingState",
    "StrengthChoice",
    "Suggestion",
    "SuggestionQuerySet",
    "SuggestionState",
    "Usage",
    "Verdict",
]
