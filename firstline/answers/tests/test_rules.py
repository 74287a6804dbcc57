import pytest

from firstline.answers import rules
from firstline.answers.rules import Strength

ARTICLE = """Your package is still there.

## Get publishing again

1. Ask who you are:

   ```sh
   # not a heading

   npm whoami
   ```

2. Make a new token.

## Files are locked

Stop the editor. EBUSY goes away.

## Why this happens

Long story.

## Still stuck?

Write to us.
"""


def test_an_article_falls_into_sections_and_a_list_keeps_its_code() -> None:
    found = rules.sections(ARTICLE)
    assert [one.heading for one in found] == [
        "",
        "Get publishing again",
        "Files are locked",
        "Why this happens",
        "Still stuck?",
    ]
    steps = found[1].blocks
    assert len(steps) == 1
    assert "# not a heading" in steps[0].markdown
    assert steps[0].markdown.endswith("2. Make a new token.")


def test_the_opening_and_the_fitting_section_are_taken_and_nothing_else() -> None:
    blocks = rules.extract(ARTICLE, "EBUSY: files are locked on Windows")
    assert [one.markdown for one in blocks] == ["Your package is still there.", "Stop the editor. EBUSY goes away."]
    assert rules.extract(ARTICLE, "hello there")[1].heading == "Get publishing again"


def test_the_heading_decides_between_near_sections() -> None:
    body = "Start.\n\n## You have recovery codes\n\nType one.\n\n## No recovery codes left\n\nAsk for recovery.\n"
    assert rules.extract(body, "I have no recovery codes left")[1].markdown == "Ask for recovery."
    assert rules.extract(body, "where do I type one of my recovery codes?")[1].markdown == "Type one."
    assert rules.extract(body, "help", "No recovery codes left\nAsk")[1].markdown == "Ask for recovery."


def test_a_paste_that_nobody_knows_is_weak_at_best() -> None:
    known = rules.strength(cosine=0.9, coverage=1, has_vectors=True, diagnosed=None)
    unknown = rules.strength(cosine=0.9, coverage=1, has_vectors=True, diagnosed=None, is_unknown_paste=True)
    assert (known, unknown) == (Strength.STRONG, Strength.WEAK)


def test_every_block_stands_word_for_word_in_the_article() -> None:
    for block in rules.extract(ARTICLE, "publish"):
        assert block.markdown in ARTICLE


def test_articles_without_headings_and_long_ones() -> None:
    assert [one.markdown for one in rules.extract("One.\n\nTwo.", "x")] == ["One.", "Two."]
    assert rules.extract("", "x") == []
    long = "\n\n".join(["word " * 100] * 10)
    assert sum(len(one.markdown) for one in rules.extract(long, "x")) <= rules.LONGEST


@pytest.mark.parametrize(
    ("cosine", "coverage", "has_vectors", "diagnosed", "expected"),
    [
        (0.7, 0.0, True, None, Strength.STRONG),
        (0.6, 0.0, True, None, Strength.FAIR),
        (0.52, 0.0, True, None, Strength.WEAK),
        (0.2, 0.9, True, None, None),
        (0.2, 0.0, True, 0.9, Strength.STRONG),
        (0.2, 0.0, True, 0.6, Strength.FAIR),
        (0.0, 0.8, False, None, Strength.STRONG),
        (0.0, 0.3, False, None, None),
    ],
)
def test_strength(
    cosine: float, coverage: float, has_vectors: bool, diagnosed: float | None, expected: Strength | None
) -> None:
    found = rules.strength(cosine=cosine, coverage=coverage, has_vectors=has_vectors, diagnosed=diagnosed)
    assert found == expected


def test_the_question_leaves_greeting_log_and_closing_out() -> None:
    text = "Hi there,\n\nmy publish fails since today.\n\nnpm ERR! code E404\nnpm ERR! 404 Not Found\n\nThanks,\nCasey"
    asked = rules.question("Re: AW: Publishing", text, ["npm ERR! code E404"])
    assert asked == "Publishing\nmy publish fails since today. npm ERR! code E404\nnpm ERR! code E404"


def test_greeting_by_name_only_when_it_is_one() -> None:
    assert rules.first_name("Casey Rivers") == "Casey"
    assert rules.first_name("Jean-Luc P.") == "Jean-Luc"
    assert rules.first_name("pelican_dev42") == ""
    assert rules.compose(["Do this."], first_name="Casey") == "Hi Casey,\n\nDo this.\n"
    assert rules.compose(["Do this."], first_name="").startswith("Hi,\n")


def test_links_of_the_help_centre_become_whole_addresses() -> None:
    text = rules.with_source(
        "See [this](/help/x/) and [that](https://a.example/).", title="T", address="https://d/help/t/", base="https://d"
    )
    assert "[this](https://d/help/x/)" in text
    assert "[that](https://a.example/)" in text
    assert text.endswith("The whole article: [T](https://d/help/t/)\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks, that worked!", True),
        ("Perfect, it works now. Casey", True),
        ("Thanks, but it still fails.", False),
        ("Thank you. How do I do it in CI?", False),
        ("My publish fails.", False),
        ("Thanks for nothing.", False),
    ],
)
def test_a_message_of_thanks_needs_no_proposal(text: str, expected: bool) -> None:
    assert rules.is_thanks(text) is expected
