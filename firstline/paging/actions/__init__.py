"""Every write about being on call: the rota, the calls, their answers."""

from firstline.paging.actions.calling import answer, answered_elsewhere, call_out, pass_on
from firstline.paging.actions.ringing import quiet, ring
from firstline.paging.actions.rota import keep_pager, keep_rota, stand_in, take_back, try_pager

__all__ = [
    "answer",
    "answered_elsewhere",
    "call_out",
    "keep_pager",
    "keep_rota",
    "pass_on",
    "quiet",
    "ring",
    "stand_in",
    "take_back",
    "try_pager",
]
