"""Reading a message, proposing an answer to it, and what a person does with the proposal."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers import rules
from firstline.answers.models import (
    Citation,
    Diagnosis,
    DismissReason,
    Suggestion,
    SuggestionState,
)
from firstline.conversations.actions import drafting, storing
from firstline.conversations.models import ENDED, Attachment, Draft, DraftMode, Message
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.evidence import catalogue, scan_bytes
from firstline.evidence import diagnose as evidence
from firstline.knowledge.models import ArticleText
from firstline.search.queries import articles as search

ENGINE = "extract-1"
LARGEST_LOG = 300_000
MOST_LOGS = 3


class SuggestionGone(Exception):
    """The suggestion can't be used any more; the message is a sentence for the person."""


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


# ---------- the machine's part ----------


def suggest(message_id: int) -> Suggestion | None:
    """Diagnose a contact's message and propose an answer to it; may run twice.

    Returns the suggestion, or None when the message is ours, automatic or no longer the contact's newest.
    """
    message = Message.objects.select_related("conversation__contact").get(pk=message_id)
    conversation = message.conversation
    if message.is_ours or message.is_automatic or conversation.status in ENDED:
        return None
    existing = Suggestion.objects.filter(message=message).first()
    if existing is not None:
        return existing
    reading = evidence.diagnose(_everything_said(message), catalogue.load())
    newer = Message.objects.filter(conversation=conversation, pk__gt=message.pk, author_identity__isnull=False)
    if newer.exists():
        _store_diagnosis(message, reading)
        return None
    proposal = _propose(message, reading)
    with transaction.atomic():
        _store_diagnosis(message, reading)
        return _store(message, proposal)


def _everything_said(message: Message) -> str:
    """Subject, text and the text files of the message, masked as they are kept."""
    logs = [_file_text(one) for one in message.attachments.all()[:MOST_LOGS] if one.size <= LARGEST_LOG]
    return "\n".join([message.subject, message.text, *logs])


def _file_text(attachment: Attachment) -> str:
    if not scan_bytes.is_text(attachment.name, attachment.content_type, b"\0"):
        return ""
    return scan_bytes.decode(storing.read_file(attachment))[0]


def _propose(message: Message, reading: evidence.Diagnosis) -> Proposal:
    asked = rules.question(message.subject, message.text, reading.excerpt if reading.is_known else ())
    hits = [] if rules.is_thanks(message.text) else _hits(asked, reading)
    has_vectors = any(hit.parts for hit in hits)
    engine = f"{ENGINE}/{search.engine() if has_vectors or not hits else search.Engine.TEXT}"
    best = hits[0] if hits else None
    strength = None
    if best is not None:
        strength = rules.strength(
            cosine=best.cosine,
            coverage=best.coverage,
            has_vectors=has_vectors,
            diagnosed=reading.confidence if best.has_signature else None,
            is_unknown_paste=not reading.is_known and bool(reading.missing),
        )
    source = _published(best.text_id) if best is not None and strength is not None else None
    if best is None or source is None or source.published_revision is None:
        return Proposal("", (), None, best.score if best else 0.0, None, _ids(hits), engine)
    blocks = tuple(rules.extract(source.published_revision.body, asked, best.passage))
    name = rules.first_name(message.conversation.contact.name)
    text = rules.compose([block.markdown for block in blocks], first_name=name)
    return Proposal(text, blocks, source, best.score, strength, _ids(hits[1:]), engine)


def _hits(asked: str, reading: evidence.Diagnosis) -> list[search.Hit]:
    """The best articles; those that are neither near in meaning nor in words are not worth naming."""
    found = search.retrieve(asked, audience="agent", signature=reading.signature, limit=4)
    near = (search.LEAST_COSINE, search.LEAST_COVERAGE)
    return [hit for hit in found if hit.has_signature or hit.cosine >= near[0] or hit.coverage >= near[1]]


def _published(text_id: int) -> ArticleText | None:
    texts = ArticleText.objects.select_related("article", "published_revision")
    return texts.filter(pk=text_id, article__status="published", published_revision__isnull=False).first()


def _ids(hits: Sequence[search.Hit]) -> tuple[int, ...]:
    return tuple(hit.article_id for hit in hits)


def _store_diagnosis(message: Message, reading: evidence.Diagnosis) -> None:
    if not (reading.is_known or reading.missing):
        return  # no paste, nothing recognised: no card
    diagnosis, is_new = Diagnosis.objects.get_or_create(
        message=message,
        defaults={
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
        },
    )
    if is_new:
        record(
            Kind.DIAGNOSIS_MADE,
            by=MACHINE,
            conversation_id=message.conversation_id,
            inbox_id=message.conversation.inbox_id,
            subject_id=diagnosis.pk,
            signature=diagnosis.signature,
            percent=round(100 * diagnosis.confidence),
        )


def _lines_of_text(message: Message, reading: evidence.Diagnosis) -> list[int]:
    """Telling lines as numbers in the message's own text: the subject was line 0, files come after it."""
    last = message.text.count("\n") + 1
    return [number - 1 for number in reading.telling_lines if 0 < number <= last]


def _store(message: Message, proposal: Proposal) -> Suggestion:
    suggestion, is_new = Suggestion.objects.get_or_create(
        message=message,
        defaults={
            "conversation": message.conversation,
            "text": proposal.text,
            "engine": proposal.engine,
            "score": round(proposal.score, 4),
            "strength": proposal.strength or "",
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


# ---------- a person's part ----------


@transaction.atomic
def insert(suggestion: Suggestion, *, by: User, to_edit: bool = False) -> Suggestion:
    """Mark a suggestion as taken over into a reply. Raises SuggestionGone when it may not be used."""
    locked = _lock(suggestion)
    if locked.state not in (SuggestionState.PROPOSED, SuggestionState.INSERTED, SuggestionState.EDITED):
        raise SuggestionGone(_("This suggestion is not current any more."))
    sources = [citation.article for citation in locked.citations.select_related("article")]
    if not all(article.is_public for article in sources):
        raise SuggestionGone(_("Its source is for the team only. Use it in your own words."))
    _decide(locked, SuggestionState.EDITED if to_edit else SuggestionState.INSERTED, by)
    record(
        Kind.SUGGESTION_INSERTED,
        by=by,
        conversation_id=locked.conversation_id,
        inbox_id=locked.conversation.inbox_id,
        subject_id=locked.pk,
        article=sources[0].pk if sources else None,
        to_edit=to_edit,
    )
    return locked


def add_to_draft(suggestion: Suggestion, *, by: User, text: str) -> Draft:
    """Put `text` at the end of the person's reply draft: the way without JavaScript."""
    draft = Draft.objects.filter(conversation=suggestion.conversation, user=by, mode=DraftMode.REPLY).first()
    so_far = draft.text.rstrip() if draft else ""
    whole = f"{so_far}\n\n{text}" if so_far else text
    cc = [str(address) for address in draft.cc] if draft else []
    return drafting.save_draft(suggestion.conversation, by=by, mode=DraftMode.REPLY, text=whole, cc=cc)


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: User, reason: DismissReason) -> Suggestion:
    """Say that a suggestion is not right, and why. A second dismissal changes nothing."""
    locked = _lock(suggestion)
    if locked.state == SuggestionState.DISMISSED:
        return locked
    locked.dismissed_reason = reason
    _decide(locked, SuggestionState.DISMISSED, by)
    record(
        Kind.SUGGESTION_DISMISSED,
        by=by,
        conversation_id=locked.conversation_id,
        inbox_id=locked.conversation.inbox_id,
        subject_id=locked.pk,
        reason=reason.value,
    )
    return locked


def _lock(suggestion: Suggestion) -> Suggestion:
    return Suggestion.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=suggestion.pk)


def _decide(suggestion: Suggestion, state: SuggestionState, by: User) -> None:
    suggestion.state = state
    suggestion.decided_by = by
    suggestion.decided_at = clock.now()
    suggestion.save(update_fields=["state", "dismissed_reason", "decided_by", "decided_at"])
