"""Writes docs/reference/requirements.md: what the desk must do about moderation (M), the people who do it (W),
detectors (D) and personal data (P), with the tests that hold each: `make docs`.

A test bears the numbers that it holds in its name: `test_m03_m04_blocked_there_and_unblocked_when_it_is_over`.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "requirements.md"
HEAD = """\
# Requirements of trust, wellbeing, detection and data protection

Each has tests whose names begin with its number. Where a test bears another name, its file is named; what is not
built says so. This page is written by `make docs` and compared by a test.

| number | what | held by |
|---|---|---|
"""
REQUIREMENTS = {
    "M-01": "every change is an event; states can be derived from events alone",
    "M-02": "measures end by themselves; a ban needs a second person",
    "M-03": "expiry within five minutes, on other platforms too, failures tried again and told",
    "M-04": "every act has an inverse that restores what was before",
    "M-05": "no decision without reason, policy version, evidence",
    "M-06": "evidence is kept before the decision and shows tampering",
    "M-07": "what a platform cannot do is shown, with the manual step",
    "M-08": "statement of reasons that names nobody of us and no reporter",
    "M-09": "appeal without an account, decided by somebody else",
    "M-10": "reports of muted reporters change nothing",
    "M-11": "one bad day is no pattern",
    "M-12": "signs of a return raise a case, never a ban",
    "M-13": "addresses are normalised for matching only",
    "M-14": "quarantine keeps everything under a named cause",
    "M-15": "brigade mode: limits, covers and slows at once, ends by itself",
    "M-16": "the sealed path: named people, no copies",
    "M-20": "nobody changes the audit unseen",
    "M-21": "reads of covered content, exports and changes of access are audited",
    "M-22": "public report in figures, small groups left out",
    "M-23": "one decision as the DSA's database wants it",
    "W-01": "severe content is covered on every surface",
    "W-02": "a cover says what it covers; everything can be done without looking",
    "W-03": "looking is stepwise, on purpose, and ends by itself",
    "W-04": "no word claims that a cover protects",
    "W-05": "people choose what they never get",
    "W-06": "handing over takes one key and no reason",
    "W-07": "who has seen enough today gets nothing hard",
    "W-08": "hard cases are shared evenly and spread out",
    "W-09": "near copies cost no further look",
    "W-10": "abuse aimed at somebody by name goes to somebody else",
    "W-11": "after something severe a buddy checks in and learns nothing of it",
    "W-12": "what one person saw is theirs alone; deleted after 180 days",
    "W-13": "anybody can pause",
    "W-14": "anonymous self-check, each quarter",
    "W-15": "team totals of exposure and hand-over",
    "W-16": "covers and reveals are told to screen readers",
    "D-01": "a detector covers and routes, and does nothing else",
    "D-02": "everything works without a network",
    "D-03": "a verdict says why and by which version",
    "D-04": "developers' jargon and frustration stay uncovered",
    "D-05": "insults, threats and danger are found",
    "D-06": "quality by feedback, with its interval, by language",
    "D-07": "erased people leave the next model",
    "D-08": "spamd and rspamd behind one contract",
    "D-09": "clamd withholds what it finds, and what it could not look at",
    "D-10": "pictures are handled in a process of their own",
    "D-11": "known pictures are found mirrored and turned",
    "D-12": "deceiving links and names are marked",
    "D-13": "remote detectors are off, and see redacted text",
    "D-14": "helplines and contacts are set before the desk goes live",
    "P-01": "each field has a class and a rule of retention",
    "P-02": "a person's export holds them and nobody else",
    "P-03": "after erasure nothing of the person is anywhere",
    "P-04": "holds and marks survive with reason, end and keyed hashes alone",
    "P-05": "the audit stays whole after an erasure",
    "P-06": "retention by class, counted before, twice as once",
    "P-07": "a restored backup is erased again",
    "P-08": "no request to third parties from any page",
    "P-09": "notes and scores are in no export that an agent sends",
    "P-10": "secrets are found before anything is stored",
    "P-11": "a secret is sealed, shown once, shredded",
    "P-12": "a reply with a secret is held back",
    "P-13": "the sender is told what to revoke, without any part of it",
    "P-14": "GitHub revokes on an agent's word, without an account",
    "P-15": "the operator's own tokens: a hook",
    "P-16": "rates and speed of the secret scan",
    "P-17": "secrets in public: advice, and hiding the comment",
}
ELSEWHERE = {
    "M-14": "firstline/intake/tests/test_process.py",
    "M-20": "firstline/events/tests/test_audit.py",
    "D-02": "conftest.py",
    "P-08": "tests/security/test_s14_s17_hostile_content.py",
    "P-12": "tests/test_marker.py",
    "P-16": "firstline/evidence/tests/test_secret_rates.py",
}
"""Built, and held by tests that bear another name."""
NOT_BUILT = {
    "D-08",
    "D-09",
    "D-13",
}
"""Not built, or built in part without a test that would hold it."""
_NAME = re.compile(r"def (test_((?:[mwdp]\d\d_)+)\w*)")


def found() -> dict[str, list[str]]:
    """The tests of each number: file and name."""
    tests: dict[str, list[str]] = {}
    for folder in ("firstline", "tests"):
        for file in sorted((ROOT / folder).rglob("test_*.py")):
            for name, numbers in _NAME.findall(file.read_text()):
                for number in numbers.strip("_").split("_"):
                    place = f"{file.relative_to(ROOT).as_posix()}::{name}"
                    tests.setdefault(f"{number[0].upper()}-{number[1:]}", []).append(place)
    return tests


def page() -> str:
    """The page's text."""
    tests = found()
    return HEAD + "".join(f"| {number} | {what} | {_held(number, tests)} |\n" for number, what in REQUIREMENTS.items())


def _held(number: str, tests: dict[str, list[str]]) -> str:
    if number in tests:
        files = dict.fromkeys(place.partition("::")[0] for place in tests[number])
        return ", ".join(f"`{file}`" for file in files)
    if number in ELSEWHERE:
        return f"`{ELSEWHERE[number]}`, by another name"
    return "**not built**"
