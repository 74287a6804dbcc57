"""Articles for a question: an index of all published ones lives in the process and is rebuilt when they change."""

import dataclasses
import enum
import functools
import threading
from typing import Literal

from django.db import connection

from firstline.knowledge.models import Article, Visibility
from firstline.models_ai import embedder, languages, multilingual
from firstline.search.models import IndexState, Learned, Part, Passage, PassageVisibility
from firstline.search.queries import others as other_languages
from firstline.search.queries.others import Asked, Others
from firstline.search.rules import confidence, vectors
from firstline.search.rules.ranking import Entry, Floats, Ranked, Ranker

STATE = "articles"
Audience = Literal["public", "agent"]

# Below these a search result is noise: neither near in meaning nor holding half of what was asked in words.
LEAST_COSINE = 0.35
LEAST_COVERAGE = 0.4


class Engine(enum.StrEnum):
    """How articles are ranked at the moment."""

    HYBRID = "hybrid"
    TEXT = "text"


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """An article text found for a question.

    `score` orders; it is about 0 to 1.1 with vectors, 0 to 1 by words alone. `cosine` (0 without vectors), `bm25` and
    `coverage` (share of the question's word information in the article) are for the confidence model. `passage` is the
    section nearest to the question, `part` where the best match was, `asked` the past question when that was it.
    `confidence` is the calibrated probability that this is the answer, and `features` what it was made of (a row for
    `actions.learning.refit_confidence`); only the best English match by vectors has them. `is_multilingual`: found for
    a question in another language by the model that knows it, whose cosines are of another scale.
    """

    article_id: int
    text_id: int
    revision_id: int | None
    slug: str
    title: str
    language: str
    passage: str
    part: str
    asked: str
    score: float
    cosine: float
    bm25: float
    coverage: float
    parts: dict[str, float]
    has_signature: bool
    confidence: float | None = None
    features: tuple[float, ...] | None = None
    is_multilingual: bool = False


@dataclasses.dataclass(frozen=True)
class Source:
    """One article text in the index; `passages` stand in the order of the ranker's parts."""

    article_id: int
    text_id: int
    revision_id: int | None
    slug: str
    language: str
    signatures: tuple[str, ...]
    is_public: bool
    is_stale: bool
    passages: tuple[tuple[str, str], ...]
    vectors: tuple[bytes, ...] | None

    @property
    def asked(self) -> Asked:
        """Its title and past questions, which is what the multilingual model ranks."""
        questions = [text for part, text in self.passages if part == Part.QUESTION]
        return Asked(self.text_id, self.is_public, self.passages[0][1], questions)

    @functools.cached_property
    def entry(self) -> Entry[int]:
        """What is ranked; kept with the source, so that a rebuild reads only changed articles' words again."""
        bodies = tuple(text for part, text in self.passages if part == Part.BODY)
        questions = tuple(text for part, text in self.passages if part == Part.QUESTION)
        return Entry(self.text_id, self.passages[0][1], "\n".join(bodies), questions, bodies)


@dataclasses.dataclass(frozen=True, slots=True)
class Index:
    database: str
    version: int
    model: str
    sources: dict[int, Source]
    public: Ranker[int]
    agent: Ranker[int]
    confidence: confidence.Confidence
    others: Others | None


_lock = threading.Lock()
_cached: Index | None = None


def retrieve(
    question: str, *, audience: Audience, signature: str | None = None, limit: int = 5, use_vectors: bool = True
) -> list[Hit]:
    """The best articles for a question, best first, one hit an article; may be empty, is never cut at a score.

    `audience="public"` knows public articles only. `signature`: the diagnosed error; articles that name it come first.
    `use_vectors=False` ranks by words and never loads the model. Stale articles answer nothing. Costs one small query,
    the model's 5 ms, and 1 ms.
    """
    index = current_index()
    found = _retrieve(index, question, audience, signature, limit, use_vectors=use_vectors, typing=False)
    return [hit for hit in found if not index.sources[hit.text_id].is_stale]


def search_articles(
    text: str, *, audience: Audience, limit: int = 10, use_vectors: bool = True, typing: bool = False
) -> list[Hit]:
    """As `retrieve`, for a list of results: what is neither near nor holds the words asked for is left out.

    `typing`: the last word may be unfinished, so that all that shares a word is given.
    """
    hits = _retrieve(current_index(), text, audience, None, limit, use_vectors=use_vectors, typing=typing)
    return [hit for hit in hits if typing or hit.cosine >= LEAST_COSINE or hit.coverage >= LEAST_COVERAGE]


def engine() -> Engine:
    """Whether vectors are in use, as the desk says to its people."""
    return Engine.HYBRID if embedder.available() else Engine.TEXT


def _retrieve(
    index: Index,
    question: str,
    audience: Audience,
    signature: str | None,
    limit: int,
    *,
    use_vectors: bool,
    typing: bool,
) -> list[Hit]:
    ranker = index.public if audience == "public" else index.agent
    if not question.strip() or not ranker.entries:
        return []
    if use_vectors and not typing and index.others is not None and languages.is_foreign(question):
        found = _in_other_languages(index, index.others, question, audience, signature)
        if found is not None:
            return _one_an_article(found)[:limit]
    vector = _vector(index, question) if use_vectors else None
    named = [entry.id for entry in ranker.entries if signature and signature in index.sources[entry.id].signatures]
    ranked = ranker.rank(question, vector, 3 * limit, also=named, typing=typing)
    hits = [_hit(index.sources[one.id], one, signature) for one in ranked]
    if vector is not None and not typing:
        hits[:1] = [_with_confidence(index, question, hit, ranked) for hit in hits[:1]]
    return _one_an_article(hits)[:limit]


def _one_an_article(hits: list[Hit]) -> list[Hit]:
    first: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (not hit.has_signature, -hit.score)):
        first.setdefault(hit.article_id, hit)
    return list(first.values())


def _in_other_languages(
    index: Index, others: Others, question: str, audience: Audience, signature: str | None
) -> list[Hit] | None:
    ranker = others.public if audience == "public" else others.agent
    named = [entry.id for entry in ranker.entries if signature and signature in index.sources[entry.id].signatures]
    ranked = other_languages.nearest(ranker, question, also=named)
    if ranked is None:
        return None
    return [_foreign_hit(index.sources[one.id], one, signature) for one in ranked]


def _foreign_hit(source: Source, ranked: Ranked[int], signature: str | None) -> Hit:
    plain = _hit(source, dataclasses.replace(ranked, cosines=()), signature)
    return dataclasses.replace(plain, parts={Part.TITLE.value: ranked.cosine}, is_multilingual=True)


def speaks_other_languages() -> bool:
    """Whether articles can be found for questions in other languages: vectors were made, and the model is there."""
    return current_index().others is not None and multilingual.available()


def confidence_model() -> confidence.Confidence:
    """The confidence model in use: the desk's own, else the shipped one."""
    return current_index().confidence


def is_still_shown(article_id: int, revision_id: int | None, *, audience: Audience) -> bool:
    """Whether a passage found earlier may still be used for this audience: asked again when an answer is sent."""
    shown = Article.objects.filter(pk=article_id, texts__published_revision=revision_id, passages__isnull=False)
    if audience == "public":
        shown = shown.filter(visibility=Visibility.PUBLIC)
    return any(article.is_published and not article.is_stale for article in shown.distinct())


def _with_confidence(index: Index, question: str, hit: Hit, ranked: list[Ranked[int]]) -> Hit:
    """Sections of one article do not rival each other: the lead is that over the next article."""
    seen = {hit.article_id}
    rivals = [ranked[0]]
    for one in ranked[1:]:
        article = index.sources[one.id].article_id
        if article not in seen:
            seen.add(article)
            rivals.append(one)
    figures = None if languages.is_foreign(question) else confidence.features(question, rivals)
    if figures is None:
        return hit
    return dataclasses.replace(hit, confidence=index.confidence.probability(figures), features=figures)


def _vector(index: Index, question: str) -> Floats | None:
    if not index.model:
        return None
    try:
        model = embedder.load()
    except embedder.ModelMissing:
        return None
    if model.sha256 != index.model:  # vectors of two models never meet
        return None
    vector: Floats = model.encode([question])[0]
    return vector


def _hit(source: Source, ranked: Ranked[int], signature: str | None) -> Hit:
    nearest: dict[str, float] = {}
    body, body_cosine = "", -2.0
    for (part, text), cosine in zip(source.passages, ranked.cosines or [0.0] * len(source.passages), strict=True):
        nearest[part] = max(nearest.get(part, -1.0), cosine)
        if part == Part.BODY and cosine > body_cosine:
            body, body_cosine = text, cosine
    part, text = source.passages[ranked.best] if ranked.best is not None else ("text", "")
    named = bool(signature) and signature in source.signatures
    return Hit(
        article_id=source.article_id,
        text_id=source.text_id,
        revision_id=source.revision_id,
        slug=source.slug,
        title=source.passages[0][1],
        language=source.language,
        passage=body,
        part=part,
        asked=text if part == Part.QUESTION else "",
        score=ranked.score,
        cosine=ranked.cosine,
        bm25=ranked.bm25,
        coverage=ranked.coverage,
        parts=nearest if ranked.cosines else {},
        has_signature=named,
    )


def current_index() -> Index:
    """The process's index, rebuilt when articles have changed since."""
    global _cached
    version = IndexState.objects.filter(name=STATE).values_list("version", flat=True).first() or 0
    database = str(connection.settings_dict["NAME"])
    cached = _cached
    if cached is not None and (cached.database, cached.version) == (database, version):
        return cached
    with _lock:
        if _cached is None or (_cached.database, _cached.version) != (database, version):
            _cached = _build(database, version, _cached.sources if _cached else {})
        return _cached


def _build(database: str, version: int, before: dict[int, Source]) -> Index:
    sources = _sources() if version else {}
    models = {model for _source, model in sources.values()}
    plain = {
        text_id: before[text_id] if before.get(text_id) == source else source
        for text_id, (source, _model) in sources.items()
    }
    model = models.pop() if len(models) == 1 else ""
    everything = list(plain.values())
    public = [source for source in everything if source.is_public]
    agent = ranker_of(everything, model)
    outside = agent if len(public) == len(everything) else ranker_of(public, model)
    others = other_languages.build(source.asked for source in everything)
    return Index(database, version, model, plain, outside, agent, _confidence(), others)


def _confidence() -> confidence.Confidence:
    own = Learned.objects.filter(kind="confidence").order_by("-id").values_list("content", flat=True).first()
    return confidence.load(own)


def ranker_of(sources: list[Source], model: str) -> Ranker[int]:
    """A ranker over the sources, by words alone where some have no vectors."""
    entries = [source.entry for source in sources]
    if not model or not all(source.vectors for source in sources):
        return Ranker(entries, None)
    return Ranker(entries, vectors.from_bytes([vector for source in sources for vector in source.vectors or ()]))


def _sources() -> dict[int, tuple[Source, str]]:
    """Article texts by id with the one model of their vectors ("" when some have none)."""
    articles = {article.pk: article for article in Article.objects.filter(passages__isnull=False).distinct()}
    rows: dict[int, list[Passage]] = {}
    for passage in Passage.objects.filter(article__isnull=False).order_by("text_id", "position"):
        if passage.text_id is not None and passage.article_id in articles:
            rows.setdefault(passage.text_id, []).append(passage)
    found = {}
    for text_id, passages in rows.items():
        if passages[0].part != Part.TITLE:
            continue
        models = {passage.model if passage.vector is not None else "" for passage in passages}
        source = _source(text_id, passages, articles[passages[0].article_id or 0])
        found[text_id] = (source, models.pop() if len(models) == 1 else "")
    return found


def _source(text_id: int, passages: list[Passage], article: Article) -> Source:
    stored = [bytes(passage.vector) for passage in passages if passage.vector is not None]
    return Source(
        article_id=article.pk,
        text_id=text_id,
        revision_id=passages[0].revision_id,
        slug=article.slug,
        language=passages[0].language,
        signatures=tuple(article.signatures),
        is_public=passages[0].visibility == PassageVisibility.PUBLIC,
        is_stale=article.is_stale,
        passages=tuple((passage.part, passage.text) for passage in passages),
        vectors=tuple(stored) if len(stored) == len(passages) else None,
    )
