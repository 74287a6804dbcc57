"""Who is never asked, decided on plain facts."""

from dataclasses import replace

import pytest

from firstline.surveys import rules
from firstline.surveys.rules import Facts, Why
from firstline.wording import grief


def test_nothing_speaks_against_asking() -> None:
    assert rules.why_not(Facts()) is None


@pytest.mark.parametrize(
    "hard",
    [
        {"sanctioned": True},
        {"grieves": True},
        {"cared_for": True},
        {"covered": True},
        {"reported": True},
        {"sealed": True},
        {"case": "TS-04"},
        {"case": "SEC-01"},
        {"case": "LEG-04"},
        {"case": "AUTH-09"},
        {"case": "AUTH-12"},
    ],
)
def test_never_after_bans_grief_and_safety_cases(hard: dict[str, object]) -> None:
    for other in ({}, {"answered": False}, {"private": False}, {"by_person": False}):
        assert rules.why_not(replace(Facts(), **{**other, **hard})) is Why.SPARED  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (Facts(is_on=False), Why.OFF),
        (Facts(is_resolved=False), Why.OPEN_AGAIN),
        (Facts(answered=False), Why.NOT_ANSWERED),
        (Facts(private=False), Why.PUBLIC),
        (Facts(proved=False), Why.UNPROVED),
        (Facts(by_person=False), Why.MACHINE),
        (Facts(asked_lately=True), Why.LATELY),
        (Facts(wants_no_mail=True), Why.STOPPED),
        (Facts(case="AUTH-01"), None),
    ],
)
def test_every_other_reason_has_its_name(facts: Facts, why: Why | None) -> None:
    assert rules.why_not(facts) is why


@pytest.mark.parametrize(
    "text",
    [
        "The maintainer of this package died last month.",
        "My husband passed away and I can't sign in to his account.",
        "I write for my late father, who owned the organisation.",
        "We are at a funeral this week, please wait.",
        "Unser Kollege ist leider verstorben.",
        "Le mainteneur est décédé en mars.",
        "Mi padre falleció y la cuenta era suya.",
    ],
)
def test_loss_is_heard(text: str) -> None:
    assert grief.speaks_of_loss(text)


@pytest.mark.parametrize(
    "text",
    [
        "The process died with exit code 137.",
        "This is a dead link.",
        "npm died while linking, and the token is dead.",
        "Kill the parent and its children die too.",
        "I lost my phone.",
        "The build is dead slow.",
    ],
)
def test_what_dies_in_a_terminal_is_no_loss(text: str) -> None:
    assert not grief.speaks_of_loss(text)
