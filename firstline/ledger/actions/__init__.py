"""Every write of the ledger: checks and their results, samples and what people say of them."""

from firstline.ledger.actions.checking import ask, begin, run
from firstline.ledger.actions.sampling import draw, judge, let_in

__all__ = ["ask", "begin", "draw", "judge", "let_in", "run"]
