"""Every write about what arrives: taking it in for good, finding out what it is, letting held items go."""

from firstline.intake.actions.accepting import Accepted, Offered, accept, accept_many, refuse
from firstline.intake.actions.acknowledging import acknowledge, forget
from firstline.intake.actions.opening import envelope_of, raw_of
from firstline.intake.actions.processing import ATTEMPTS, SLOW, note_failure, note_slow, process
from firstline.intake.actions.releasing import release, replay

__all__ = [
    "ATTEMPTS",
    "SLOW",
    "Accepted",
    "Offered",
    "accept",
    "accept_many",
    "acknowledge",
    "envelope_of",
    "forget",
    "note_failure",
    "note_slow",
    "process",
    "raw_of",
    "refuse",
    "release",
    "replay",
]
