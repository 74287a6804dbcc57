"""The error signatures that a desk knows, loaded once and compiled only as far as a paste asks for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from firstline.evidence.literals import required_literals

FLAGS = re.IGNORECASE | re.MULTILINE
OWNERS = frozenset(
    {"user", "package_author", "network_admin", "registry", "os", "policy", "trust_safety", "engineering"}
)
_CASE = re.compile(r"[A-Z]{2,4}-\d\d")


class CatalogueError(ValueError):
    """The catalogue is wrong; the message names the entry and what is wrong with it."""


@dataclass(frozen=True)
class Pattern:
    """One regular expression with the literals of which one must be present before it is worth running."""

    source: str

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Lower-case strings of which a matching text holds at least one; empty when nothing can be said."""
        return required_literals(self.source)

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """First match in the text; `lowered` is the same text in lower case."""
        if self.literals and not any(literal in lowered for literal in self.literals):
            return None
        return _compiled(self.source).search(text)

    def each(self, text: str, lowered: str) -> list[re.Match[str]]:
        """The first 50 matches in the text."""
        first = self.search(text, lowered)
        if first is None:
            return []
        matches = []
        for match in _compiled(self.source).finditer(text, first.start()):
            matches.append(match)
            if len(matches) == 50:
                break
        return matches


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, FLAGS)


@dataclass(frozen=True)
class Signature:
    """One known failure: how it looks, what causes it, what to do, whose it is, which case type it makes."""

    id: str
    family: str
    code: str
    stage: str
    specificity: int
    owner: str
    case: str
    cause: str
    fix: tuple[str, ...]
    ask: str
    docs: str
    samples: tuple[str, ...]
    any: tuple[Pattern, ...]
    all: tuple[Pattern, ...]
    none: tuple[Pattern, ...]
    is_sure: bool = True
    cluster: str = "low"


@dataclass(frozen=True)
class Wanted:
    """A fact that a good first reply asks for; `fact` names the extracted fact that answers it, or is empty."""

    ask: str
    fact: str = ""


@dataclass(frozen=True)
class Catalogue:
    """Signatures by falling specificity, and the facts each kind of failure needs."""

    signatures: tuple[Signature, ...]
    fact_sets: Mapping[str, tuple[Wanted, ...]]

    def get(self, signature_id: str) -> Signature | None:
        """The signature with this id, if the catalogue has it."""
        return self._by_id.get(signature_id)

    @cached_property
    def _by_id(self) -> dict[str, Signature]:
        return {signature.id: signature for signature in self.signatures}


@cache
def load() -> Catalogue:
    """The catalogue that ships with Firstline; read once per process."""
    return parse(files("firstline.evidence").joinpath("catalogue.yaml").read_text("utf-8"))


def parse(source: str) -> Catalogue:
    """Catalogue from YAML text; raises CatalogueError for an entry that is incomplete or names unknown things."""
    import yaml  # loaded late: not every process diagnoses

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # six times faster when the C library is there
    data: dict[str, Any] = yaml.load(source, loader)  # noqa: S506 both are safe loaders
    fact_sets = {
        name: tuple(Wanted(entry["ask"], entry.get("fact", "")) for entry in entries)
        for name, entries in data["fact_sets"].items()
    }
    signatures = [_signature(entry) for entry in data["signatures"]]
    _check(signatures, fact_sets)
    signatures.sort(key=lambda signature: -signature.specificity)
    return Catalogue(tuple(signatures), fact_sets)


def _signature(entry: dict[str, Any]) -> Signature:
    try:
        return Signature(
            id=entry["id"],
            family=entry["family"],
            code=str(entry["code"]),
            stage=entry["stage"],
            specificity=int(entry["specificity"]),
            owner=entry["owner"],
            case=entry["case"],
            cause=entry["cause"],
            fix=tuple(entry["fix"]),
            ask=entry["ask"],
            docs=entry["docs"],
            samples=tuple(entry["samples"]),
            any=_patterns(entry.get("any", ())),
            all=_patterns(entry.get("all", ())),
            none=_patterns(entry.get("none", ())),
            is_sure=entry.get("confidence", "high") == "high",
            cluster=entry["cluster"],
        )
    except KeyError as missing:
        raise CatalogueError(f"Signature {entry.get('id', '?')} lacks {missing}.") from missing


def _patterns(sources: Iterable[str]) -> tuple[Pattern, ...]:
    return tuple(Pattern(source) for source in sources)


def _check(signatures: list[Signature], fact_sets: Mapping[str, object]) -> None:
    seen: set[str] = set()
    for signature in signatures:
        faults = [
            fault
            for fault, is_so in (
                ("its id is used twice", signature.id in seen),
                (f"owner {signature.owner} is unknown", signature.owner not in OWNERS),
                (f"case {signature.case} is not of the form ABC-01", not _CASE.fullmatch(signature.case)),
                (f"fact set {signature.ask} is unknown", signature.ask not in fact_sets),
                ("specificity is not 40 to 100", not 40 <= signature.specificity <= 100),
                ("it has no pattern", not (signature.any or signature.all)),
                ("it has no sample", not signature.samples),
                ("it has no fix", not signature.fix),
            )
            if is_so
        ]
        if faults:
            raise CatalogueError(f"Signature {signature.id}: {'; '.join(faults)}.")
        seen.add(signature.id)


def check_patterns(catalogue: Catalogue) -> None:
    """Compiles every pattern; raises CatalogueError naming the first that is not a regular expression."""
    for signature in catalogue.signatures:
        for pattern in (*signature.any, *signature.all, *signature.none):
            try:
                _compiled(pattern.source)
            except re.error as error:
                raise CatalogueError(f"Signature {signature.id}: {pattern.source!r}: {error}.") from error
