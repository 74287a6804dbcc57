"""Engineers, and what they are asked."""

from firstline.escalations.models.asking import AnswerLink, HelpKind, HelpRequest, HelpState, Way
from firstline.escalations.models.engineers import Engineer, Ownership

__all__ = ["AnswerLink", "Engineer", "HelpKind", "HelpRequest", "HelpState", "Ownership", "Way"]
