"""Recall on made-up secrets of every class, precision on benign lines of logs (P-16); fixed seeds, no stored tokens."""

import time

import pytest

from firstline.evidence import advice, tokens_known
from firstline.evidence.evaluation import score_secrets
from firstline.evidence.secrets import find
from firstline.evidence.tests.made_secrets import rows


@pytest.mark.parametrize("seed", [99, 7])
def test_recall_and_precision_on_made_up_lines(seed: int) -> None:
    made = list(rows(seed))
    secrets = [row for row in made if row["spans"]]
    assert len(secrets) >= 400
    assert len({row["kind"] for row in secrets}) >= 16
    assert len(made) - len(secrets) >= 500
    score = score_secrets(made)
    assert score.recall is not None
    assert score.recall >= 0.98
    assert score.precision is not None
    assert score.precision >= 0.98


def test_there_is_advice_for_every_kind_and_it_holds_nothing_of_the_secret() -> None:
    found = [(row["text"][one.start : one.end], one.kind) for row in rows() for one in find(row["text"])]
    assert len({kind for _, kind in found}) >= 40
    for value, kind in found:
        told = advice.for_kind(kind)
        assert told.name
        assert told.steps
        assert value not in " ".join((told.name, *told.steps, told.where))
    assert advice.for_kind("linear_key").name == "a Linear key"
    assert advice.for_kind("npm_token").where.startswith("https://docs.npmjs.com/")


def test_every_advice_is_for_a_kind_that_can_be_found() -> None:
    kinds = {one.kind for row in rows() for one in find(row["text"])} | {one.kind for one in tokens_known.KNOWN}
    kinds.add(tokens_known.OWN)  # those of the operator's own platform, by a setting
    assert set(advice.load()) - kinds <= {"payment_card", "iban"}


HOSTILE = [
    '"auth":"A', "machine a login ", "default login ", "jdbc:oracle:a:", "sig=A", "<token>a", "-p twine upload ",
    "mysql ", "M" * 24 + ".", "1234567890:AA", ".atlasv1.", "Q~a", "Private-Lines: 1\n" + "A" * 64 + "\n",
    "passwort ist ", "Mm1-",
]  # fmt: skip


@pytest.mark.corpus
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_megabyte_takes_under_two_seconds(piece: str) -> None:
    started = time.process_time()
    find(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 2
