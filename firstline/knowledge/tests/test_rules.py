"""Pure decisions about articles: no Django, no database."""

import time

import pytest

from firstline.knowledge.rules import comparing, distilling, naming, starter
from firstline.knowledge.rules.distilling import People

CASEY = People(contact="Casey Moore", agents=("Ada Obi",), keep=("support@orbit.example",), numbers=(1204,))
REPLY = """Hi Casey,

thanks for writing in! The token in your paste has expired, Casey. Casey's package is fine (see #1204).

1. Run `npm whoami` first.
2. Log in again:

```sh
npm login
echo //registry.orbit.example/:_authToken=npm_abcdefghijklmnopqrstuvwxyz0123456789 >> /home/casey/.npmrc
```

Write to casey@corp.example or support@orbit.example from 8.8.4.4. lodash@4.17.21 is fine. Let me know if that helps!

Best,
Ada
Orbit support"""


def test_distilling_keeps_the_answer_and_nothing_of_the_person() -> None:
    found = distilling.distil([REPLY], CASEY)
    assert found.text.startswith("The token in your paste has expired. Your package is fine.")
    assert "1. Run `npm whoami` first.\n2. Log in again:\n\n```sh\nnpm login" in found.text
    assert "support@orbit.example from 192.0.2.1. lodash@4.17.21 is fine." in found.text
    for gone in (
        "Casey",
        "casey",
        "Ada",
        "Best",
        "Hi",
        "thanks",
        "npm_abc",
        "1204",
        "corp.example",
        "8.8.4.4",
        "Let me",
    ):
        assert gone not in found.text, gone
    kinds = {one.kind for one in found.removed}
    assert kinds == {"greeting", "farewell", "signature", "name", "address", "place", "number", "secret"}
    assert all("npm_abc" not in one.text for one in found.removed)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("Hello!\n\nRun npm login.\n\n-- \nAda\nOrbit", "Run npm login."),
        ("Hey there, run npm login.\n\nCheers, Ada", "Run npm login."),
        ("Run npm login.\n\nHope this helps!", "Run npm login."),
        ("Thanks, that log helps. Run npm login.", "Run npm login."),
        ("Run npm login.", "Run npm login."),
        ("Dear Casey,\n\nRun npm login.\n\nKind regards\nAda Obi", "Run npm login."),
        ("Hi Casey,\n\nThanks!\n\nBest,\nAda", ""),
        ("Highlight the line and copy it.", "Highlight the line and copy it."),
        ("Best practice is a scoped token.", "Best practice is a scoped token."),
    ],
)
def test_distilling_frames(reply: str, kept: str) -> None:
    assert distilling.distil([reply], CASEY).text == kept


def test_code_is_never_taken_for_a_farewell_or_a_signature() -> None:
    reply = "Do this:\n\n```sh\nnpm login\n\nthanks\nbest\n```"
    assert distilling.distil([reply], CASEY).text == reply


def test_title_and_question_in_the_readers_words() -> None:
    text = "Hi Ada,\n\nI get E404 on publish. Why does it say not found?\n```\nnpm error\n```\nThanks,\nCasey Moore"
    assert distilling.title_of("Re: [Orbit] Help", text, CASEY) == "Why does it say not found?"
    assert distilling.title_of("Re: AW: E404 on PUT for Casey Moore", text, CASEY) == "E404 on PUT for you"
    assert distilling.question_of("E404 on PUT", text, CASEY) == (
        "E404 on PUT. I get E404 on publish. Why does it say not found?"
    )
    assert "npm_a" not in distilling.question_of("token npm_abcdefghijklmnopqrstuvwxyz0123456789", "", CASEY)


def test_distilling_takes_linear_time() -> None:
    began = time.process_time()
    for hostile in (
        "thanks " * 10_000,
        "`" * 25_000,
        "a@" * 12_000,
        "Casey, " * 8_000,
        "```\n" * 8_000,
        "1.1.1." * 8_000,
    ):
        distilling.distil([hostile], CASEY)
    assert time.process_time() - began < 2


def test_slugs() -> None:
    assert (
        naming.slug_of("404 when publishing usually means a dead token")
        == "404-when-publishing-usually-means-a-dead-token"
    )
    assert naming.slug_of("Żółć & Größe: what?") == "zoc-groe-what"
    assert naming.slug_of("日本語") == "article"
    assert naming.free_slug("new", set()) == "new-2"
    assert naming.free_slug("token", {"token", "token-2"}) == "token-3"


def test_similarity() -> None:
    one = "404 when publishing usually means a dead token"
    assert naming.similarity(one, one) == 1.0
    assert naming.similarity(one, "404 when publishing often means a dead token") > 0.7
    assert naming.similarity(one, "How to invite a colleague") < 0.15
    assert naming.similarity("", one) == 0.0


def test_compare_shows_what_changed_with_two_lines_around() -> None:
    old = "\n".join(f"line {n}" for n in range(12))
    new = old.replace("line 6", "line six")
    lines = comparing.compare(old, new)
    assert [(one.kind, one.text) for one in lines] == [
        ("same", "line 4"),
        ("same", "line 5"),
        ("out", "line 6"),
        ("in", "line six"),
        ("same", "line 7"),
        ("same", "line 8"),
    ]
    assert comparing.compare(old, old) == []


def test_starter_files_are_read_and_bad_ones_named() -> None:
    source = (
        "---\ntitle: A dead token\nslug: dead-token\nsignatures: [npm-e404]\nquestions:\n  - why 404?\n---\n\nText.\n"
    )
    found = starter.parse_starter(source)
    assert (found.slug, found.title, found.signatures, found.questions) == (
        "dead-token",
        "A dead token",
        ("npm-e404",),
        ("why 404?",),
    )
    assert found.body == "Text.\n"
    for bad in ("no front matter", "---\ntitle: x\n---\nbody", "---\n[\n---\nbody"):
        with pytest.raises(starter.BadStarter):
            starter.parse_starter(bad)


def test_a_question_is_what_the_person_said_and_not_what_the_tool_printed() -> None:
    text = "our mirror answers 404. Where does the token go?\nEvery time.\n\nnpm error code E404\n    at Foo (a.js)"
    assert distilling.question_of("Help", text, CASEY) == "Our mirror answers 404. Where does the token go? Every time."
    assert distilling.question_of("Help", "npm error code E404\nnpm error 404", CASEY) == "Npm error code E404"
    assert distilling.question_of("404 behind a mirror", "", CASEY) == "404 behind a mirror"
