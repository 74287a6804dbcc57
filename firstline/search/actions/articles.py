"""The passages of articles: what readers see now, and every question that was ever answered with it."""

import dataclasses
import secrets

from django.db import transaction

from firstline.core import html, markdown
from firstline.knowledge.models import Article, ArticleText, Visibility
from firstline.search.actions import embedding
from firstline.search.models import IndexState, Part, Passage, PassageVisibility
from firstline.search.rules import passages
from firstline.search.rules.ranking import body_said

STATE = "articles"
ATTEMPTS = 5
Said = tuple[str, ...]
FIELDS = ("text_id", "revision_id", "part", "position", "text", "language", "visibility")


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """A passage as it should stand in the index."""

    text_id: int
    revision_id: int | None
    part: str
    position: int
    text: str
    language: str
    visibility: str


def index_article(article_id: int) -> int:
    """Bring an article's passages up to date: published words and questions in, everything else out; returns how many.

    Vectors of unchanged text are kept. The model runs outside the transaction, so what was read is compared again
    under the lock, and the work repeated if somebody published in between.
    """
    for _attempt in range(ATTEMPTS):
        wanted = _wanted(article_id)
        vectors = _vectors(article_id, wanted)
        with transaction.atomic():
            _hold_state()
            if _wanted(article_id) == wanted:
                _replace(article_id, wanted, vectors)
                return len(wanted)
    raise RuntimeError(f"article {article_id} changed {ATTEMPTS} times while it was being indexed")


def _wanted(article_id: int) -> list[Wanted]:
    article = Article.objects.filter(pk=article_id).first()
    if article is None or not article.is_published:
        return []
    visible = PassageVisibility.PUBLIC if article.visibility == Visibility.PUBLIC else PassageVisibility.INTERNAL
    texts = list(
        article.texts.filter(published_revision__isnull=False).select_related("published_revision").order_by("id")
    )
    questions = list(article.phrasings.order_by("id").values_list("language", "text"))
    languages = {text.language for text in texts}
    wanted = []
    for number, text in enumerate(texts):
        asked = [said for language, said in questions if language == text.language]
        if number == 0:  # questions in a language without a text of its own lead to the first one
            asked += [said for language, said in questions if language not in languages]
        wanted += _of_text(text, asked, visible)
    return wanted


def _of_text(text: ArticleText, questions: list[str], visibility: str) -> list[Wanted]:
    revision = text.published_revision
    if revision is None:
        return []
    parts = [(Part.TITLE, revision.title)]
    parts += [(Part.BODY, _plain(section)) for section in passages.sections(revision.body)]
    parts += [(Part.QUESTION, question) for question in questions]
    return [
        Wanted(text.pk, revision.pk, part.value, position, words, text.language, visibility)
        for position, (part, words) in enumerate(parts)
        if words.strip()
    ]


def _plain(section: str) -> str:
    return html.to_text(markdown.render(section)).strip()


def _vectors(article_id: int, wanted: list[Wanted]) -> dict[Said, tuple[bytes | None, str]]:
    """The vector of what each wanted passage says, and its model: from the index where it stands, else made now."""
    model = embedding.current_model()
    before = list(Passage.objects.filter(article=article_id, model=model).order_by("text_id", "position"))
    kept = _said([Wanted(*(getattr(one, name) for name in FIELDS)) for one in before])
    known: dict[Said, tuple[bytes | None, str]] = {
        said: (bytes(one.vector), model) for said, one in zip(kept, before, strict=True) if one.vector is not None
    }
    missing = [said for said in dict.fromkeys(_said(wanted)) if said not in known]
    made = embedding.embed(missing)
    return known | {said: (vector, made.model) for said, vector in zip(missing, made.vectors, strict=True)}


def _said(wanted: list[Wanted]) -> list[Said]:
    """The texts that stand for each passage: a section is said with its title, all else by itself."""
    titles = {one.text_id: one.text for one in wanted if one.part == Part.TITLE}
    return [
        body_said(titles.get(one.text_id, ""), one.text, one.text) if one.part == Part.BODY else (one.text,)
        for one in wanted
    ]


def _hold_state() -> None:
    """Lock the index state, so that two jobs for one article follow each other."""
    IndexState.objects.get_or_create(name=STATE)
    IndexState.objects.select_for_update().get(name=STATE)


def _replace(article_id: int, wanted: list[Wanted], vectors: dict[Said, tuple[bytes | None, str]]) -> None:
    before = Passage.objects.filter(article=article_id)
    stands = [(Wanted(*row[:-1]), row[-1]) for row in before.order_by("id").values_list(*FIELDS, "model")]
    if not stands and not wanted:
        return
    said = _said(wanted)
    if stands != [(one, vectors[texts][1]) for one, texts in zip(wanted, said, strict=True)]:
        before.delete()
        Passage.objects.bulk_create(
            _passage(article_id, one, *vectors[texts]) for one, texts in zip(wanted, said, strict=True)
        )
    # Also when no words changed: address and signatures may have. Random, because a version must never come back,
    # not even after a transaction that was rolled back.
    IndexState.objects.filter(name=STATE).update(version=secrets.randbits(62))


def _passage(article_id: int, wanted: Wanted, vector: bytes | None, model: str) -> Passage:
    return Passage(article_id=article_id, **dataclasses.asdict(wanted), vector=vector, model=model)
