"""The query grammar: pure, and never in want of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.search.rules.grammar import KEYS, Filter, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status:open", [Filter("status", "open")]),
        ("Status:TELL", [Filter("status", "tell_contact")]),
        ("-status:resolved", [Filter("status", "resolved", negated=True)]),
        ('from:"Casey Rivers"', [Filter("from", "casey rivers")]),
        ("assignee:me tag:2fa", [Filter("assignee", "me"), Filter("tag", "2fa")]),
        ("before:2026-03-01 has:log is:mine inbox:desk", None),
    ],
)
def test_operators_become_filters(text: str, expected: list[Filter] | None) -> None:
    query = parse(text)
    assert not query.tsquery
    assert not query.problems
    assert expected is None or list(query.filters) == expected


def test_a_value_that_cannot_be_is_a_problem_with_its_choices() -> None:
    query = parse("status:nonsense has:cheese after:soon E403")
    assert [(problem.key, problem.value) for problem in query.problems] == [
        ("status", "nonsense"),
        ("has", "cheese"),
        ("after", "soon"),
    ]
    assert query.problems[0].choices[0] == "open"
    assert query.tsquery == "'e403'"


def test_words_phrases_and_exclusions_are_joined() -> None:
    query = parse('publish "two factor" -invoice')
    assert query.tsquery == "'publish' & ('two' <1> 'factor') & !('invoic')"
    assert query.words == "publish two factor"


def test_only_exclusions_still_ask() -> None:
    assert parse("-invoice").tsquery == "!('invoic')"


def test_an_unknown_key_is_searched_for_as_it_stands() -> None:
    query = parse("npm:publish")
    assert "'npm:publish'" in query.tsquery
    assert not query.filters


@pytest.mark.parametrize(("text", "number"), [("#1204", 1204), (" #7 ", 7), ("#x", None), ("1204", None)])
def test_a_number_jumps(text: str, number: int | None) -> None:
    assert parse(text).number == number


def test_a_word_being_typed_is_a_prefix() -> None:
    assert parse("lost publi", typing=True).tsquery == "'lost' & ('publi' | 'publi':*)"
    assert parse("publi").tsquery == "'publi'"


def test_stop_words_alone_ask_nothing() -> None:
    assert parse("how do I").is_empty


@given(st.text(max_size=500))
def test_anything_parses(text: str) -> None:
    query = parse(text)
    assert query.is_empty == (not query.tsquery and not query.filters and not query.number)
    assert query.tsquery.count("(") == query.tsquery.count(")")


@given(
    st.lists(st.sampled_from([*(f"{key}:x" for key in KEYS), "word", '"a phrase"', "-no", "status:open"]), max_size=9)
)
def test_every_operator_is_taken_or_refused(tokens: list[str]) -> None:
    query = parse(" ".join(tokens))
    operators = [token for token in tokens if token.split(":")[0] in KEYS]
    assert len(query.filters) + len(query.problems) == len(operators)
