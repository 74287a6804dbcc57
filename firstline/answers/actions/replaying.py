"""The answer engine over the desk's own history, knowing at each question only what was known then.

Known at a moment: an article's newest revision made before it, unless the article was retired by then, and the
questions that had been attached to it. Signatures on articles have no history and are left out, so that a replay finds
rather less than the desk does today. The ten-odd weights of the confidence model are today's, or its figures would mean
another thing than those of tomorrow's suggestions.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from firstline.accounts.models import User
from firstline.answers import measures, queries, rules
from firstline.answers.models import Citation, Replay, ReplayedQuestion, ReplayState
from firstline.conversations.models import Audience, Conversation, Delivery, Message
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import record
from firstline.evidence import diagnose as evidence
from firstline.knowledge.models import Article, ArticleStatus, Phrasing, Revision, Visibility
from firstline.models_ai import embedder, languages
from firstline.search.queries import articles as search
from firstline.search.rules import confidence, passages
from firstline.search.rules.ranking import Entry, Floats, Ranker, mean_vectors

Moment = datetime.datetime
WORDS_ONLY = "words"


@transaction.atomic
def ask(since: datetime.date, *, by: User | None) -> Replay:
    """Ask for a replay; the job follows from the event."""
    replay = Replay.objects.create(since=since, asked_by=by)
    if by is not None:
        record(Kind.REPLAY_ASKED, by=by, subject_id=replay.pk)
    return replay


def run(replay_id: int) -> Replay:
    """Replay every answered question since the date; a run that was cut off goes on where it stopped."""
    replay = Replay.objects.get(pk=replay_id)
    if replay.state == ReplayState.DONE:
        return replay
    questions = _questions(replay)
    history = History()
    known = set(replay.questions.values_list("message_id", flat=True))
    replay.state, replay.total, replay.engine = ReplayState.RUNNING, len(questions), history.engine
    replay.save(update_fields=["state", "total", "engine"])
    for asked, sent in questions:
        if asked.pk not in known:
            _replay_one(replay, history, asked, sent)
    replay.state, replay.finished_at = ReplayState.DONE, clock.now()
    replay.save(update_fields=["state", "finished_at"])
    replay.refresh_from_db()
    return replay


@transaction.atomic
def _replay_one(replay: Replay, history: "History", asked: Message, sent: Message) -> None:
    row = _row(replay, history, asked, sent)
    ReplayedQuestion.objects.bulk_create([row], ignore_conflicts=True)
    Replay.objects.filter(pk=replay.pk).update(done=F("done") + 1)


def _questions(replay: Replay) -> list[tuple[Message, Message]]:
    """Each conversation's first question with the team's first answer to it, oldest first."""
    since = datetime.datetime.combine(replay.since, datetime.time(), datetime.UTC)
    said = (
        Message.objects.uncovered()
        .filter(
            conversation__created_at__gte=since,
            conversation__sealed=False,
            strand__audience=Audience.PRIVATE,
            is_automatic=False,
        )
        .select_related("conversation__contact", "strand")
    )
    first: dict[int, Message] = {}
    pairs: dict[int, tuple[Message, Message]] = {}
    for message in said.order_by("pk").iterator():
        where = message.conversation_id
        if message.author_identity_id is not None:
            first.setdefault(where, message)
        elif message.author_user_id and where in first and message.state == Delivery.SENT:
            pairs.setdefault(where, (first[where], message))
    return sorted(pairs.values(), key=lambda pair: pair[0].created_at)


def _row(replay: Replay, history: "History", asked: Message, sent: Message) -> ReplayedQuestion:
    reading = evidence.diagnose(f"{asked.subject}\n{asked.text}", queries.known_at(asked.created_at))
    found = history.answer(asked, reading)
    text = found.text if found else ""
    used = _used(asked.conversation, sent)
    return ReplayedQuestion(
        replay=replay,
        conversation_id=asked.conversation_id,
        inbox_id=asked.strand.inbox_id,
        message=asked,
        sent=sent,
        case=reading.case or "",
        article_id=found.article_id if found else None,
        text=text,
        sureness=found.sureness if found else 0.0,
        is_right=found is not None and (found.article_id in used or measures.same_steps(text, sent.text)),
        distance=measures.distance(text, sent.text) if text else 1.0,
    )


def _used(conversation: Conversation, sent: Message) -> set[int]:
    """The articles by which the team answered: linked in the reply, inserted, or given the question afterwards.

    What none of them names is not right, so that precision is rather too low than too high.
    """
    prefix = re.escape(reverse("helpcenter:front"))
    slugs = re.findall(rf"(?:{re.escape(settings.BASE_URL)})?{prefix}([\w-]+)/", sent.text)
    linked = Article.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    inserted = Citation.objects.filter(suggestion__conversation=conversation, suggestion__usage__isnull=False)
    messages = list(conversation.messages.values_list("pk", flat=True))
    given = Phrasing.objects.filter(from_message__in=messages).values_list("article_id", flat=True)
    return {*linked, *inserted.values_list("article_id", flat=True), *given}


# ---------- what was known when ----------


@dataclass(frozen=True, slots=True)
class Found:
    """What would have been proposed."""

    article_id: int
    text: str
    sureness: float


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that the index learnt at a moment: a revision, a question, or that an article was retired."""

    at: Moment
    article_id: int
    revision: Revision | None = None
    phrasing: Phrasing | None = None
    is_retired: bool = False


@dataclass(slots=True)
class _Known:
    """An article as it stood at the moment that the history has reached."""

    revision: Revision
    questions: list[str] = field(default_factory=list)
    is_public: bool = True


class History:
    """The index as of any moment. It only goes forward: ask in order of time."""

    def __init__(self) -> None:
        self._changes = iter(sorted(_changes(), key=lambda change: change.at))
        self._next: _Change | None = next(self._changes, None)
        self._known: dict[int, _Known] = {}
        self._early: dict[int, list[str]] = {}
        self._ranker: Ranker[int] | None = None
        self._vectors: dict[str, Floats] = {}
        self._confidence = search.confidence_model()
        self._model = embedder.load() if embedder.available() else None
        self.engine = self._model.name if self._model else WORDS_ONLY

    def answer(self, asked: Message, reading: evidence.Diagnosis) -> Found | None:
        """What the desk would have proposed to this message when it came; None when nothing."""
        self._forward(asked.created_at)
        if self._ranker is None or rules.is_thanks(asked.text) or rules.is_report(asked.text):
            return None
        words = rules.question(asked.subject, asked.text, reading.excerpt if reading.is_known else ())
        if not words:
            return None
        if languages.is_foreign(rules.question("", asked.text)):
            return None  # its own model is not replayed: such questions count as left to people
        vector = self._encode([words])[0] if self._model else None
        ranked = self._ranker.rank(words, vector, 20)
        if not ranked:
            return None
        best, second = ranked[0], ranked[1].cosine if len(ranked) > 1 else 0.0
        strength = rules.strength(
            cosine=best.cosine,
            coverage=best.coverage,
            has_vectors=self._model is not None,
            diagnosed=None,
            is_unknown_paste=not reading.is_known and bool(reading.missing),
        )
        if strength is None:
            return None
        figures = confidence.features(words, ranked)
        chance = self._confidence.probability(figures) if figures else None
        sureness = measures.sureness(best.cosine if self._model else best.coverage, second, chance)
        return Found(best.id, self._text(best.id, words, asked), sureness)

    def _text(self, article_id: int, words: str, asked: Message) -> str:
        blocks = rules.extract(self._known[article_id].revision.body, words)
        name = rules.first_name(asked.conversation.contact.name)
        return rules.compose([block.markdown for block in blocks], first_name=name)

    def _forward(self, until: Moment) -> None:
        """Learn everything that was there before `until`."""
        changed = False
        while self._next is not None and self._next.at < until:
            self._learn(self._next)
            self._next, changed = next(self._changes, None), True
        if changed:
            self._ranker = self._build()

    def _learn(self, change: _Change) -> None:
        if change.revision is not None:
            before = self._known.get(change.article_id)
            questions = before.questions if before else self._early.pop(change.article_id, [])
            self._known[change.article_id] = _Known(change.revision, questions)
        elif change.phrasing is not None:
            known = self._known.get(change.article_id)
            questions = known.questions if known else self._early.setdefault(change.article_id, [])
            questions.append(change.phrasing.text)
        elif change.article_id in self._known:
            self._known[change.article_id].is_public = not change.is_retired

    def _build(self) -> Ranker[int] | None:
        entries = [
            Entry(pk, one.revision.title, one.revision.body, tuple(one.questions), tuple(_sections(one.revision)))
            for pk, one in self._known.items()
            if one.is_public
        ]
        if not entries:
            return None
        if self._model is None:
            return Ranker(entries, None)
        return Ranker(entries, mean_vectors([part for entry in entries for part in entry.parts()], self._encode))

    def _encode(self, texts: list[str]) -> Floats:
        """Vectors, each text encoded once a run."""
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new and self._model is not None:
            self._vectors.update(zip(new, self._model.encode(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def _sections(revision: Revision) -> list[str]:
    return passages.sections(revision.body)


def _changes() -> Iterator[_Change]:
    """Everything that the index ever learnt of articles that anybody may read."""
    public = Article.objects.filter(visibility=Visibility.PUBLIC).exclude(status=ArticleStatus.DRAFT)
    first_texts = dict(
        Revision.objects.filter(text__article__in=public)
        .order_by("-text_id")
        .values_list("text__article_id", "text_id")
    )
    for revision in Revision.objects.filter(text_id__in=first_texts.values()).select_related("text"):
        yield _Change(revision.created_at, revision.text.article_id, revision=revision)
    for phrasing in Phrasing.objects.filter(article__in=public):
        yield _Change(phrasing.created_at, phrasing.article_id, phrasing=phrasing)
    for event in Event.objects.filter(
        kind__in=(Kind.ARTICLE_RETIRED, Kind.ARTICLE_PUBLISHED), subject_id__isnull=False
    ):
        yield _Change(event.at, event.subject_id or 0, is_retired=event.kind == Kind.ARTICLE_RETIRED)
