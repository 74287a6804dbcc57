"""Reading a message and proposing an answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from firstline.answers import measures, queries, rules
from firstline.answers.models import (
    Citation,
    Diagnosis,
    Mode,
    Policy,
    Suggestion,
    SuggestionState,
)
from firstline.conversations.actions import covering, storing
from firstline.conversations.models import ENDED, Attachment, Message
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.evidence import diagnose as evidence
from firstline.evidence import scan_bytes
from firstline.evidence.files import File, from_files
from firstline.knowledge.models import ArticleText
from firstline.models_ai import languages, multilingual
from firstline.search.models import IndexState
from firstline.search.queries import articles as search

ENGINE = "extract-1"
LARGEST_FILE = 10_000_000
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is about to be stored as a suggestion: an article's blocks, or nothing but articles that came near."""

    text: str
    blocks: tuple[rules.Block, ...]
    source: ArticleText | None
    score: float
    strength: rules.Strength | None
    similar: tuple[int, ...]
    engine: str
    language: str = ""
    sureness: float = 0.0
    confidence: float | None = None
    features: tuple[float, ...] | None = None


# ---------- the machine's part ----------


def suggest(message_id: int) -> Suggestion | None:
    """Diagnose a contact's message and propose an answer to it; may run twice.

    Returns the suggestion, or None when the message is ours, automatic or no longer the contact's newest.
    """
    message = Message.objects.select_related("conversation__contact", "strand").get(pk=message_id)
    conversation = message.conversation
    if message.is_ours or message.is_automatic or conversation.status in ENDED or covering.reason_of(message):
        return None
    existing = Suggestion.objects.filter(message=message).first()
    if existing is not None:
        return existing
    version = _index_version()
    reading = read(message)
    newer = Message.objects.filter(conversation=conversation, pk__gt=message.pk, author_identity__isnull=False)
    if newer.exists():
        _store_diagnosis(message, reading)
        return None
    proposal = _propose(message, reading)
    with transaction.atomic():
        _store_diagnosis(message, reading)
        if proposal.language and multilingual.available() and not search.speaks_other_languages():
            record(Kind.LANGUAGE_MET, by=MACHINE, inbox_id=conversation.inbox_id, subject_id=message.pk)
        return _store(message, proposal, version)


def read(message: Message) -> evidence.Diagnosis:
    """What the message's subject, text and attached logs say, by the catalogue in use."""
    return evidence.diagnose(_everything_said(message), queries.known())


def try_again(message_id: int) -> Suggestion | None:
    """Ask once more for a message to which nothing could be proposed, when the index has changed since."""
    stale = Suggestion.objects.filter(message=message_id, state=SuggestionState.NOTHING)
    deleted, _by_model = stale.exclude(index_version=_index_version()).delete()
    return suggest(message_id) if deleted else None


def _index_version() -> int:
    return IndexState.objects.filter(name=search.STATE).values_list("version", flat=True).first() or 0


def _everything_said(message: Message) -> str:
    """Subject, text and what the files say that are logs or hold logs; masked."""
    logs = from_files(map(_file, (one for one in message.attachments.all()[:MOST_FILES] if _may_be_a_log(one))))
    return "\n".join(filter(None, [message.subject, message.text, logs.text]))


def _may_be_a_log(attachment: Attachment) -> bool:
    """By its name and declared type, so that pictures are not fetched from the store."""
    name, kind = attachment.name, attachment.content_type
    may_be = scan_bytes.is_text(name, kind, b"\0") or scan_bytes.is_archive(name, kind, b"PK")
    return may_be and attachment.size <= LARGEST_FILE


def _file(attachment: Attachment) -> File:
    return File(attachment.name, attachment.content_type, storing.read_file(attachment))


def _propose(message: Message, reading: evidence.Diagnosis) -> Proposal:
    asked = rules.question(message.subject, message.text, reading.excerpt if reading.is_known else ())
    unasked = rules.is_thanks(message.text) or rules.is_report(message.text) or _is_off(message, reading)
    language = _other_language(message)
    hits = [] if unasked else _hits(asked, reading, language)
    has_vectors = any(hit.parts for hit in hits)
    best = hits[0] if hits else None
    is_foreign = best is not None and best.is_multilingual
    engine = f"{ENGINE}/{_engine(hits, has_vectors=has_vectors)}"
    strength = None
    if best is not None:
        strength = rules.strength(
            cosine=best.cosine,
            coverage=best.coverage,
            has_vectors=has_vectors,
            diagnosed=reading.confidence if best.has_signature else None,
            is_unknown_paste=not reading.is_known and bool(reading.missing),
            names_another=reading.is_known and not best.has_signature,
            is_foreign=is_foreign,
        )
    source = _published(best.text_id) if best is not None and strength is not None else None
    if best is None or source is None or source.published_revision is None:
        return Proposal("", (), None, best.score if best else 0.0, None, _ids(hits), engine, language)
    blocks = tuple(rules.extract(source.published_revision.body, asked, best.passage))
    name = rules.first_name(message.conversation.contact.name)
    text = rules.compose([block.markdown for block in blocks], first_name=name)
    second = hits[1].cosine if len(hits) > 1 else 0.0
    chance, figures = best.confidence, best.features
    sure = measures.sureness(best.cosine, second, chance) if has_vectors and not is_foreign else 0.0
    if best.has_signature:  # the diagnosis vouches, of which the calibrated number knows nothing
        chance = None
    elif chance is not None and strength is not rules.Strength.WEAK:
        strength = rules.strength_of(chance)
    rest = _ids(hits[1:])
    return Proposal(text, blocks, source, best.score, strength, rest, engine, language, sure, chance, figures)


def _is_off(message: Message, reading: evidence.Diagnosis) -> bool:
    """Whether a lead wants nothing proposed for this kind of question."""
    off = Policy.objects.filter(inbox=message.strand.inbox_id, case=reading.case or "", mode=Mode.OFF)
    return off.exists()


def _other_language(message: Message) -> str:
    """The language of the message's own words when it is surely another than English, else ""."""
    said = rules.question("", message.text)
    return languages.detect(said).code if languages.is_foreign(said) else ""


def _engine(hits: list[search.Hit], *, has_vectors: bool) -> str:
    if any(hit.is_multilingual for hit in hits):
        return "multilingual"
    return search.engine() if has_vectors or not hits else search.Engine.TEXT


def _hits(asked: str, reading: evidence.Diagnosis, language: str) -> list[search.Hit]:
    """The best articles; those that are neither near in meaning nor in words are not worth naming.

    In another language only what the multilingual model found counts, and what the diagnosis names: English vectors
    and words would be right one time in four (models-and-data.md 4.3).
    """
    found = search.retrieve(asked, audience="agent", signature=reading.signature, limit=4)
    if language:
        return [hit for hit in found if hit.has_signature or _is_near_abroad(hit)]
    near = (search.LEAST_COSINE, search.LEAST_COVERAGE)
    return [hit for hit in found if hit.has_signature or hit.cosine >= near[0] or hit.coverage >= near[1]]


def _is_near_abroad(hit: search.Hit) -> bool:
    return hit.is_multilingual and hit.cosine >= rules.FOREIGN_COSINES[-1]


def _published(text_id: int) -> ArticleText | None:
    texts = ArticleText.objects.select_related("article", "published_revision")
    return texts.filter(pk=text_id, article__status="published", published_revision__isnull=False).first()


def _ids(hits: Sequence[search.Hit]) -> tuple[int, ...]:
    return tuple(hit.article_id for hit in hits)


def _store_diagnosis(message: Message, reading: evidence.Diagnosis) -> None:
    if not (reading.is_known or reading.missing):
        return  # no paste, nothing recognised: no card
    diagnosis, is_new = Diagnosis.objects.get_or_create(message=message, defaults=said_of(message, reading))
    if is_new:
        record_diagnosis(diagnosis)


def record_diagnosis(diagnosis: Diagnosis) -> None:
    """Say what was recognised."""
    record(
        Kind.DIAGNOSIS_MADE,
        by=MACHINE,
        conversation_id=diagnosis.conversation_id,
        inbox_id=diagnosis.conversation.inbox_id,
        subject_id=diagnosis.pk,
        signature=diagnosis.signature,
        percent=round(100 * diagnosis.confidence),
    )


def said_of(message: Message, reading: evidence.Diagnosis) -> dict[str, Any]:
    """A reading as the fields of a Diagnosis."""
    return {
        "conversation": message.conversation,
        "signature": reading.signature or "",
        "case": reading.case or "",
        "whose": reading.whose or "",
        "cause": reading.cause,
        "fix": list(reading.fix),
        "docs": reading.docs,
        "facts": reading.facts,
        "missing": list(reading.missing),
        "runners_up": [list(one) for one in reading.runners_up],
        "telling_lines": _lines_of_text(message, reading),
        "confidence": reading.confidence,
        "fingerprint": reading.fingerprint,
    }


def _lines_of_text(message: Message, reading: evidence.Diagnosis) -> list[int]:
    """Telling lines as numbers in the message's own text: the subject was line 0, files come after it."""
    last = message.text.count("\n") + 1
    return [number - 1 for number in reading.telling_lines if 0 < number <= last]


def _store(message: Message, proposal: Proposal, version: int) -> Suggestion:
    suggestion, is_new = Suggestion.objects.get_or_create(
        message=message,
        defaults={
            "conversation": message.conversation,
            "text": proposal.text,
            "engine": proposal.engine,
            "language": proposal.language,
            "score": round(proposal.score, 4),
            "strength": proposal.strength or "",
            "sureness": proposal.sureness,
            "confidence": proposal.confidence,
            "features": list(proposal.features) if proposal.features else None,
            "index_version": version,
            "similar": list(proposal.similar),
            "state": SuggestionState.PROPOSED if proposal.text else SuggestionState.NOTHING,
        },
    )
    if not is_new:
        return suggestion
    if proposal.source is not None:
        _cite(suggestion, proposal.source, proposal.blocks)
    older = Suggestion.objects.filter(conversation=message.conversation, message__lt=message.pk)
    older.filter(state=SuggestionState.PROPOSED).update(state=SuggestionState.SUPERSEDED)
    article = proposal.source.article_id if proposal.source else None
    record(
        Kind.SUGGESTION_MADE,
        by=MACHINE,
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        subject_id=suggestion.pk,
        article=article,
        percent=round(100 * proposal.score),
    )
    return suggestion


def _cite(suggestion: Suggestion, source: ArticleText, blocks: Sequence[rules.Block]) -> None:
    Citation.objects.bulk_create(
        Citation(
            suggestion=suggestion,
            position=position,
            number=1,
            article=source.article,
            revision=source.published_revision,
            title=source.published_revision.title if source.published_revision else source.title,
            heading=block.heading[:200],
            quote=block.markdown,
        )
        for position, block in enumerate(blocks)
    )
