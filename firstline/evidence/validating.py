"""Whether an edited catalogue entry may go live: complete, safe to run, right about its own samples and no other's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firstline.evidence.catalogue import Catalogue, CatalogueError, Signature, faults, load, merged, signature
from firstline.evidence.diagnose import diagnose
from firstline.evidence.literals import class_end, group_end

LONGEST_PATTERN = 400
_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}")
_TEXTS = ("id", "family", "stage", "owner", "case", "cause", "ask", "docs", "cluster")
_LISTS = ("fix", "samples", "any", "all", "none")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse an entry: `kind` for code and translation, `where` (a field, pattern or other entry), and
    the sentence in English.

    Kinds: incomplete, wrong_type, fault, not_a_pattern, slow_pattern, sample_unmatched, sample_lost, takes_over.
    """

    kind: str
    where: str
    sentence: str


def validate_among(entry: Mapping[str, Any], local: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """As `validate_entry`, against the shipped catalogue with a desk's own entries; for a killable child."""
    return validate_entry(entry, merged(load(), [signature(one) for one in local]))


def validate_entry(entry: Mapping[str, Any], catalogue: Catalogue) -> list[Problem]:
    """All problems of an entry (fields as in `signatures/*.yaml`) against the catalogue; empty when it may go live.

    An entry with the id of a known one stands in its place. Never raises for a bad entry.
    """
    shape = list(_shape_problems(entry))
    if shape:
        return shape
    try:
        new = signature(entry)
    except (CatalogueError, ValueError, TypeError, AttributeError) as error:
        return [Problem("incomplete", str(entry.get("id", "")), str(error))]
    problems = [Problem("fault", new.id, f"{fault.capitalize()}.") for fault in faults(new, catalogue.fact_sets)]
    problems += list(_pattern_problems(new))
    if problems:
        return problems
    return [*_own_samples(new, catalogue), *_others_samples(new, catalogue)]


def _shape_problems(entry: Mapping[str, Any]) -> Iterator[Problem]:
    for name in _TEXTS:
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip():
            yield Problem("incomplete", name, f"“{name}” must be a text.")
    for name in _LISTS:
        value = entry.get(name, [])
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one for one in value):
            yield Problem("wrong_type", name, f"“{name}” must be a list of texts.")
    try:
        int(entry.get("specificity", ""))
    except (TypeError, ValueError):
        yield Problem("wrong_type", "specificity", "“specificity” must be a number from 40 to 100.")


def _pattern_problems(new: Signature) -> Iterator[Problem]:
    for pattern in (*new.any, *new.all, *new.none):
        try:
            re.compile(pattern.source)
        except re.error as error:
            yield Problem("not_a_pattern", pattern.source, f"This is not a regular expression: {error}.")
            continue
        if len(pattern.source) > LONGEST_PATTERN:
            yield Problem("slow_pattern", pattern.source, f"A pattern may have {LONGEST_PATTERN} characters at most.")
        elif repeats_within_repeats(pattern.source):
            yield Problem(
                "slow_pattern",
                pattern.source,
                "A repeat inside a repeat, such as (a+)+, can take for ever on some pastes.",
            )


def repeats_within_repeats(pattern: str) -> bool:
    """Whether a group that holds an unbounded repeat is itself repeated without bound: what makes matching explode."""
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = class_end(pattern, position) - 1
        elif character == "(":
            end = group_end(pattern, position)
            inside = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern[position + 1 : end - 1])
            if _UNBOUNDED.match(pattern, end) and _UNBOUNDED.search(inside):
                return True
        position += 1
    return False


def _own_samples(new: Signature, catalogue: Catalogue) -> Iterator[Problem]:
    with_new = merged(catalogue, [new])
    for sample in new.samples:
        result = diagnose(sample, with_new)
        if result.signature == new.id:
            continue
        if result.signature is None:
            yield Problem("sample_unmatched", sample, "None of the patterns matches this sample well enough.")
        else:
            yield Problem(
                "sample_lost", result.signature, f"This sample is taken for {result.signature}: {sample[:120]}"
            )


def _others_samples(new: Signature, catalogue: Catalogue) -> Iterator[Problem]:
    with_new = merged(catalogue, [new])
    for other in catalogue.signatures:
        if other.id != new.id and any(diagnose(one, with_new).signature == new.id for one in other.samples):
            yield Problem("takes_over", other.id, f"A sample of {other.id} would be taken for this entry.")
