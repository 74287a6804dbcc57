"""What to tell somebody whose message held a secret: what to revoke and where, by kind; never any part of it (P-13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

OTHER = "labelled_secret"


@dataclass(frozen=True, slots=True)
class Advice:
    """`name` fits into a sentence ("your message held …"); `steps` are to be done now, in order; `where` is a page of
    the issuer, or empty."""

    name: str
    steps: tuple[str, ...]
    where: str


@cache
def load() -> Mapping[str, Advice]:
    """All advice by the kind of secret (`secrets.Secret.kind`); read once per process."""
    import yaml  # loaded late: most processes never advise

    data: dict[str, Any] = yaml.safe_load(files("firstline.evidence").joinpath("advice.yaml").read_text("utf-8"))
    return {kind: Advice(entry["name"], tuple(entry["steps"]), entry["where"]) for kind, entry in data.items()}


def for_kind(kind: str) -> Advice:
    """The advice for a kind; for one that needs nothing of its own, the issuer's name and the general steps."""
    known = load()
    if kind in known:
        return known[kind]
    general = known[OTHER]
    issuer, _, noun = kind.rpartition("_")
    return Advice(f"a {issuer.capitalize()} {noun}" if issuer else general.name, general.steps, general.where)
