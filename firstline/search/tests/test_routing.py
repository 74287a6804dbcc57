"""Sorting texts by what they are about."""

import json
from pathlib import Path

import pytest

from firstline.core.commands import Commands
from firstline.core.rows import read_rows
from firstline.models_ai import embedder
from firstline.search import answering, commands, routing
from tests.shared import data

needs_model = pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")


def run(*words: str) -> int:
    registry = Commands()
    commands.add(registry)
    found = registry.find(words)
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


def write(path: Path, rows: list[tuple[str, str]]) -> str:
    path.write_text("\n".join(json.dumps({"text": text, "label": label}) for text, label in rows))
    return str(path)


BILLING = [f"{verb} my {what}" for verb in ("where is", "please send", "I need") for what in ("invoice", "receipt")]
LOGIN = [
    f"{verb} my {what}" for verb in ("I forgot", "reset", "cannot use") for what in ("password", "two factor code")
]


@needs_model
def test_texts_are_sorted_and_the_unknown_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = write(tmp_path / "train", [*((text, "billing") for text in BILLING), *((text, "login") for text in LOGIN)])
    test = write(tmp_path / "test", [("the receipt of last month", "billing"), ("my password is lost", "login")])
    assert run("eval", "routing", "--train", train, "--test", test, "--target", "0.5", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["n"], report["accuracy"], report["labels"]) == (2, 1.0, 2)
    assert run("eval", "routing", "--train", train, "--test", test, "--target", "0.99", "--json") == 0
    assert json.loads(capsys.readouterr().out)["abstained"] == 1.0  # twelve texts prove no 99 %


@needs_model
def test_one_label_is_nothing_to_tell_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = write(tmp_path / "alone", [(text, "billing") for text in BILLING])
    assert run("eval", "routing", "--train", alone, "--test", alone) == 2
    assert "two labels" in capsys.readouterr().err


def test_either_a_test_file_or_folds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("eval", "routing", "--train", "x") == 2
    assert "either --test or --cv" in capsys.readouterr().err


@pytest.mark.corpus
@needs_model
def test_support_intents_are_told_from_a_hundred_examples() -> None:
    rows = read_rows([data("nlu_dev", "items.jsonl.gz")])
    figures = routing.cross_validate(rows, answering.Remembering(embedder.load()), 5)
    assert figures.accuracy >= 0.82
