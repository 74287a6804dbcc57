"""Reads about engineers and problems."""

from firstline.escalations.queries.asking import Choice, Prefilled, beside, budget_left, choices, prefilled, standings
from firstline.escalations.queries.problems import (
    Person,
    Proposal,
    first_complaint,
    history,
    impact,
    impacts,
    issues_to_read,
    link_of,
    proposals,
    said_by,
    waiting_people,
    way_into,
    ways_in,
)

__all__ = [
    "Choice",
    "Person",
    "Prefilled",
    "Proposal",
    "beside",
    "budget_left",
    "choices",
    "first_complaint",
    "history",
    "impact",
    "impacts",
    "issues_to_read",
    "link_of",
    "prefilled",
    "proposals",
    "said_by",
    "standings",
    "waiting_people",
    "way_into",
    "ways_in",
]
