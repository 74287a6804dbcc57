"""What speaks for one person, what against, and when two questions are one."""

import pytest

from firstline.handles.rules import SUGGESTED, Handle, Known, bare, likeness, score, signals

LOG = "npm error 404 Not Found - PUT https://registry.example.org/@acme%2fkit - Not found"


def known(channel: str, address: str, name: str = "", *texts: str) -> Known:
    """Somebody with one handle."""
    return Known([Handle(channel, address, name)], texts)


SAME = [
    (known("email", "casey+npm@gmail.com", "Casey"), known("email", "c.asey@googlemail.com", "")),
    (known("email", "casey@contact.example", "Casey Rivers"), known("github", "caseyrivers", "Casey Rivers")),
    (known("email", "casey@contact.example", "Casey Rivers", LOG), known("github", "casey-dev", "casey-dev", LOG)),
    (known("email", "c@contact.example", "C", "On GitHub I am @casey-dev."), known("github", "casey-dev", "casey-dev")),
    (known("email", "c@contact.example", "", "https://github.com/casey-dev"), known("github", "casey-dev", "")),
    (
        known("mastodon", "caseyrivers@hachy.example", "Casey Rivers", "@acme/kit"),
        known("x", "caseyrivers99", "", "@acme/kit"),
    ),
    (known("github", "noor", "noor", "Mail me: noor@contact.example"), known("email", "noor@contact.example", "Noor")),
    (known("bluesky", "crivers.bsky.social", "", LOG), known("email", "casey@contact.example", "Casey Rivers", LOG)),
]
DIFFERENT = [
    (known("email", "casey@contact.example", "Casey Rivers"), known("email", "noor@contact.example", "Noor Haddad")),
    (known("email", "anna@acme.example", "Anna Schmidt", LOG), known("email", "ben@acme.example", "Ben Schmidt", LOG)),
    (known("email", "casey@contact.example", "Casey"), known("github", "casey-dev", "Casey")),
    (known("email", "info@acme.example", ""), known("github", "infosec", "")),
    (known("github", "alexsmith", "Alex"), known("x", "alexjones", "Alex")),
    (known("email", "a@contact.example", "A", "@acme/kit fails"), known("github", "zed", "Zed", "@acme/kit too")),
    (known("email", "dev@contact.example", "Dev"), known("github", "developer", "Developer")),
    (known("email", "x@contact.example", "X", "thanks casey-developer"), known("github", "casey-dev", "")),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_one_person_is_suggested_with_what_speaks_for_it(one: Known, two: Known) -> None:
    assert score(signals(one, two)) >= SUGGESTED
    assert score(signals(two, one)) == score(signals(one, two))
    assert all(signal.words for signal in signals(one, two))


@pytest.mark.parametrize(("one", "two"), DIFFERENT)
def test_two_people_are_not(one: Known, two: Known) -> None:
    assert score(signals(one, two)) < SUGGESTED


def test_m12_a_shared_company_domain_lowers_the_score_and_a_shared_provider_does_not() -> None:
    def pair(domain: str) -> float:
        one, two = (known("email", f"{who}@{domain}", "Sam Okafor") for who in ("sam", "s.okafor"))
        return score(signals(one, two))

    assert pair("acme.example") < pair("gmail.com")


def test_what_people_add_to_a_taken_handle_is_bared() -> None:
    assert bare(Handle("github", "casey-dev")) == "casey"
    assert bare(Handle("email", "CaseyRivers99+npm@contact.example")) == "caseyrivers"
    assert bare(Handle("bluesky", "crivers.bsky.social")) == "crivers"
    assert bare(Handle("github", "dev")) == "dev"


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (f"It fails:\n{LOG}", f"help!\n> {LOG}", True),
        ("Publishing my scoped package gives 404", "404 when publishing a scoped package", True),
        ("Publishing my scoped package gives 404", "How do I add a second owner to our organization?", False),
        ("Hi", "Hi", False),
        ("Thanks, that helped", "npm install hangs behind the company proxy", False),
    ],
)
def test_questions_that_are_one(one: str, two: str, same: bool) -> None:
    assert (likeness(one, two) >= 0.55) is same
