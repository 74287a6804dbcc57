"""What a draft for a public place holds that came only from private messages or notes (audience guard)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from firstline.evidence import secrets
from firstline.wording.words import STOP_WORDS, stem, words

_MAIL = re.compile(
    r"[\w.+-]+\s*(?:@|\(at\)|\[at\]|\bat\b)\s*[\w-]+(?:\s*(?:\.|\(dot\)|\[dot\]|\bdot\b)\s*[\w-]+)+", re.IGNORECASE
)
_NUMBERISH = re.compile(
    r"(?<![\w.])(?:\+?\d[\d ()-]{7,}\d|(?:\d{1,3}\.){3}\d{1,3}|[A-Z]{2,}[-_ #]?\d[\w-]{2,}|#\d{4,}|\d{5,}"
    r"|[$€£]\s?\d[\d.,]*\d?|\d[\d.,]*\s?(?:EUR|USD|GBP|€|dollars|euros?|pounds))(?![\w])"
)
_CODE = re.compile(
    r"^(?:E[A-Z]*\d{3}|ERR[\w-]*|E\d+|SHA\d+|HTTP\d*|UTF-?\d+|AES-?\d+|CVE-\d+.*|RFC ?\d+|ISO-?\d+|TLS.*"
    r"|GHSA.*|WIN32|X64|NODE\d+)$",
    re.IGNORECASE,
)
_SCOPED = re.compile(r"@[a-z0-9][\w.-]*/[\w.-]+", re.IGNORECASE)
_HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:internal|local|corp|lan|intra|intranet|private)\b", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s)>\]]+", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<![\w@/.-])[A-ZÀ-Ý][a-zà-ÿ]{2,}(?![A-Za-z])")
_PROPER_NAMES = (
    re.compile(
        r"(?<![.!?:\n] )(?<!^)(?<![\w@/.-])([A-ZÀ-Ý][a-zà-ÿ]{2,}(?:[ -][A-ZÀ-Ý][a-zà-ÿ]+)*)(?![A-Za-z])", re.MULTILINE
    ),
    re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Hr|Fr|Herr|Frau|Prof|Sr|Sra)\.? ([A-ZÀ-Ý][a-zà-ÿ]{2,})"),
    re.compile(
        r"(?:^|[.!?:\n] )([A-ZÀ-Ý][a-zà-ÿ]{2,} [A-ZÀ-Ý][a-zà-ÿ]{2,})(?=[,.\n]|\Z| (?:is|was|from|at|wants|has)\b)"
    ),
    re.compile(r"^[-–—\s]*([A-Z][a-zà-ÿ]{2,}(?: [A-Z][a-zà-ÿ]+)?)\s*$", re.MULTILINE),
)
_KNOWN_PROPER_TEXT = (
    "github gitlab npm node windows linux macos mac ubuntu debian docker python java javascript typescript "
    "yarn pnpm google microsoft amazon azure apple chrome firefox safari"
    " jenkins travis circleci actions english german french monday tuesday wednesday thursday friday "
    "saturday sunday january february march april june july august"
    " september october november december internet react server desktop cloud studio office code script core "
    "docs support team policy frankfurt america europe asia africa react angular vue webpack babel alpine "
    "fedora powershell bash twitter mastodon bluesky slack discord verdaccio artifactory nexus"
    " cloudflare fastly openssl express eslint jest vite rollup electron hello thanks thank please sorry "
    "orbit firstline settings organisation organization account security"
)
_KNOWN_PROPER = frozenset(_KNOWN_PROPER_TEXT.split())
_FACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "plan",
        re.compile(
            r"\b(?:enterprise|premium|pro|teams?|free|trial|paid|business|starter) (?:plan|tier|subscription"
            r"|account|customer|licen[cs]e|contract)\b|\b(?:on|under) (?:an?|your|the) (?:enterprise|trial"
            r"|premium|pro) \b|\bcontracts?\b|\byour (?:subscription|trial)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "payment",
        re.compile(
            r"\b(?:invoices?|billing|refund\w*|charge[ds]?|credit card|card (?:was|has|is|on file|expired"
            r"|declined)|payments?|overdue|unpaid|past due|chargeback|bank|vat|grace period)\b",
            re.IGNORECASE,
        ),
    ),
    ("seats", re.compile(r"\b\d+ (?:seats|members|developers|employees|engineers|users)\b", re.IGNORECASE)),
    (
        "sign-in",
        re.compile(
            r"\b(?:2fa|two-factor|recovery codes?|password|authenticator|hardware key|yubikey|lost (?:your|my"
            r"|the) (?:phone|device)|locked out|sso|single sign-on)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "sanction",
        re.compile(
            r"\b(?:suspend\w*|banned|flagged|reported (?:by|for)|abuse report|under investigation"
            r"|complaint against|warning on)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "person",
        re.compile(
            r"\b(?:my|your) (?:boss|manager|employer|company|husband|wife|partner|illness|surgery|hospital"
            r"|sick leave|maternity|depress\w+|job|health|doctor|burn-?out|mother|father|child\w*|layoffs?"
            r"|divorce)\b|\b(?:former|ex-?)[ -]?(?:colleague|employer|boss|partner|manager)\b|\bsick leave\b",
            re.IGNORECASE,
        ),
    ),
    (
        "plans",
        re.compile(
            r"\b(?:acqui(?:re[ds]?|sition)|merger|unreleased|unannounced|launch(?:ing|es)?|going public"
            r"|under nda|nda|secret project|confidential|lawsuit|layoffs?|stealth|embargo\w*)\b",
            re.IGNORECASE,
        ),
    ),
)
_FACT_KINDS = frozenset(kind for kind, _pattern in _FACTS)
_RUN = 4
_MOST = 3
"""How many account facts, and how many quotes, are named of one draft."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that only private texts held: what kind of thing, and the draft's words."""

    kind: str
    words: str


def leaks(draft: str, private: Sequence[str], known: Sequence[str] = (), *, most: int | None = _MOST) -> list[Leak]:
    """What in a public draft came only from `private`: secrets, addresses, numbers, names, account facts, quotes.

    A secret leaks wherever it came from; everything else only when a private text holds it, and none of `known` does:
    what the readers of the public place have before them already. `most` cuts account facts and quotes.
    """
    found = [Leak("secret", one.mask) for one in secrets.find(draft)]
    before_them = set(_shared_with(draft, known))
    shared = [one for one in _shared_with(draft, private) if one not in before_them]
    facts, quotes = [one for one in shared if one.kind in _FACT_KINDS], [one for one in shared if one.kind == "quote"]
    plain = [one for one in shared if one.kind != "quote" and one.kind not in _FACT_KINDS]
    return list(dict.fromkeys([*found, *plain, *facts[:most], *quotes[:most]]))


def _shared_with(draft: str, texts: Sequence[str]) -> list[Leak]:
    """Everything of a draft that the texts hold too, whatever else holds it."""
    said = "\n".join(texts)
    if not said.strip():
        return []
    found = [Leak("address", one) for one in _shared_addresses(draft, said)]
    found += [Leak("number", one) for one in _shared(_NUMBERISH, draft, said) if not _CODE.match(one.strip())]
    found += [
        Leak("name", one)
        for one in (
            *_shared(_SCOPED, draft, said),
            *_shared(_HOST, draft, said),
            *_shared(_URL, draft, said),
            *_names(draft, said),
        )
    ]
    found += [Leak(kind, match.group()) for kind, fact in _FACTS if fact.search(said) for match in fact.finditer(draft)]
    return found + [Leak("quote", one) for one in _quotes(draft, texts)]


def _flat(text: str) -> str:
    return re.sub(
        r"[\s()\[\]-]+", "", re.sub(r"[([]?\bdot\b[)\]]?", ".", re.sub(r"[([]?\bat\b[)\]]?", "@", text.lower()))
    )


def _shared_addresses(draft: str, said: str) -> list[str]:
    known = {_flat(one) for one in _MAIL.findall(said)}
    flat_said = _flat(said)
    found = []
    for one in _MAIL.findall(draft):
        flat = _flat(one)
        if "@" in flat and (flat in known or flat in flat_said):
            found.append(one)
    return found


def _shared(pattern: re.Pattern[str], draft: str, said: str) -> list[str]:
    known = {_flat(match.group()).rstrip(".,:;!?/") for match in pattern.finditer(said)}
    return [match.group() for match in pattern.finditer(draft) if _flat(match.group()).rstrip(".,:;!?/") in known]


def _names(draft: str, said: str) -> list[str]:
    """Names of people, companies and places that a private text holds too."""
    known = {part.lower() for name in _PROPER_NAMES for one in name.findall(said) for part in re.split(r"[ -]", one)}
    return [
        one
        for one in _CAPITALISED.findall(draft)
        if one.lower() in known and one.lower() not in _KNOWN_PROPER and one.lower() not in STOP_WORDS
    ]


def _quotes(draft: str, private: Sequence[str]) -> list[str]:
    """Four meaningful words in a row that a private text has in the same order."""
    known = {run for text in private for run in _runs([stem(word) for word in _meant(text)])}
    plain = _meant(draft)
    runs = _runs([stem(word) for word in plain])
    return [" ".join(plain[start : start + _RUN]) for start, run in enumerate(runs) if run in known]


def _meant(text: str) -> list[str]:
    return [word for word in words(text) if word not in STOP_WORDS and word.isalpha()]


def _runs(line: list[str]) -> list[tuple[str, ...]]:
    return [tuple(line[start : start + _RUN]) for start in range(len(line) - _RUN + 1)]
