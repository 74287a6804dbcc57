"""Questions that mean the same find each other: against SciPy's average linkage, and on labelled questions."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from firstline.config import cli
from firstline.core.commands import WRONG_USE
from firstline.knowledge import evaluation
from firstline.knowledge.rules import grouping
from firstline.models_ai import embedder
from tests.shared import data

ROWS = {"stackfaq/queries": (600, 0.85), "banking77/items": (1000, 0.40), "clinc150/items": (1100, 0.55)}


def spread(size: int, topics: int) -> grouping.Vectors:
    random = np.random.default_rng(size)
    rows = random.normal(size=(topics, 32))[random.integers(topics, size=size)] + random.normal(size=(size, 32)) * 0.7
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("size", [2, 40, 400])
def test_groups_are_those_of_average_linkage(size: int) -> None:
    vectors = spread(size, max(1, size // 8))
    scale = grouping.Scale.of(vectors)
    found = grouping.group(vectors)
    tree = linkage(scale.apply(vectors).astype(float), "average", "cosine")
    for labels, distance in ((found.proposed, scale.propose), (found.merged, scale.merge)):
        expected = fcluster(tree, distance, "distance")
        assert len(np.unique(expected)) == labels.max() + 1
        assert len(np.unique(np.stack([expected, labels], axis=1), axis=0)) == labels.max() + 1


def test_more_questions_than_are_compared_pairwise_are_grouped_by_neighbourhood() -> None:
    size, topics = grouping.EXACT + 900, 40
    random = np.random.default_rng(1)
    truth = random.integers(topics, size=size)
    rows = random.normal(size=(topics, 64))[truth] + random.normal(size=(size, 64)) * 0.3
    found = grouping.group(np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32))
    table = evaluation._table(truth, found.merged)
    assert evaluation.adjusted_rand(table) > 0.99


def test_none_and_one_are_no_trouble() -> None:
    assert grouping.group(np.zeros((0, 8), np.float32)).merged.tolist() == []
    assert grouping.group(spread(1, 1)).merged.tolist() == [0]


def test_a_new_question_joins_the_nearest_group_or_none() -> None:
    vectors = spread(60, 3)
    scale = grouping.Scale.of(vectors)
    labels = grouping.group(vectors).merged
    means = grouping.means_of(scale.apply(vectors), labels)
    assert grouping.nearest(scale.apply(vectors[:1])[0], means, scale.merge) == labels[0]
    assert grouping.nearest(-means[labels[0]], means[labels[0]][None, :], scale.merge) is None


def test_figures_are_those_of_the_literature() -> None:
    same = np.array([[3, 0], [0, 2]])
    mixed = np.array([[2, 1], [1, 2]])
    assert evaluation.adjusted_rand(same) == pytest.approx(1.0)
    assert evaluation.v_measure(same) == pytest.approx(1.0)
    assert evaluation.adjusted_rand(mixed) == pytest.approx(-1 / 9)


def test_a_file_without_labels_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "How do I publish?"}\n')
    assert cli.main(["eval", "gaps", str(file), "--json"]) == WRONG_USE
    assert "label" in capsys.readouterr().err


@pytest.mark.corpus
@pytest.mark.parametrize("name", ROWS)
def test_labelled_questions_are_grouped_as_people_grouped_them(name: str) -> None:
    number, floor = ROWS[name]
    rows = [row for row in evaluation_rows(name) if row["label"] != "oos"]
    rows.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
    chosen = rows[:number]
    found = evaluation.evaluate([row["text"] for row in chosen], [row["label"] for row in chosen], embedder.load())
    assert found.ari >= floor
    assert name != "stackfaq/queries" or found.pair_precision >= 0.95


def evaluation_rows(name: str) -> list[dict[str, str]]:
    lines = gzip.decompress(data(f"{name}.jsonl.gz").read_bytes()).decode().splitlines()
    return [json.loads(line) for line in lines]
