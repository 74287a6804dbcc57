"""What became of suggestions, and what replays have shown."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Avg, Count, Exists, OuterRef, Q

from firstline.accounts.models import User
from firstline.answers.measures import Point, Step, allowed, curve, may_answer
from firstline.answers.models import (
    Citation,
    DismissReason,
    Policy,
    Replay,
    ReplayedQuestion,
    ReplayState,
    Suggestion,
    SuggestionState,
)
from firstline.conversations.models import ENDED, Conversation, Status
from firstline.inboxes.models import Inbox
from firstline.search.rules.confidence import Judged

MOST_TRIED_AGAIN = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How the suggestions of one article, or of one engine, fared. `distance` is the mean share that was changed."""

    name: str
    proposed: int
    inserted: int
    distance: float | None
    wrong: int
    resolved: int
    reopened: int
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Topic:
    """One case type of one inbox in a replay; `step` is where answering by itself would be allowed, if anywhere."""

    inbox_id: int
    inbox: str
    case: str
    n: int
    proposed: int
    right: int
    step: Step | None
    may_answer: bool
    policy: Policy | None


def by_engine(since: datetime) -> list[Standing]:
    """How suggestions fared, by the version of the engine that made them."""
    return _standings(Suggestion.objects.filter(created_at__gte=since), "engine")


def by_article(since: datetime) -> list[Standing]:
    """How suggestions fared, by the article they cite, the most proposed first."""
    cited = Citation.objects.filter(suggestion=OuterRef("pk"), position=0)
    found = Suggestion.objects.filter(created_at__gte=since, citations__position=0)
    return _standings(found.filter(Exists(cited)), "citations__title")


def _standings(suggestions: models.QuerySet[Suggestion], name: str) -> list[Standing]:
    wrong = (DismissReason.WRONG, DismissReason.OTHER_QUESTION, DismissReason.OUTDATED)
    rows = (
        suggestions.exclude(state=SuggestionState.NOTHING)
        .values(name)
        .annotate(
            proposed=Count("pk"),
            inserted=Count("usage"),
            distance=Avg("usage__distance"),
            wrong=Count("pk", filter=Q(dismissed_reason__in=wrong)),
            resolved=Count("usage__resolved_at"),
            reopened=Count("usage__reopened_at"),
            yes=Count("pk", filter=Q(usage__helped=True)),
            no=Count("pk", filter=Q(usage__helped=False)),
        )
        .order_by("-proposed", name)
    )
    return [Standing(name=row.pop(name), **row) for row in rows]


def judgements() -> list[Judged]:
    """What people have judged, as the nightly refit of the confidence learns from it; one group a conversation.

    Right: inserted, sent with less than 60 % changed, and not reopened or answered with no. Wrong: put aside as wrong,
    beside the question or out of date, or a no.
    """
    wrong = (DismissReason.WRONG, DismissReason.OTHER_QUESTION, DismissReason.OUTDATED)
    put_aside = Q(dismissed_reason__in=wrong)
    judged = Suggestion.objects.filter(put_aside | Q(usage__sent__isnull=False), features__isnull=False)
    return [
        Judged(tuple(one.features or ()), _held(one), str(one.conversation_id))
        for one in judged.select_related("usage").order_by("pk")
    ]


def _held(suggestion: Suggestion) -> bool:
    usage = getattr(suggestion, "usage", None)
    if suggestion.dismissed_reason or usage is None:
        return False
    is_used = usage.distance is not None and usage.distance < 0.6
    return is_used and usage.reopened_at is None and usage.helped is not False


def newest_replay() -> Replay | None:
    """The last replay that came to its end."""
    return Replay.objects.filter(state=ReplayState.DONE).order_by("-pk").first()


def points(replay: Replay, inbox_id: int | None = None, case: str | None = None) -> list[Point]:
    """The replay's questions as points, of one topic when it is given."""
    rows = replay.questions.all()
    if inbox_id is not None:
        rows = rows.filter(inbox=inbox_id, case=case or "")
    said = rows.values_list("article_id", "sureness", "is_right")
    return [Point(sureness if article else None, is_right) for article, sureness, is_right in said]


def topics(replay: Replay, inboxes: models.QuerySet[Inbox] | None = None) -> list[Topic]:
    """The replay by inbox and case type, the most asked first."""
    rows = replay.questions.all() if inboxes is None else replay.questions.filter(inbox__in=inboxes)
    policies = {(one.inbox_id, one.case): one for one in Policy.objects.select_related("decided_by")}
    groups: dict[tuple[int, str, str], list[Point]] = {}
    for inbox_id, name, case, article, sureness, is_right in rows.values_list(
        "inbox_id", "inbox__name", "case", "article_id", "sureness", "is_right"
    ):
        groups.setdefault((inbox_id, name, case), []).append(Point(sureness if article else None, is_right))
    found = [
        Topic(
            inbox_id,
            name,
            case,
            n=len(said),
            proposed=sum(one.sureness is not None for one in said),
            right=sum(one.is_right for one in said),
            step=allowed(curve(said)),
            may_answer=may_answer(case),
            policy=policies.get((inbox_id, case)),
        )
        for (inbox_id, name, case), said in groups.items()
    ]
    return sorted(found, key=lambda topic: (-topic.n, topic.case))


def beside(replay: Replay, user: User, limit: int = 30) -> list[ReplayedQuestion]:
    """What would have been answered beside what was sent, of conversations that the person may see; newest first."""
    seen = Conversation.objects.visible_to(user).values("pk")
    rows = replay.questions.filter(conversation__in=seen, article__isnull=False)
    return list(rows.select_related("conversation", "message", "sent", "article").order_by("-message_id")[:limit])


def waiting_for_us() -> list[int]:
    """Ids of the conversations that wait for our answer, newest first."""
    waiting = Conversation.objects.filter(status=Status.OPEN, last_is_ours=False).order_by("-pk")
    return list(waiting.values_list("pk", flat=True)[:MOST_TRIED_AGAIN])


def unanswered(index_version: int) -> list[int]:
    """Ids of messages to which nothing could be proposed by an index that has changed since, in open conversations."""
    stale = Suggestion.objects.filter(state=SuggestionState.NOTHING).exclude(index_version=index_version)
    waiting = stale.exclude(conversation__status__in=ENDED).order_by("-message_id")
    return list(waiting.values_list("message_id", flat=True)[:MOST_TRIED_AGAIN])
