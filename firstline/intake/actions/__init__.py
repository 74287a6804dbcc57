"""Every write about what arrives: taking it in for good, finding out what it is, letting held items go."""

from firstline.intake.actions.accepting import Accepted, Offered, accept, accept_many, refuse
from firstline.intake.actions.acknowledging import acknowledge, forget
from firstline.intake.actions.checking import check_ledger
from firstline.intake.actions.opening import envelope_of, raw_of
from firstline.intake.actions.processing import ATTEMPTS, note_failure, process
from firstline.intake.actions.releasing import release, replay

__all__ = [
    "ATTEMPTS",
    "Accepted",
    "Offered",
    "accept",
    "accept_many",
    "acknowledge",
    "check_ledger",
    "envelope_of",
    "forget",
    "note_failure",
    "process",
    "raw_of",
    "refuse",
    "release",
    "replay",
]
