from typing import Any

import pytest

from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.evidence.validating import repeats_within_repeats, validate_entry

SHIPPED = catalogue.load()
ENTRY: dict[str, Any] = {
    "id": "orbit-quota",
    "family": "orbit",
    "code": "ORB-77",
    "stage": "publish",
    "specificity": 93,
    "owner": "user",
    "case": "PUB-09",
    "cluster": "low",
    "cause": "The organisation's storage is used up.",
    "fix": ["Remove old versions or ask for more storage"],
    "ask": "publish",
    "docs": "https://orbit.example/quota",
    "samples": ["npm ERR! ORB-77 storage quota of organisation acme exceeded"],
    "any": [r"\bORB-77\b"],
}


def kinds(**changes: Any) -> list[str]:
    return [problem.kind for problem in validate_entry({**ENTRY, **changes}, SHIPPED)]


def test_a_good_entry_has_no_problem_and_is_then_recognised() -> None:
    assert validate_entry(ENTRY, SHIPPED) == []
    desk = catalogue.merged(SHIPPED, [catalogue.signature(ENTRY)])
    assert diagnose(ENTRY["samples"][0], desk).signature == "orbit-quota"
    assert len(desk.signatures) == len(SHIPPED.signatures) + 1


def test_an_entry_of_a_known_id_stands_in_its_place() -> None:
    changed = catalogue.signature({**ENTRY, "id": "npm-otp-required", "any": [r"\bEOTP\b"], "samples": ["code EOTP"]})
    desk = catalogue.merged(SHIPPED, [changed])
    assert len(desk.signatures) == len(SHIPPED.signatures)
    assert diagnose("npm ERR! code EOTP", desk).case == "PUB-09"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"cause": ""}, "incomplete"),
        ({"any": "ORB-77"}, "wrong_type"),
        ({"specificity": "high"}, "wrong_type"),
        ({"specificity": 12}, "fault"),
        ({"owner": "nobody"}, "fault"),
        ({"case": "quota"}, "fault"),
        ({"any": ["(ORB"]}, "not_a_pattern"),
        ({"any": [r"(?:ORB-\d+)+ quota"]}, "slow_pattern"),
        ({"any": ["x" * 401]}, "slow_pattern"),
        ({"samples": ["npm ERR! something else"]}, "sample_unmatched"),
        (
            {"samples": ["npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE"], "any": ["resolve"], "specificity": 60},
            "sample_lost",
        ),
        ({"any": [r"\bORB-77\b", r"\bEOTP\b"], "specificity": 99}, "takes_over"),
    ],
)
def test_each_problem_is_named(changes: dict[str, Any], kind: str) -> None:
    assert kind in kinds(**changes)


@pytest.mark.parametrize(
    ("pattern", "is_bad"),
    [
        (r"(a+)+", True),
        (r"(?:\w*,)*x", True),
        (r"(?:[^\n]{2,})+", True),
        (r"(?:a|b)+", False),
        (r"(?:[+*]x)*", False),
        (r"(?:a+)?b+", False),
        (r"\(a+\)+", False),
    ],
)
def test_repeats_within_repeats(pattern: str, is_bad: bool) -> None:
    assert repeats_within_repeats(pattern) is is_bad


def test_no_shipped_pattern_repeats_within_a_repeat() -> None:
    for one in SHIPPED.signatures:
        assert not [p.source for p in (*one.any, *one.all, *one.none) if repeats_within_repeats(p.source)], one.id
