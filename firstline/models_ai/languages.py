"""Which language a text is in: fastText's lid.176 (Joulin et al. 2016), 0.9 MB, about 0.1 ms a text."""

import functools
import re
import threading
from pathlib import Path
from typing import Any, NamedTuple

from firstline.models_ai import folder
from firstline.models_ai.embedder import ModelMissing

FILE = "lid.176.ftz"
SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
LONGEST = 2000
ENGLISH = "en"

FEW_WORDS = 3

_QUOTED = re.compile(r"\S*[\d@/_=<>{}\[\]\\]\S*|\S*\w[.:-]\w\S*")
_SLOVAK = re.compile("[ľĺŕôä]")
_CZECH = re.compile("[řěů]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_lock = threading.Lock()


class Language(NamedTuple):
    """An ISO 639 code (two letters where there are two, "" when unknown) and the model's probability, 0 to 1."""

    code: str
    probability: float


def detect(text: str) -> Language:
    """The language of a text; ("", 0) for a text without a letter. Raises ModelMissing.

    Two mistakes of the model on short texts are mended by spelling: Slovak taken for Czech, Chinese for Japanese.
    """
    flat = " ".join(text[:LONGEST].split())
    if not any(character.isalpha() for character in flat):
        return Language("", 0.0)
    labels, probabilities = _load().predict(flat)
    code = labels[0].removeprefix("__label__")
    if code == "cs" and _SLOVAK.search(flat.lower()) and not _CZECH.search(flat.lower()):
        code = "sk"
    elif code == "ja" and _HAN.search(flat) and not _KANA.search(flat):
        code = "zh"
    return Language(code, min(1.0, float(probabilities[0])))


def is_foreign(text: str, *, least: float = 0.4) -> bool:
    """Whether a text is surely not English. Codes, names and one or two plain Latin words count as English, which
    they are in any language. False without the model.
    """
    text = _QUOTED.sub(" ", text[: 2 * LONGEST])  # its cost grows with the square of a hostile text
    if text.isascii() and len(text.split()) < FEW_WORDS:
        return False
    try:
        found = detect(text)
    except ModelMissing:
        return False
    return found.code not in ("", ENGLISH) and found.probability >= least


def available() -> bool:
    """Whether the model's file is there."""
    return (folder.configured() / FILE).is_file()


def _load() -> Any:
    with _lock:
        return _model(str(folder.configured() / FILE))


@functools.cache
def _model(path: str) -> Any:
    import fasttext

    place = Path(path)
    if not place.is_file() or folder.sha256_of(place) != SHA256:
        raise ModelMissing(f"{path} is missing or damaged. Run: firstline models install")
    return fasttext.load_model(path)
