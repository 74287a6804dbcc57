"""One case for each thing that a check must tell apart."""

import pytest

from firstline.wording import audience, drafts
from firstline.wording.drafts import Known

GOOD = "Hi Casey,\n\nplease create a new token under Settings > Tokens and publish again."


def loud(draft: str, incoming: str = "My publish fails with E404.", known: Known | None = None) -> set[str]:
    """The checks that block or warn."""
    found = drafts.check(incoming, draft, known or Known("Casey Miller", ("orbit-kit",)))
    return {one.check for one in found if one.level != "hint"}


def test_a_good_reply_passes() -> None:
    assert loud(GOOD) == set()


def test_an_empty_draft_has_nothing_to_check() -> None:
    assert drafts.check("Anything?", "  \n", Known()) == []


@pytest.mark.parametrize(
    ("draft", "check"),
    [
        ("Hi {{name}},\n\nrun `npm login`.", "placeholder"),
        ("Hi Robert,\n\nrun `npm login`.", "wrong_name"),
        ("Hi Casey,\n\nrun `npm owner ls orbit-kot`.", "wrong_name"),
        ("Hi Casey,\n\nyou should have read the docs. Run `npm login`.", "blame"),
        ("Hi Casey,\n\nrun `npm login`. It will be fixed by Friday.", "promise"),
        ("Hi Casey,\n\nrun `sudo npm install`.", "risky_command"),
        ("Hi Casey,\n\nwrite to someone.else@mailbox.test and ask.", "private_data"),
        ("Hi Casey,\n\nwe know about the problem. Sorry!", "no_next_step"),
    ],
)
def test_each_fault_is_named(draft: str, check: str) -> None:
    assert check in loud(draft)


@pytest.mark.parametrize(
    "draft",
    [
        "Hi Casey,\n\nput `${{ secrets.NPM_TOKEN }}` into the workflow.",
        "Hi Casey,\n\nrun:\n\n```\nnpm owner add <user> <package>\n```",
        "Hi Casey,\n\nplease never run `sudo npm install`; set a prefix instead.",
        "Hi Casey,\n\nI can't promise when it will be fixed. Pin 10.9.0 until then.",
        "Hi Casey,\n\nthe fix shipped in 4.2.1, please update.",
        "Hi Casey,\n\nnobody else has signed in. Please change your password.",
        "Hi Casey,\n\nyou rename it under Settings > Package.",
    ],
)
def test_what_only_looks_like_a_fault_passes(draft: str) -> None:
    assert loud(draft) == set()


def test_advice_given_before_warns_unless_it_is_owned_up_to() -> None:
    known = Known("Casey", (), ("clear your cookies and log in again",))

    assert "same_advice" in loud("Hi Casey,\n\nplease clear your cookies and log in.", known=known)
    assert "same_advice" not in loud(
        "Hi Casey,\n\nyou already cleared your cookies, so try another browser.", known=known
    )


def test_a_second_question_must_be_spoken_to() -> None:
    incoming = "My publish fails with E404. Also, how do I change my email address?"

    assert "question_untouched" in loud("Hi Casey,\n\nplease create a new token.", incoming)
    assert "question_untouched" not in loud(
        "Hi Casey,\n\nplease create a new token. You change the address under Settings > Email.", incoming
    )


def test_what_the_person_told_anyhow_answers_no_question() -> None:
    incoming = "My scope publish fails. Do I need a new token? And who of my scope members may publish at all?"

    assert "question_untouched" in loud("Hi Casey,\n\nyes, please create a new token and publish again.", incoming)


def test_only_what_a_private_text_holds_is_a_leak() -> None:
    private = ["I'm Casey Miller, casey@brightwater.test, order 8841207."]

    assert audience.leaks("Write to casey at brightwater dot test.", private)
    assert audience.leaks("Your order 8841207 is active.", private)
    assert audience.leaks("Your order 8841207 is active.", []) == []
    assert audience.leaks("A 404 while publishing means that the token expired.", private) == []
