"""Words, stems and PostgreSQL literals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.search.rules import lexemes, passages
from firstline.search.rules.snippets import snippet
from firstline.search.rules.words import STOP_WORDS, chunks, stem, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E403 on PUT", ["e403", "put"]),
        ("my .npmrc file", [".npmrc", "npmrc", "file"]),
        ("@orbit/lantern", ["@orbit/lantern", "orbit", "lantern"]),
        ("package-lock.json", ["package-lock.json", "packag", "lock", "json"]),  # codespell:ignore
        ("node_modules", ["node_modules", "node", "modul"]),  # codespell:ignore
        ("How do I?", []),
        ("Größe übermittelt", ["größe", "übermittelt"]),
        ("パッケージ", ["パッケージ"]),
        ("v1.2.3.", ["v1.2.3", "v1", "2", "3"]),
    ],
)
def test_words_keep_what_developers_paste(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        ("publish", "publishes", "published", "publishing"),
        ("install", "installs", "installed", "installing"),
        ("organization", "organizations"),
        ("policy", "policies"),
        ("delete", "deletes", "deleted", "deleting"),
        ("verify", "verified", "verifies"),
        ("stop", "stopped", "stopping"),
    ],
)
def test_forms_of_a_word_share_their_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize("word", ["e403", "eotp", "2fa", "npm", "yarn", "größen", "access", "status", "this"])
def test_codes_and_short_words_stay(word: str) -> None:
    assert stem(word) == word


@given(st.text(max_size=300))
def test_words_of_anything_are_lower_case_and_never_empty(text: str) -> None:
    found = words(text)
    assert all(found)
    assert all(word == word.lower() for word in found if word.isascii())
    assert not set(found) & (STOP_WORDS - {stem(word) for word in found if word not in STOP_WORDS})


@given(st.text(max_size=300))
def test_chunks_lie_in_the_text_in_order(text: str) -> None:
    spans = [(chunk.start, chunk.end) for chunk in chunks(text)]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_a_vector_has_places_weights_and_marks() -> None:
    literal = lexemes.tsvector("Lost phone", "the phone", ["#log"])
    assert literal == "'lost':1A 'phon':2A,14 '#log'"


def test_quotes_and_backslashes_are_escaped() -> None:
    assert lexemes.quoted("o'br\\ien") == "'o''br\\\\ien'"


@pytest.mark.parametrize(
    ("text", "prefix", "expected"),
    [
        ("publishing", False, "'publish'"),
        ("publi", True, "('publi' | 'publi':*)"),
        ("pu", True, "'pu'"),
        ("package-lock.json", False, "('package-lock.json' | ('packag' <1> 'lock' <1> 'json'))"),
        ("the", False, ""),
        ("…", False, ""),
    ],
)
def test_a_word_becomes_a_query(text: str, prefix: bool, expected: str) -> None:
    assert lexemes.word_query(text, prefix=prefix) == expected


def test_a_phrase_counts_stop_words_as_places() -> None:
    assert lexemes.phrase_query("out of memory") == "('out' <2> 'memori')"


def test_marks_say_what_a_message_carries() -> None:
    assert passages.marks("npm ERR! code E403", attachments=1) == ["#log", "#attachment"]
    assert passages.marks("Hello there") == []


def test_sections_break_before_headings_but_not_in_code() -> None:
    article = "Intro\n\n## First\ntext\n```\n# comment\n```\n## Second\nmore"
    assert passages.sections(article) == ["Intro", "## First\ntext\n```\n# comment\n```", "## Second\nmore"]


def test_a_question_says_a_repeated_subject_once() -> None:
    assert passages.question("Lost phone", "Lost phone, what now?") == "Lost phone, what now?"
    assert passages.question("Lost phone", "What now?") == "Lost phone\nWhat now?"


def test_a_snippet_marks_the_words_asked_for() -> None:
    pieces = snippet("word " * 60 + "then publishing failed with E403 here", "publish e403")
    assert [piece.text for piece in pieces if piece.marked] == ["publishing", "E403"]
    assert pieces[0].text == "… "


@given(st.text(max_size=600), st.text(max_size=40))
def test_a_snippet_is_short_whatever_the_text(text: str, asked: str) -> None:
    assert sum(len(piece.text) for piece in snippet(text, asked)) <= 170
