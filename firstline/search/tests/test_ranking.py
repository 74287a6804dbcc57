"""BM25, the fusion of words and vectors, stored vectors, and the figures that the evaluation prints."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstline.core.commands import Commands
from firstline.search import commands, evaluation
from firstline.search.rules import vectors
from firstline.search.rules.ranking import BM25, Entry, Ranker
from firstline.search.rules.words import words

FAQ = [
    Entry("publish", "How do I publish a package?", "Run the publish command in the folder of the package."),
    Entry(
        "eotp", "Publishing asks for a code", "EOTP means that a one-time password is needed.", ("my phone is gone",)
    ),
    Entry("invoice", "Where is my invoice?", "Invoices are in billing."),
]


def unit(*values: float) -> list[float]:
    length = float(np.linalg.norm(values))
    return [value / length for value in values]


def test_bm25_prefers_the_rare_word() -> None:
    index = BM25([words(text) for text in ("publish a package", "publish EOTP", "publish again and again")])
    scores = index.scores(words("publish eotp"))
    assert int(scores.argmax()) == 1
    assert index.coverage(words("eotp"))[1] == pytest.approx(1)
    assert index.coverage(words("eotp"))[0] == 0


def test_bm25_never_exceeds_its_ceiling() -> None:
    index = BM25([["a"] * 50, ["b"]])
    assert 0 < index.scores(["a"])[0] < index.ceiling(["a"])


def test_by_words_alone_only_what_shares_a_word_is_found() -> None:
    found = Ranker(FAQ, None).rank("EOTP invoice", None)
    assert {ranked.id for ranked in found} == {"eotp", "invoice"}
    assert all(0 < ranked.score < 1 and ranked.best is None for ranked in found)


def test_the_nearest_part_decides_and_is_named() -> None:
    rows = np.array(
        [unit(1, 0, 0), unit(1, 1, 0), unit(0, 1, 0), unit(0, 1, 1), unit(0, 0, 1), unit(-1, 0, 0), unit(-1, 0, 1)],
        np.float32,
    )
    found = Ranker(FAQ, rows).rank("phone", np.array([0, 0, 1], np.float32))
    assert found[0].id == "eotp"
    assert FAQ[1].parts()[found[0].best or 0] == ("question", ("my phone is gone",))
    assert found[0].score == pytest.approx(1.03)


def test_title_and_body_are_weighed_and_quoted_codes_count_more_than_plain_words() -> None:
    rows = np.array([unit(1, 0), unit(0, 1), unit(1, 1), unit(1, 1)], np.float32)
    entries = [Entry("a", "E403", "forbidden"), Entry("b", "lost", "phone")]
    found = {one.id: one for one in Ranker(entries, rows).rank("E403", np.array([1, 0], np.float32))}
    assert found["a"].meaning == pytest.approx(0.3)
    assert found["a"].score == pytest.approx(0.5)
    assert found["b"].score == pytest.approx(found["b"].meaning)


def test_a_long_text_is_read_in_windows_each_said_with_its_title_and_its_whole() -> None:
    long = " ".join(str(number) for number in range(130))
    parts = Entry("a", "Numbers", long).parts()
    assert [kind for kind, _said in parts] == ["title", "body", "body", "body"]
    assert parts[2][1] == ("Numbers. " + " ".join(str(number) for number in range(50, 120)), long)


def test_words_break_ties_between_like_vectors() -> None:
    rows = np.tile(np.array(unit(1, 1), np.float32), (7, 1))
    assert Ranker(FAQ, rows).rank("invoice", np.array(unit(1, 1), np.float32))[0].id == "invoice"


def test_named_entries_are_given_though_they_rank_low() -> None:
    found = Ranker(FAQ, None).rank("invoice", None, 1, also=["publish"])
    assert [ranked.id for ranked in found] == ["invoice", "publish"]


def test_a_word_being_typed_finds_its_completions() -> None:
    assert Ranker(FAQ, None).rank("invo", None) == []
    assert Ranker(FAQ, None).rank("invo", None, typing=True)[0].id == "invoice"


def test_vectors_must_fit_the_parts() -> None:
    with pytest.raises(ValueError, match="2 vectors for 7 parts"):
        Ranker(FAQ, np.zeros((2, 3), np.float32))


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_ranking_is_ordered_and_complete(texts: list[str], question: str) -> None:
    entries = [Entry(number, text, "") for number, text in enumerate(texts)]
    rows = np.eye(max(len(texts), 1), 8, dtype=np.float32)[: len(texts)]
    found = Ranker(entries, rows).rank(question, rows[0] if len(rows) else np.zeros(8, np.float32), len(texts) or 1)
    assert [ranked.score for ranked in found] == sorted((ranked.score for ranked in found), reverse=True)
    assert {ranked.id for ranked in found} == set(range(len(texts)))


def test_vectors_survive_storage() -> None:
    vector = np.array(unit(*range(1, 9)), np.float32)
    stored = vectors.to_bytes(vector)
    assert len(stored) == 16
    assert vectors.from_bytes([stored])[0] @ vector == pytest.approx(1, abs=1e-3)
    with pytest.raises(ValueError, match="different models"):
        vectors.from_bytes([stored, stored[:8]])


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_signs_find_the_vector_itself(count: int, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, 64)).astype(np.float32)
    index = vectors.SignIndex(64)
    index.add(list(range(1, count + 1)), rows)
    index.add([1], rows[:1])
    assert len(index) == count
    assert index.nearest(rows[count // 2], 5)[0] == count // 2 + 1


def write(path: Path, *rows: Mapping[str, object], packed: bool = False) -> Path:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def run(*words_: str) -> int:
    registry = Commands()
    commands.add(registry)
    found = registry.find(words_)
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


def test_evaluation_counts_any_label_and_leaves_unlabelled_questions_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faq = write(
        tmp_path / "faq.gz", *({"id": one.id, "title": one.title, "text": one.text} for one in FAQ), packed=True
    )
    asked = write(
        tmp_path / "asked",
        {"text": "invoice", "labels": ["invoice", "other"], "label": "other"},
        {"text": "publish command", "label": "invoice"},
        {"text": "weather", "label": None},
    )
    arguments = ["--faq", str(faq), "--questions", str(asked), "--text-only", "--json"]
    assert run("eval", "retrieval", *arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["n"], report["hit1"], report["entries"], report["engine"]) == (2, 0.5, 3, "text only")


def test_past_questions_join_their_entry(tmp_path: Path) -> None:
    entries = evaluation.entries_from(
        [{"id": "a", "title": "Two factors", "text": "x"}], [{"text": "lost phone", "label": "a"}, {"text": "y"}]
    )
    assert entries[0].questions == ("lost phone",)


def test_a_file_that_is_no_json_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken"
    broken.write_text('{"id": 1\n')
    assert run("eval", "retrieval", "--faq", str(broken), "--questions", str(broken), "--text-only") == 2
    assert "line 1" in capsys.readouterr().err
