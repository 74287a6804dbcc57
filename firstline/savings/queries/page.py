"""The page on which a team sees what its articles are worth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from firstline.accounts.models import User
from firstline.answers.models import AutoAnswer, Citation, Suggestion, SuggestionState
from firstline.conversations.models import Conversation, Message
from firstline.core.measures import wilson
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.knowledge.models import SHOWN, Article, ArticleStatus, ArticleText, Unhelpful
from firstline.savings import rules
from firstline.savings.models import Forecast, FruitlessSearch, HoldOut, Realised, SearchDay, Showing
from firstline.savings.rules import Arm, Saved

MONTH = timedelta(days=rules.MONTH_DAYS)
MOST_ROWS, MOST_WORDS = 200, 30
UNTOUCHED_FOR = timedelta(days=365)
TAKEN_OVER = (SuggestionState.INSERTED, SuggestionState.EDITED)


@dataclass(frozen=True, slots=True)
class Row:
    """One article: what was expected, what the counts say, what a hold-out says."""

    article: Article
    title: str
    forecast: Forecast | None
    realised: Realised | None
    hold_out: HoldOut | None
    trial: Saved | None
    sessions: int

    @property
    def saved_a_month(self) -> float | None:
        """Questions that did not come, in thirty days; None while nothing can be said."""
        return self._a_month(self.realised.share if self.realised else None)

    @property
    def fewest_a_month(self) -> float | None:
        """The lower end of the interval."""
        return self._a_month(self.realised.low if self.realised else None)

    @property
    def most_a_month(self) -> float | None:
        """The upper end of the interval."""
        return self._a_month(self.realised.high if self.realised else None)

    @property
    def can_begin(self) -> bool:
        """Whether enough sessions are expected for a hold-out."""
        return self.hold_out is None and self.sessions >= rules.LEAST_SESSIONS

    def _a_month(self, share: float | None) -> float | None:
        if share is None or self.realised is None or self.realised.expected is None:
            return None
        return self.realised.expected * share * rules.MONTH_DAYS / self.realised.days


@dataclass(frozen=True, slots=True)
class Searched:
    """Searches of the help centre in thirty days."""

    searches: int
    fruitless: int
    words: list[FruitlessSearch]

    @property
    def share(self) -> float:
        """Of searches without result."""
        return self.fruitless / self.searches if self.searches else 0.0


@dataclass(frozen=True, slots=True)
class Disliked:
    """An article that readers say did not help, and why."""

    article: Article
    title: str
    reasons: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Used:
    """How often an article went into replies within thirty days."""

    article_id: int
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Links:
    """Of the conversations resolved in thirty days that the person may see, those whose answer came with an article."""

    resolved: int
    linked: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.linked / self.resolved if self.resolved else 0.0


@dataclass(frozen=True, slots=True)
class Freshness:
    """Published articles, and how many of them may not be true any more."""

    published: int
    stale: int
    overdue: int
    untouched: int


def rows(now: datetime) -> list[Row]:
    """The published articles that something is known about, those that saved most first."""
    sessions = Counter(Showing.objects.filter(at__gte=now - MONTH).values_list("article_id", flat=True))
    running = {one.article_id: one for one in HoldOut.objects.order_by("pk")}
    known = Q(forecast__isnull=False) | Q(realised__isnull=False) | Q(pk__in=[*sessions, *running])
    articles = Article.objects.filter(known, status__in=SHOWN).select_related("forecast", "realised", "category")
    shown = list(articles.order_by("-published_at", "-pk")[:MOST_ROWS])
    titles = _titles([one.pk for one in shown])
    found = [_row(one, titles.get(one.pk, one.slug), running.get(one.pk), sessions[one.pk]) for one in shown]
    return sorted(found, key=lambda row: (row.saved_a_month is None, -(row.saved_a_month or 0.0)))


def _row(article: Article, title: str, hold_out: HoldOut | None, sessions: int) -> Row:
    return Row(
        article=article,
        title=title,
        forecast=getattr(article, "forecast", None),
        realised=getattr(article, "realised", None),
        hold_out=hold_out if hold_out and hold_out.ended_at is None else None,
        trial=_trial(hold_out) if hold_out else None,
        sessions=sessions,
    )


def _trial(hold_out: HoldOut) -> Saved | None:
    """What the newest hold-out of an article says, running or over."""
    sessions = Showing.objects.filter(article=hold_out.article_id, at__gte=hold_out.started_at)
    if hold_out.ended_at:
        sessions = sessions.filter(at__lt=hold_out.ended_at)
    arms = {is_held: Arm(0, 0) for is_held in (False, True)}
    counted = sessions.values("is_held").annotate(all=Count("pk"), asked=Count("pk", filter=Q(is_asked=True)))
    for arm in counted.values_list("is_held", "all", "asked"):
        arms[arm[0]] = Arm(arm[1], arm[2])
    return rules.held_out(arms[False], arms[True])


def searched(now: datetime) -> Searched:
    """What the help centre was searched for, and in vain; the words that were typed most first."""
    since = now - MONTH
    sums = SearchDay.objects.filter(day__gte=since.date()).aggregate(all=Sum("searches"), none=Sum("fruitless"))
    words = FruitlessSearch.objects.filter(last_at__gte=since).order_by("-count", "-last_at")
    return Searched(sums["all"] or 0, sums["none"] or 0, list(words[:MOST_WORDS]))


def disliked() -> list[Disliked]:
    """Articles by how surely they disappoint: the lower end of the share of noes among all answers."""
    articles = list(Article.objects.filter(status__in=SHOWN, did_not_help__gt=0)[:MOST_ROWS])
    articles.sort(key=lambda one: -wilson(one.did_not_help, one.helped + one.did_not_help)[0])
    titles = _titles([one.pk for one in articles])
    reasons: dict[int, list[tuple[str, int]]] = {}
    for one in Unhelpful.objects.filter(article__in=articles, count__gt=0).order_by("-count"):
        reasons.setdefault(one.article_id, []).append((one.get_reason_display(), one.count))
    return [Disliked(one, titles.get(one.pk, one.slug), reasons.get(one.pk, [])) for one in articles[:MOST_WORDS]]


def used(user: User, now: datetime) -> list[Used]:
    """Articles that agents and the machine answered with, in conversations that the person may see."""
    taken = Suggestion.objects.visible_to(user).filter(decided_at__gte=now - MONTH, state__in=TAKEN_OVER)
    sent = AutoAnswer.objects.filter(suggestion__in=Suggestion.objects.visible_to(user), created_at__gte=now - MONTH)
    cited = Citation.objects.filter(Q(suggestion__in=taken) | Q(suggestion__in=sent.values("suggestion")))
    counts = dict(cited.values_list("article").annotate(n=Count("suggestion", distinct=True)).order_by("-n", "article"))
    titles = _titles(list(counts))
    return [Used(pk, titles.get(pk, ""), count) for pk, count in counts.items()][:MOST_WORDS]


def links(user: User, now: datetime) -> Links:
    """Link rate: the field's usual range is 60 to 80 % (domain.md 6); more is forced."""
    ended = Event.objects.filter(kind=Kind.CONVERSATION_RESOLVED, at__gte=now - MONTH).values("conversation_id")
    resolved = Conversation.objects.visible_to(user).filter(pk__in=ended, status="resolved")
    ours = Message.objects.filter(conversation__in=resolved, author_user__isnull=False, text__contains="/help/")
    linked = resolved.filter(
        Q(pk__in=Suggestion.objects.filter(state__in=TAKEN_OVER).values("conversation"))
        | Q(pk__in=AutoAnswer.objects.values("conversation"))
        | Q(pk__in=ours.values("conversation"))
    )
    return Links(resolved.count(), linked.count())


def freshness(now: datetime) -> Freshness:
    """How true the articles are held."""
    shown = Article.objects.filter(status__in=SHOWN)
    return Freshness(
        published=shown.count(),
        stale=shown.filter(status=ArticleStatus.STALE).count(),
        overdue=shown.filter(next_review__lte=now.date()).count(),
        untouched=shown.filter(updated_at__lt=now - UNTOUCHED_FOR).count(),
    )


def _titles(article_ids: Sequence[int]) -> dict[int, str]:
    texts = ArticleText.objects.filter(article__in=article_ids).order_by("-id")
    return dict(texts.values_list("article_id", "title"))
