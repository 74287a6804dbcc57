"""One person's week, for that person alone: read anew each time, kept nowhere, compared with nobody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from firstline.accounts.models import User
from firstline.answers.models import Usage
from firstline.conversations.models import Conversation, Message, Review
from firstline.core import clock
from firstline.escalations.models import HelpKind, HelpRequest
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.knowledge.models import Article
from firstline.shifts.models import HandOver
from firstline.thanks import queries
from firstline.thanks.models import Praise
from firstline.thanks.queries import Card

BEGUN = (HelpKind.FIX, HelpKind.REPRODUCE, HelpKind.DATA)


@dataclass(frozen=True, slots=True)
class Solved:
    """A conversation that the person brought to its end. `title` is empty when they may not see it any more."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Written:
    """An article of theirs, and how many conversations it was an answer in during the week."""

    article: Article
    title: str
    is_new: bool
    used: int


@dataclass(frozen=True, slots=True)
class Week:
    """Everything on the page."""

    monday: date
    solved: tuple[Solved, ...]
    articles: tuple[Written, ...]
    fixes: tuple[HelpRequest, ...]
    people: tuple[str, ...]
    thanks: tuple[Card, ...]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date | None:
        """The Monday after it, unless that is ahead."""
        following = self.monday + timedelta(days=7)
        return following if following <= timezone.localtime(clock.now()).date() else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened in it."""
        return not (self.solved or self.articles or self.fixes or self.people or self.thanks)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def of(user: User, monday: date) -> Week:
    """The person's own week from a Monday, in the current time zone."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    begin = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    end = begin + timedelta(days=7)
    solved = _resolved(user, begin, end)
    return Week(
        monday,
        _solved(user, solved),
        _articles(user, begin, end),
        tuple(
            HelpRequest.objects.visible_to(user)
            .filter(asked_by=user, kind__in=BEGUN, asked_at__gte=begin, asked_at__lt=end)
            .with_people()
            .order_by("asked_at")
        ),
        _people(user, solved, begin, end),
        tuple(queries.between(user, begin, end)),
    )


def _resolved(user: User, begin: datetime, end: datetime) -> list[int]:
    """Ids of what they resolved in the week and was not reopened by its end; a word of thanks reopens nothing here."""
    during = Event.objects.filter(at__gte=begin, at__lt=end, conversation_id__isnull=False)
    mine = during.filter(kind=Kind.CONVERSATION_RESOLVED, actor_kind="agent", actor_id=user.pk)
    found = dict(mine.order_by("pk").values_list("conversation_id", "pk"))
    thanked = Praise.objects.filter(conversation__in=list(found), said_at__gte=begin).values("conversation")
    opened = during.filter(kind=Kind.CONVERSATION_REOPENED, conversation_id__in=list(found))
    opened = opened.exclude(actor_kind="contact", conversation_id__in=thanked)
    again = {
        conversation for conversation, pk in opened.values_list("conversation_id", "pk") if pk > found[conversation]
    }
    return [pk for pk in found if pk is not None and pk not in again]


def _solved(user: User, ids: list[int]) -> tuple[Solved, ...]:
    seen = {one.pk: one.title for one in Conversation.objects.visible_to(user).filter(pk__in=ids)}
    return tuple(Solved(pk, seen.get(pk, "")) for pk in ids)


def _articles(user: User, begin: datetime, end: datetime) -> tuple[Written, ...]:
    """Articles that they published or own and that were published, or used in an answer, in the week."""
    published = Event.objects.filter(kind=Kind.ARTICLE_PUBLISHED, actor_kind="agent", actor_id=user.pk)
    new = set(published.filter(at__gte=begin, at__lt=end).values_list("subject_id", flat=True))
    used: dict[int, set[int]] = {}
    during = Usage.objects.filter(sent__isnull=False, created_at__gte=begin, created_at__lt=end)
    rows = during.filter(Q(suggestion__citations__article__owner=user) | Q(suggestion__citations__article__in=new))
    for article, conversation in rows.values_list("suggestion__citations__article", "suggestion__conversation"):
        used.setdefault(article, set()).add(conversation)
    found: Any = Article.objects.filter(Q(pk__in=new) | Q(pk__in=used, owner=user)).for_list()
    return tuple(Written(one, one.title, one.pk in new, len(used.get(one.pk, ()))) for one in found)


def _people(user: User, solved: list[int], begin: datetime, end: datetime) -> tuple[str, ...]:
    """Who wrote in the same conversations, took or gave one over, or looked at a draft."""
    together = User.objects.filter(messages__conversation__in=solved)
    given = HandOver.objects.filter(at__gte=begin, at__lt=end)
    looked = Review.objects.filter(decided_at__gte=begin, decided_at__lt=end)
    ids = {
        *together.values_list("pk", flat=True),
        *given.filter(giver=user).values_list("to", flat=True),
        *given.filter(to=user).values_list("giver", flat=True),
        *looked.filter(author=user).values_list("decided_by", flat=True),
        *looked.filter(decided_by=user).values_list("author", flat=True),
        *Message.objects.filter(approved_by=user, created_at__gte=begin, created_at__lt=end).values_list(
            "author_user", flat=True
        ),
    }
    engineers = HelpRequest.objects.filter(asked_by=user, asked_at__gte=begin, asked_at__lt=end)
    helpers = {name.split(" ")[0] for name in engineers.values_list("engineer__name", flat=True)}
    return tuple(sorted({*queries.names(User.objects.filter(pk__in=ids - {user.pk, None})), *helpers}))
