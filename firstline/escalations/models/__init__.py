"""Engineers, what they are asked, and the problems for which people wait."""

from firstline.escalations.models.asking import AnswerLink, HelpKind, HelpRequest, HelpState, Way
from firstline.escalations.models.engineers import Engineer, Ownership
from firstline.escalations.models.problems import Happening, Issue, Outcome, Problem, Severity, Told, Waiting

__all__ = [
    "AnswerLink",
    "Engineer",
    "Happening",
    "HelpKind",
    "HelpRequest",
    "HelpState",
    "Issue",
    "Outcome",
    "Ownership",
    "Problem",
    "Severity",
    "Told",
    "Waiting",
    "Way",
]
