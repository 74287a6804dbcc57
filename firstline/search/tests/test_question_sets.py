"""Figures over the public question sets, with bars a little below what docs/reference/measured.md says.

One file, so that one process reads each text once.
"""

import functools

import pytest

from firstline.core.rows import read_rows
from firstline.models_ai import embedder, languages, multilingual
from firstline.search import answering, evaluation, training
from firstline.search.rules import confidence
from tests.shared import data


@functools.cache
def model() -> answering.Remembering:
    """MiniLM, reading each text once for all tests here."""
    return answering.Remembering(embedder.load())


@pytest.mark.corpus
@pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")
@pytest.mark.parametrize(("questions", "floor"), [("stackfaq", 0.96), ("npm_real", 0.64), ("pypi_help", 0.93)])
def test_the_right_entry_comes_first_often_enough(questions: str, floor: float) -> None:
    if questions == "pypi_help" and not multilingual.available():
        pytest.skip("no multilingual model; run firstline models install")
    faq = read_rows(data(name, "faq.jsonl.gz") for name in ("stackfaq", "pypi_help", "npm_docs"))
    index = evaluation.Index(evaluation.entries_from(faq), model())
    assert evaluation.evaluate(index, read_rows([data(questions, "queries.jsonl.gz")])).hit1 >= floor


@pytest.mark.corpus
@pytest.mark.skipif(not languages.available(), reason="no model; run firstline models install")
def test_languages_are_told_apart() -> None:
    assert evaluation.evaluate_languages(read_rows([data("pypi_help", "queries.jsonl.gz")])).accuracy >= 0.98


@pytest.mark.corpus
@pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")
def test_answers_by_itself_keep_their_precision() -> None:
    faq = read_rows(data(name, "faq.jsonl.gz") for name in training.SETS)
    questions = read_rows(data(name, "queries.jsonl.gz") for name in ("stackfaq", "npm_real"))
    asked = answering.judge(evaluation.entries_from(answering.kept(faq, 0.3)), questions, model())
    fit_on = answering.rotated(faq, questions, model())
    figures = answering.evaluate(asked, 0.95, confidence.load(), folds=5, fit_on=fit_on)
    assert figures.precision >= 0.95
    assert figures.coverage >= 0.55
    assert figures.ece <= 0.04
