"""Finds and masks credentials and payment numbers in text, before anything of it is stored, shown or sent.

Bars and classes: trust-and-safety P-10, P-11, P-16. Three kinds of pattern: credentials that their own prefix betrays
(`tokens_known`), those that only a label, header, URL or checksum betrays (`tokens_labelled`), and those that only the
format of a file or command does (`tokens_places`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from firstline.evidence import tokens_known, tokens_labelled, tokens_places
from firstline.evidence.tokens_known import Hit

DOTS = "••••"

# So few possible values that even four digits of a hash would help to guess them: shown by their kind instead.
GUESSABLE = frozenset(
    {
        "one_time_code",
        "recovery_code",
        "payment_card",
        "iban",
        "password",
        "npmrc_password",
        "url_password",
        "netrc_password",
        "jdbc_password",
    }
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret found in a text: its kind and its span in code points; `fingerprint` is "" for guessable kinds.

    `fingerprint` is the first four hex digits of the secret's SHA-256: enough to see that two masks hide the same
    secret, too little to confirm a guess of a generated token.
    """

    kind: str
    start: int
    end: int
    fingerprint: str
    prefix: str = ""

    @property
    def mask(self) -> str:
        """What stands in the text instead, such as `npm_••••(sha256:ab12)`."""
        return f"{self.prefix}{DOTS}({'sha256:' + self.fingerprint if self.fingerprint else self.kind})"


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with every secret replaced, and the secrets with their spans in the text as it was before."""

    text: str
    secrets: tuple[Secret, ...]


def find(text: str) -> list[Secret]:
    """All secrets of the text in order, without overlaps. Text that is masked already holds none."""
    found = [*tokens_known.hits(text), *tokens_labelled.hits(text), *tokens_places.hits(text)]
    return [_secret(text, hit) for hit in _without_overlaps(found) if "•" not in text[hit.start : hit.end]]


def mask(text: str) -> Masked:
    """The text with each secret replaced by a mask that keeps its prefix and a short hash."""
    secrets = find(text)
    return Masked(replace(text, secrets), tuple(secrets))


def replace(text: str, secrets: Sequence[Secret]) -> str:
    """The text with the given spans replaced by their masks; `secrets` in order and not overlapping."""
    parts: list[str] = []
    position = 0
    for secret in secrets:
        parts += [text[position : secret.start], secret.mask]
        position = secret.end
    return "".join([*parts, text[position:]])


def _secret(text: str, hit: Hit) -> Secret:
    value = text[hit.start : hit.end].encode("utf-8", "surrogatepass")
    fingerprint = "" if hit.kind in GUESSABLE else hashlib.sha256(value).hexdigest()[:4]
    return Secret(hit.kind, hit.start, hit.end, fingerprint, hit.prefix)


def _without_overlaps(hits: list[Hit]) -> list[Hit]:
    """Overlapping candidates become one that covers them all and bears the name of the first, most telling rule."""
    merged: list[Hit] = []
    for hit in sorted(hits, key=lambda one: one.start):
        if not merged or hit.start >= merged[-1].end:
            merged.append(hit)
            continue
        last = merged[-1]
        end = max(last.end, hit.end)
        whole = hit if hit.prefix and not last.prefix and hit.start == last.start else last
        prefix = whole.prefix if whole.start == last.start else ""
        merged[-1] = Hit(whole.kind, last.start, end, prefix)
    return merged
