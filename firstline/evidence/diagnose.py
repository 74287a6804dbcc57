"""Names the known failure behind a paste, says how sure it is, and says "unknown" rather than guess.

Confidence is not a probability. It starts at the specificity of the signature (0 to 100, set per entry in
`signatures/*.yaml`) and is lowered by what we know to mislead:

- the sign stands in a sentence, not in a tool's output: ×0.75, and ×0.4 when it is a few plain words without a code;
- only warnings bear it while the paste holds errors: 35 points of rank, ×0.6;
- the entry is a fallback (specificity under 65): at most 0.6;
- the entry itself is marked as less sure: ×0.95; another case stands within 4 points: ×0.9;
- the paste is one or two lines that no tool began: ×0.85.

Below 0.4 the answer is unknown.
"""

import hashlib
import re
from dataclasses import dataclass

from firstline.evidence import facts as environment
from firstline.evidence.catalogue import Catalogue, Pattern, Signature
from firstline.evidence.normalise import Paste, normalise

UNKNOWN_BELOW = 0.4
FALLBACK_BELOW = 65
MOST_TELLING = 5
WARNING_HANDICAP = 35
WHOLE_MESSAGE = 26  # so many characters of a message are quoted from a tool, not met by chance in a sentence


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a paste says. `signature` is None when unknown; then case, cause, fix and whose are empty too.

    `confidence` is 0 to 1; `missing` are questions a reply should ask; `telling_lines` are numbers (from 0) of at most
    five lines of the original text; `fingerprint` groups equal failures of different people.
    """

    signature: str | None
    case: str | None
    cause: str
    fix: tuple[str, ...]
    whose: str | None
    docs: str
    facts: dict[str, str]
    missing: tuple[str, ...]
    confidence: float
    runners_up: tuple[tuple[str, float], ...]
    fingerprint: str
    telling_lines: tuple[int, ...]
    excerpt: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether a signature was recognised."""
        return self.signature is not None


@dataclass(frozen=True, slots=True)
class _Candidate:
    signature: Signature
    lines: tuple[int, ...]
    rank: float
    confidence: float
    groups: dict[str, str]


def diagnose(text: str, catalogue: Catalogue) -> Diagnosis:
    """Diagnosis of a message or paste; looks at its first 50,000 and last 200,000 code points."""
    paste = normalise(text)
    found = environment.extract(paste)
    candidates = _candidates(paste, catalogue)
    best = candidates[0] if candidates else None
    thin = 0.85 if _is_thin(paste) else 1.0
    if best is None or best.confidence * thin < UNKNOWN_BELOW:
        return _unknown(paste, found, catalogue, candidates)
    signature = best.signature
    case = signature.case_of(best.groups.values())
    others = [one for one in candidates[1:] if one.signature.case not in (signature.case, case)]
    confidence = best.confidence * thin * (0.9 if others and others[0].rank > best.rank - 4 else 1.0)
    found = _with_groups(found, best.groups)
    telling = tuple(paste.lines[index].number for index in best.lines)
    return Diagnosis(
        signature=signature.id,
        case=case,
        cause=signature.cause,
        fix=signature.fix,
        whose=signature.owner,
        docs=signature.docs,
        facts=found,
        missing=_missing(signature.ask, found, catalogue),
        confidence=round(confidence, 2),
        runners_up=tuple((one.signature.id, round(one.confidence, 2)) for one in candidates[1:4]),
        fingerprint=_fingerprint(signature.id, found),
        telling_lines=telling,
        excerpt=tuple(environment.mask_homes(paste.lines[index].text)[:300] for index in best.lines),
    )


def _is_thin(paste: Paste) -> bool:
    """Whether the paste is a sentence or a title that quotes an error, rather than output."""
    spoken = [line.text for line in paste.lines if line.text.strip()]
    return len(spoken) <= 2 and not any(_ERROR_LINE.match(text) or _WARNING.match(text) for text in spoken)


# ---------- candidates ----------

_ERROR_LINE = re.compile(
    r"^\s*(?:[a-z][\w-]{0,20} ERR!|ERROR\b|\[?error\b|fatal\b|FATAL|E: |✖|×|➤ YN|\s*at |Traceback"
    r"|\w*(?:Error|Exception)\b ?[:\[(]|ERR_PNPM|.?ERR_|! |remote: |Caused by:|node:internal"
    r"|Internal Error|Usage ?Error)",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"\bE[A-Z]{3,}\b|\bERR_\w+|\b(?:GET|PUT|POST|DELETE) \d*\s*https?://|\bhttps?://\S+ - |^\d{1,6} \w+ |\w+Error\b"
    r"|[{}]$|^\s+\S+:|\bnpm (?:ERR!|WARN|notice)|\b(?:code|errno|syscall|path) \w|\bYN\d{4}\b|^\s*\^+\s*$|\[SSL: "
    r"|^>>> |^info \w|^Command: |^warning: |^WARNING: |version solving failed|^\s*\+ (?:CategoryInfo|FullyQualified)"
    r"|^(?:denied|unauthorized|toomanyrequests|remote|Caused by):"
    r"|: (?:not found|No such file)|HTTP \d{3}|`[a-z]+(?:-[a-z]+)+`:",
)
_WARNING = re.compile(
    r"^\s*(?:npm WARN|npm ERR! error rolling back|\[?WARN(?:ING)?\b(?!:? Retrying)|warning\b(?!: spurious)"
    r"|➤ YN\d{4}: [│|·\s]*.*warning)",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(  # error lines that every failing npm prints; they say nothing about the cause
    r"^npm ERR!(?:\s*$| (?:Darwin|Linux|Windows_NT|System|argv|command|cwd|node|npm|node -v|npm -v|not ok)\b"
    r"| (?:A complete log|Additional logging|Please include|If you need help|errno -?\d)|     \S+$)"
)
_STACK = re.compile(r"^\s*(?:npm ERR!)?\s*at ")
_CODE_LIKE = re.compile(r"[A-Z]{2,}[A-Z0-9_]{2,}|[A-Z]{2,}-\d|[A-Za-z]\d{3,}|\d{3} |['\"`@/]|\w\.\w|_|\w-\w+-\w")


def _candidates(paste: Paste, catalogue: Catalogue) -> list[_Candidate]:
    copies = [(paste.text, paste.text.lower()), *((copy, copy.lower()) for copy in paste.rejoined)]
    has_errors = any(_says_an_error(line.text) for line in paste.lines)
    found = []
    for signature in catalogue.signatures:
        matches, is_direct = _matches(signature, copies)
        if matches:
            found.append(_candidate(signature, matches, paste, has_errors=has_errors, is_direct=is_direct))
    return sorted(found, key=lambda one: (-one.rank, -one.signature.specificity))


def _says_an_error(line: str) -> bool:
    return bool(_ERROR_LINE.match(line)) and not _WARNING.match(line) and not _BOILERPLATE.match(line)


def _matches(signature: Signature, copies: list[tuple[str, str]]) -> tuple[list[re.Match[str]], bool]:
    """Matches of the signature in the paste, else in a rejoined copy; and whether it was the paste itself."""
    for number, (text, lowered) in enumerate(copies):
        if any(pattern.search(text, lowered) for pattern in signature.none):
            return [], True
        if not all(pattern.search(text, lowered) for pattern in signature.all):
            continue
        patterns: tuple[Pattern, ...] = signature.any or signature.all
        matches = [match for pattern in patterns for match in pattern.each(text, lowered)]
        if matches:
            return matches, number == 0
    return [], True


def _candidate(
    signature: Signature, matches: list[re.Match[str]], paste: Paste, *, has_errors: bool, is_direct: bool
) -> _Candidate:
    indexes = [_index(match, paste, is_direct=is_direct) for match in matches]
    texts = [paste.lines[index].text for index in indexes]
    is_output = any(_is_output(text) for text in texts) or any(_follows_error(index, paste) for index in indexes)
    if not is_direct:
        is_output = any(_is_output(_line_around(match)) for match in matches)
    confidence = signature.specificity / 100
    rank = float(signature.specificity)
    if has_errors and all(_WARNING.match(text) for text in texts):
        rank -= WARNING_HANDICAP
        confidence *= 0.6
    if not is_output:
        quoted = any(_CODE_LIKE.search(match.group()) or len(match.group()) >= WHOLE_MESSAGE for match in matches)
        confidence *= 0.75 if quoted else 0.4
        rank -= 10 if quoted else 30
    if signature.specificity < FALLBACK_BELOW:
        confidence = min(confidence, 0.6)
    if not signature.is_sure:
        confidence *= 0.95
    groups = {name: value for match in matches for name, value in match.groupdict().items() if value}
    return _Candidate(signature, _telling(indexes, paste), rank, confidence, groups)


def _line_around(match: re.Match[str]) -> str:
    return match.string[match.string.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0]


def _follows_error(index: int, paste: Paste) -> bool:
    """Whether the line stands under an error line: tools print what they mean there, without a mark of their own."""
    return index > 0 and bool(_ERROR_LINE.match(paste.lines[index - 1].text))


def _is_output(line: str) -> bool:
    return bool(_ERROR_LINE.match(line) or _WARNING.match(line) or _OUTPUT.search(line))


def _index(match: re.Match[str], paste: Paste, *, is_direct: bool) -> int:
    if is_direct:
        return paste.line_of(match.start())
    start = match.string.rfind("\n", 0, match.start()) + 1
    head = match.string[start : start + 40]
    return next(
        (index for index, line in enumerate(paste.lines) if line.text.startswith(head[: len(line.text)]) and line.text),
        0,
    )


def _telling(indexes: list[int], paste: Paste) -> tuple[int, ...]:
    """At most five lines: those that matched first, then error lines right beside them."""
    chosen = list(dict.fromkeys(indexes))[:MOST_TELLING]
    beside = [index + step for index in chosen for step in (-1, 1)]
    chosen += [index for index in dict.fromkeys(beside) if index not in chosen and _tells(index, paste)]
    return tuple(sorted(chosen[:MOST_TELLING]))


def _tells(index: int, paste: Paste) -> bool:
    if not 0 <= index < len(paste.lines):
        return False
    text = paste.lines[index].text
    return bool(_ERROR_LINE.match(text)) and not _STACK.match(text)


# ---------- what is known and what is not ----------


def _unknown(paste: Paste, found: dict[str, str], catalogue: Catalogue, candidates: list[_Candidate]) -> Diagnosis:
    errors = [index for index, line in enumerate(paste.lines) if _ERROR_LINE.match(line.text)]
    telling = errors[:MOST_TELLING]
    has_paste = bool(errors) or len(found) >= 2
    return Diagnosis(
        signature=None,
        case=None,
        cause="",
        fix=(),
        whose=None,
        docs="",
        facts=found,
        missing=_missing(_likely_set(found), found, catalogue) if has_paste else (),
        confidence=0.0,
        runners_up=tuple((one.signature.id, round(one.confidence, 2)) for one in candidates[:3]),
        fingerprint=_fingerprint("unknown", found) if has_paste else "",
        telling_lines=tuple(paste.lines[index].number for index in telling),
        excerpt=tuple(environment.mask_homes(paste.lines[index].text)[:300] for index in telling),
    )


def _likely_set(found: dict[str, str]) -> str:
    if found.get("tool") in ("pip", "twine"):
        return "pypi"
    if found.get("method") == "PUT" or " publish" in found.get("command", ""):
        return "publish"
    return "native" if "gyp_log" in found else "install"


def _missing(ask: str, found: dict[str, str], catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(
        wanted.ask for wanted in catalogue.fact_sets.get(ask, ()) if not any(fact in found for fact in wanted.facts)
    )


_GROUP_FACTS = (("pkg", "package"), ("req", "package"), ("host", "host"), ("status", "status"), ("script", "script"))


def _with_groups(found: dict[str, str], groups: dict[str, str]) -> dict[str, str]:
    """The facts, with what the signature's own patterns captured where the paste said nothing else."""
    captured = {
        fact: value.strip(" .,;:'\"")[:200]
        for name, value in groups.items()
        for prefix, fact in _GROUP_FACTS
        if name.rstrip("0123456789") == prefix
    }
    return captured | found


def _fingerprint(signature: str, found: dict[str, str]) -> str:
    parts = [signature, *(found.get(name, "") for name in ("method", "registry", "status", "package"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
