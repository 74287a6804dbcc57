"""One judgement of a text: cover it or not, why, by which version; and whether somebody needs care."""

from dataclasses import dataclass

from firstline.covers import model
from firstline.covers.lexicon import needs_care, rules

THRESHOLD = 0.8
_BY_RULE = 0.9


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` 0 to 1; `reasons` are codes of rules, `terms` the words that weighed most in the model (D-03)."""

    is_covered: bool
    needs_care: bool
    score: float
    reasons: tuple[str, ...]
    terms: tuple[str, ...]
    version: str
    threshold: float


def judge(text: str, threshold: float = THRESHOLD) -> Judgement:
    """Judge one text. A rule's hit lifts the score above every threshold; care never covers by itself (D-01)."""
    shipped = model.load()
    reasons = tuple(rules(text))
    learned = shipped.score(text)
    score = _BY_RULE + 0.1 * learned if reasons else learned
    is_covered = score >= threshold
    terms = tuple(shipped.terms(text)) if is_covered else ()
    return Judgement(is_covered, needs_care(text), round(score, 4), reasons, terms, model.VERSION, threshold)
