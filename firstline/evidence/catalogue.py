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
    cases: tuple[tuple[str, str], ...] = ()

    def case_of(self, captured: Iterable[str]) -> str:
        """The case type, narrowed by what the patterns captured where the entry tells its codes apart (`cases`)."""
        narrower = dict(self.cases)
        return next((narrower[value] for value in captured if value in narrower), self.case)


@dataclass(frozen=True)
class Wanted:
    """A fact that a good first reply asks for; `facts` name the extracted facts any of which answers it."""

    ask: str
    facts: tuple[str, ...] = ()


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
        return {one.id: one for one in self.signatures}


@cache
def load() -> Catalogue:
    """The catalogue that ships with Firstline, `signatures/*.yaml`; read once per process."""
    folder = files("firstline.evidence").joinpath("signatures")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name not in ("fact_sets.yaml", "__init__.py"))
    texts = [folder.joinpath(name).read_text("utf-8") for name in names if name.endswith(".yaml")]
    return parse("\n".join([folder.joinpath("fact_sets.yaml").read_text("utf-8"), "signatures:", *texts]))


def parse(source: str) -> Catalogue:
    """Catalogue from YAML text; raises CatalogueError for an entry that is incomplete or names unknown things."""
    import yaml  # loaded late: not every process diagnoses

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # six times faster when the C library is there
    data: dict[str, Any] = yaml.load(source, loader)  # noqa: S506 both are safe loaders
    fact_sets = {
        name: tuple(Wanted(entry["ask"], tuple(filter(None, entry.get("fact", "").split("|")))) for entry in entries)
        for name, entries in data["fact_sets"].items()
    }
    signatures = [signature(entry) for entry in data["signatures"]]
    _check(signatures, fact_sets)
    return _ordered(signatures, fact_sets)


def merged(shipped: Catalogue, local: Iterable[Signature]) -> Catalogue:
    """The shipped catalogue with a desk's own entries: one of the same id takes the shipped one's place."""
    entries = {one.id: one for one in (*shipped.signatures, *local)}
    return _ordered(entries.values(), shipped.fact_sets)


def _ordered(signatures: Iterable[Signature], fact_sets: Mapping[str, tuple[Wanted, ...]]) -> Catalogue:
    return Catalogue(tuple(sorted(signatures, key=lambda one: -one.specificity)), fact_sets)


def signature(entry: Mapping[str, Any]) -> Signature:
    """One signature from its mapping, as the YAML has it; raises CatalogueError when a field is missing."""
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
            cases=tuple((str(code), case) for code, case in entry.get("cases", {}).items()),
        )
    except KeyError as missing:
        raise CatalogueError(f"Signature {entry.get('id', '?')} lacks {missing}.") from missing


def _patterns(sources: Iterable[str]) -> tuple[Pattern, ...]:
    return tuple(Pattern(source) for source in sources)


def _check(signatures: list[Signature], fact_sets: Mapping[str, object]) -> None:
    seen: set[str] = set()
    for one in signatures:
        found = faults(one, fact_sets) + (["its id is used twice"] if one.id in seen else [])
        if found:
            raise CatalogueError(f"Signature {one.id}: {'; '.join(found)}.")
        seen.add(one.id)


def faults(one: Signature, fact_sets: Mapping[str, object]) -> list[str]:
    """What is wrong with an entry by itself, each in a few words; empty when nothing is."""
    checks = (
        (f"owner {one.owner} is unknown", one.owner not in OWNERS),
        (
            f"case {one.case} is not of the form ABC-01",
            not all(_CASE.fullmatch(case) for case in (one.case, *dict(one.cases).values())),
        ),
        (f"fact set {one.ask} is unknown", one.ask not in fact_sets),
        ("specificity is not 40 to 100", not 40 <= one.specificity <= 100),
        ("it has no pattern", not (one.any or one.all)),
        ("it has no sample", not one.samples),
        ("it has no fix", not one.fix),
    )
    return [fault for fault, is_so in checks if is_so]


def check_patterns(catalogue: Catalogue) -> None:
    """Compiles every pattern; raises CatalogueError naming the first that is not a regular expression."""
    for one in catalogue.signatures:
        for pattern in (*one.any, *one.all, *one.none):
            try:
                _compiled(pattern.source)
            except re.error as error:
                raise CatalogueError(f"Signature {one.id}: {pattern.source!r}: {error}.") from error
