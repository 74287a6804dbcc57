"""Where model files live, and what their manifest says about them."""

import dataclasses
import hashlib
import json
import os
from importlib import resources
from pathlib import Path

MANIFEST = "manifest.json"
MODEL_FILE = "minilm-int8.onnx"
TOKENIZER_FILE = "tokenizer.json"


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What `manifest.json` states: the model's name, its size, the exporter's version and a sha256 for each file."""

    name: str
    dimensions: int
    exporter: int
    weights_sha256: str
    files: dict[str, str]

    def to_json(self) -> str:
        """The manifest as indented JSON, keys sorted, for `manifest.json`."""
        return json.dumps(dataclasses.asdict(self), indent=2, sort_keys=True) + "\n"


class ManifestError(ValueError):
    """The manifest is there but cannot be read as one."""


def configured() -> Path:
    """The folder that `firstline models install` writes to: `FIRSTLINE_MODELS`, by default `./models`."""
    return Path(os.environ.get("FIRSTLINE_MODELS") or "models").absolute()


def candidates() -> list[Path]:
    """The folders in which models are looked for, in order: the configured one, then the package's own data."""
    return [configured(), Path(str(resources.files("firstline.models_ai"))) / "bundled"]


def find() -> Path | None:
    """The first candidate folder that holds a manifest, or None."""
    return next((folder for folder in candidates() if (folder / MANIFEST).is_file()), None)


def read_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` of a folder. Raises ManifestError when it is no manifest, OSError when it cannot be read."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            name=str(data["name"]),
            dimensions=int(data["dimensions"]),
            exporter=int(data["exporter"]),
            weights_sha256=str(data["weights_sha256"]),
            files={str(name): str(digest) for name, digest in data["files"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(f"{folder / MANIFEST} is not a model manifest: {error}") from error


def sha256_of(path: Path) -> str:
    """The sha256 of a file as lower-case hex; reads it in pieces, so that size does not matter."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """Names of the manifest's files that are missing or whose sha256 differs; empty when all is well."""
    return [
        name
        for name, digest in manifest.files.items()
        if not (folder / name).is_file() or sha256_of(folder / name) != digest
    ]
