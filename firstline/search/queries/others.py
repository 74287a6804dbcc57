"""Articles for questions in other languages: titles and past questions in the multilingual model's vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firstline.models_ai import multilingual
from firstline.models_ai.embedder import ModelMissing
from firstline.search.models import OtherVector
from firstline.search.rules import vectors
from firstline.search.rules.passages import digest
from firstline.search.rules.ranking import Entry, Ranked, Ranker

LIMIT = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """An article text by what may be asked for it."""

    text_id: int
    is_public: bool
    title: str
    questions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Others:
    """An index for each audience."""

    public: Ranker[int]
    agent: Ranker[int]


def build(asked: Iterable[Asked]) -> Others | None:
    """The index of all texts whose title has its vector; None while nobody has written in another language."""
    rows = OtherVector.objects.filter(model=multilingual.MultilingualE5.sha256).values_list("digest", "vector")
    known = {name: bytes(vector) for name, vector in rows}
    if not known:
        return None
    everything = list(asked)
    public = [one for one in everything if one.is_public]
    agent = _ranker(everything, known)
    return Others(agent if len(public) == len(everything) else _ranker(public, known), agent)


def _ranker(asked: list[Asked], known: dict[str, bytes]) -> Ranker[int]:
    entries: list[Entry[int]] = []
    stored: list[bytes] = []
    for one in asked:
        if digest(one.title) in known:
            questions = tuple(text for text in one.questions if digest(text) in known)
            entries.append(Entry(one.text_id, one.title, "", questions))
            stored += [known[digest(text)] for text in (one.title, *questions)]
    return Ranker(entries, vectors.from_bytes(stored) if stored else None)


def nearest(ranker: Ranker[int], question: str, *, also: Sequence[int]) -> list[Ranked[int]] | None:
    """The nearest texts whatever the language, without their parts; None where the model is not installed.

    By vectors alone: words mislead between languages (models-and-data.md 4.3).
    """
    try:
        vector = multilingual.load().encode([question])[0]
    except ModelMissing:
        return None
    return ranker.rank("", vector, LIMIT, also=also)
