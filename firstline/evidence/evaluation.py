"""Scores of diagnosis and secret finding on labelled rows, as `firstline eval diagnosis|secrets` prints them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firstline.core.measures import wilson
from firstline.evidence.catalogue import Catalogue
from firstline.evidence.diagnose import Diagnosis, diagnose
from firstline.evidence.secrets import Secret, find

NOTHING = "none"
SURE = 0.8


@dataclass(frozen=True, slots=True)
class DiagnosisScore:
    """`precision1` = right / answered of the rows whose label is not none; `unknown` = unanswered / n;
    `wrong_confident` = wrong or uncalled-for with a confidence of at least 0.8, / n. Intervals: Wilson, 95 %."""

    n: int
    precision1: float | None
    unknown: float
    wrong_confident: float
    answered: int
    right: int
    precision1_interval: tuple[float, float] | None
    wrong_confident_interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class SecretsScore:
    """`recall` = labelled spans hidden whole / labelled; `precision` = found spans that touch a label / found."""

    n: int
    recall: float | None
    precision: float | None
    labelled: int
    found: int


def score_diagnosis(rows: Iterable[Mapping[str, Any]], catalogue: Catalogue) -> DiagnosisScore:
    """Score over rows with `text` and `label` (signature id, case id or `none`); raises KeyError when one is absent."""
    n = answered = right = unknown = wrong_confident = 0
    for row in rows:
        result = diagnose(row["text"], catalogue)
        is_right = _is_right(result, row["label"])
        n += 1
        unknown += not result.is_known
        wrong_confident += result.is_known and not is_right and result.confidence >= SURE
        if row["label"] != NOTHING and result.is_known:
            answered += 1
            right += is_right
    return DiagnosisScore(
        n,
        _ratio(right, answered),
        unknown / max(n, 1),
        wrong_confident / max(n, 1),
        answered,
        right,
        precision1_interval=interval(right, answered),
        wrong_confident_interval=interval(wrong_confident, n),
    )


def _is_right(result: Diagnosis, label: str) -> bool:
    return result.is_known and label in (result.signature, result.case)


def score_secrets(rows: Iterable[Mapping[str, Any]]) -> SecretsScore:
    """Score over rows with `text` and `spans` ([start, end) in code points); raises KeyError when one is absent."""
    n = labelled = hidden = found = right = 0
    for row in rows:
        secrets = find(row["text"])
        spans = [(int(start), int(end)) for start, end in row["spans"]]
        n += 1
        labelled += len(spans)
        hidden += sum(_is_hidden(span, secrets) for span in spans)
        found += len(secrets)
        right += sum(any(one.start < end and start < one.end for start, end in spans) for one in secrets)
    return SecretsScore(n, _ratio(hidden, labelled), _ratio(right, found), labelled, found)


def _is_hidden(span: tuple[int, int], secrets: Sequence[Secret]) -> bool:
    covered = {position for one in secrets for position in range(max(one.start, span[0]), min(one.end, span[1]))}
    return len(covered) == span[1] - span[0]


def interval(part: int, whole: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a share, to three digits; None when there is nothing to share."""
    low, high = wilson(part, whole)
    return (round(low, 3), round(high, 3)) if whole else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
