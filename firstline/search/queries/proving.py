"""Articles held to the questions they were the answer to: where each leads now, and where it would lead after an edit.

Proved is what the desk would do if the same words came again. An edit is judged as if nobody had asked before: there a
question's own vector does not count, since with it no edit could ever matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from firstline.core import html, markdown
from firstline.models_ai import embedder
from firstline.search.models import Part
from firstline.search.queries import articles
from firstline.search.rules import passages, vectors
from firstline.search.rules.ranking import Floats, Ranker, body_said, mean_vectors

NEAR, MOST = 0.4, 200
"""An edit is held to its own questions and to those that it is near to (cosine), the nearest 200: each is ranked twice,
which costs about two milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """A question that `article_id` answers, and the article that is found for it; None when none is."""

    article_id: int
    question: str
    found_id: int | None

    @property
    def holds(self) -> bool:
        """Whether it leads to its own article."""
        return self.found_id == self.article_id


@dataclass(frozen=True, slots=True)
class Moved:
    """A question of `article_id` that would find another article after an edit than it finds now."""

    article_id: int
    question: str
    now_id: int | None
    then_id: int | None


def proofs(article_id: int | None = None) -> Iterator[Proof]:
    """Each question of the article, or of all, beside what it finds among all articles of the desk, stale ones too."""
    index = articles.current_index()
    for text_id, row, question in _asked(index, article_id):
        found = _leads_to(index, index.agent, row, question, own=True)
        yield Proof(index.sources[text_id].article_id, question, found)


def foreseen(article_id: int, drafts: Mapping[int, tuple[str, str]]) -> list[Moved]:
    """The questions that would find another article if these texts (id → title, Markdown) were published.

    Those that already lead elsewhere and would come home are not counted: nobody minds them.
    """
    index = articles.current_index()
    edited = {text_id: _edited(index, text_id, *words) for text_id, words in drafts.items() if text_id in index.sources}
    if not edited:
        return []
    sources = {**index.sources, **edited}
    then = articles.ranker_of(list(sources.values()), index.model)
    rows = {(text_id, question): row for text_id, row, question in _asked_of(sources)}
    moved = []
    for text_id, row, question in _concerned(index, article_id, edited):
        home = index.sources[text_id].article_id
        before = _leads_to(index, index.agent, row, question)
        after = _leads_to(replace(index, sources=sources), then, rows[text_id, question], question)
        if before != after and after != home:
            moved.append(Moved(home, question, before, after))
    return moved


def _concerned(
    index: articles.Index, article_id: int, edited: Mapping[int, articles.Source]
) -> list[tuple[int, int, str]]:
    """The questions that an edit of these texts may touch, those of the article first, then the nearest."""
    asked = list(_asked(index, None))
    own = [one for one in asked if index.sources[one[0]].article_id == article_id]
    others = [one for one in asked if index.sources[one[0]].article_id != article_id]
    stored = index.agent.vectors
    if stored is None or not others:
        return [*own, *others][:MOST]
    versions = [source.vectors for text_id, new in edited.items() for source in (new, index.sources[text_id])]
    near = stored[[row for _text, row, _question in others]] @ _matrix(versions).T
    order = np.argsort(-near.max(axis=1), kind="stable")
    return [*own, *(others[int(i)] for i in order if near[i].max() >= NEAR)][:MOST]


def _matrix(versions: Iterable[tuple[bytes, ...] | None]) -> Floats:
    return vectors.from_bytes([one for version in versions for one in version or ()])


def _asked(index: articles.Index, article_id: int | None) -> Iterator[tuple[int, int, str]]:
    """Text, row among all vectors, and words of each past question."""
    for text_id, row, question in _asked_of(index.sources):
        if article_id is None or index.sources[text_id].article_id == article_id:
            yield text_id, row, question


def _asked_of(sources: Mapping[int, articles.Source]) -> Iterator[tuple[int, int, str]]:
    row = 0
    for text_id, source in sources.items():
        for part, words in source.passages:
            if part == Part.QUESTION:
                yield text_id, row, words
            row += 1


def _leads_to(index: articles.Index, ranker: Ranker[int], row: int, question: str, *, own: bool = False) -> int | None:
    """The article found for the question of that row; `own`: its own vector counts."""
    vector: Floats | None = None
    source_vectors = ranker.vectors
    if source_vectors is not None:
        vector = np.asarray(source_vectors[row], np.float32)
    ranked = ranker.rank(question, vector, 1, unless=None if own else row)
    return index.sources[ranked[0].id].article_id if ranked else None


def _edited(index: articles.Index, text_id: int, title: str, body: str) -> articles.Source:
    """The source with the draft's words; vectors of its questions are kept."""
    source = index.sources[text_id]
    kept = [number for number, (part, _words) in enumerate(source.passages) if part == Part.QUESTION]
    sections = [html.to_text(markdown.render(one)).strip() for one in passages.sections(body)]
    words = [(Part.TITLE.value, title), *((Part.BODY.value, one) for one in sections if one)]
    parts = tuple(words) + tuple(source.passages[number] for number in kept)
    if source.vectors is None or not index.model:
        return replace(source, passages=parts, vectors=None)
    said = [("", (title,) if part == Part.TITLE else body_said(title, text, text)) for part, text in words]
    made = [vectors.to_bytes(one) for one in mean_vectors(said, embedder.load().encode)]
    return replace(source, passages=parts, vectors=(*made, *(source.vectors[number] for number in kept)))
