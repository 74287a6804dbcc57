"""Whose praise it is, the wall, and what somebody's letter says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q

from firstline.accounts.models import User
from firstline.answers.models import Usage
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.escalations.models import Engineer, HelpRequest, HelpState
from firstline.knowledge.models import Article
from firstline.thanks import rules
from firstline.thanks.models import Credit, Praise, Silence, Why

SETTLED = timedelta(minutes=1)
"""Messages younger than this may still be joined by ones with smaller ids."""
MOST_ANSWERERS = 3
NEWEST = 60


def unread(after: int, now: datetime, most: int) -> list[Message]:
    """What people wrote since the last look, oldest first, nothing covered; letters to a third party are not ours."""
    by_people = Q(is_automatic=False) | Q(flags__contains=["survey"])
    found = Message.objects.filter(by_people, pk__gt=after, created_at__lte=now - SETTLED)
    found = found.filter(author_identity__isnull=False, strand__is_side=False)
    return list(found.select_related("conversation", "cover").order_by("pk")[:most])


def is_open_to_all(message: Message) -> bool:
    """Whether nothing about the message or its conversation is kept from anybody."""
    cover = getattr(message, "cover", None)
    conversation = message.conversation
    return (cover is None or not cover.is_on) and not conversation.sealed and not conversation.cover


def credited(message: Message) -> dict[tuple[str, int], Why]:
    """Whom a praise is for, as (`user` or `engineer`, id): who answered before it, whose article was used, who helped.

    Who did several of these is named once, for the first.
    """
    found: dict[tuple[str, int], Why] = {}
    for pk in _answerers(message):
        found[("user", pk)] = Why.ANSWERED
    for pk in _writers(message.conversation_id):
        found.setdefault(("user", pk), Why.WROTE)
    for who in _helpers(message.conversation_id):
        found.setdefault(who, Why.HELPED)
    return found


def _answerers(message: Message) -> list[int]:
    ours = Message.objects.filter(conversation=message.conversation_id, pk__lt=message.pk, strand__is_side=False)
    sent = ours.filter(author_user__isnull=False, state=Delivery.SENT).order_by("-pk")
    return list(dict.fromkeys(sent.values_list("author_user", flat=True)))[:MOST_ANSWERERS]


def _writers(conversation_id: int) -> list[int]:
    """Owners of the articles that were taken over into answers here."""
    used = Usage.objects.filter(suggestion__conversation=conversation_id, sent__isnull=False)
    cited = Article.objects.filter(citations__suggestion__usage__in=used, owner__is_active=True)
    return list(cited.order_by("owner").values_list("owner", flat=True).distinct())


def _helpers(conversation_id: int) -> list[tuple[str, int]]:
    """Engineers who answered a request about it: as a person of the desk where they are one."""
    asked = HelpRequest.objects.filter(conversation=conversation_id, state=HelpState.ANSWERED)
    rows = asked.order_by("pk").values_list("engineer", "engineer__user")
    return [("user", user) if user else ("engineer", engineer) for engineer, user in rows]


# ---------- the wall ----------


@dataclass(frozen=True, slots=True)
class Card:
    """One praise as it is shown. `may_open`: the reader may see the conversation; `may_hide`: it is theirs or they
    tidy.
    """

    praise: Praise
    words: str
    credits: tuple[Credit, ...]
    is_mine: bool
    may_open: bool
    may_hide: bool


def wall(user: User, *, mine: bool = False, most: int = NEWEST) -> list[Card]:
    """The newest praise that the person may read; with `mine` only what is for them."""
    found = Praise.objects.shown().visible_to(user)
    found = found.filter(credits__user=user) if mine else found
    return cards(found.order_by("-said_at", "-pk")[:most], user)


def beside(conversation: Conversation, user: User) -> list[Card]:
    """Praise in one conversation that the reader may see."""
    return cards(Praise.objects.shown().filter(conversation=conversation).order_by("-pk")[:3], user)


def between(user: User, begin: datetime, end: datetime) -> list[Card]:
    """What was said about the person in a time."""
    mine = Praise.objects.shown().filter(credits__user=user, said_at__gte=begin, said_at__lt=end)
    return cards(mine.order_by("said_at", "pk"), user)


def cards(found: Any, user: User) -> list[Card]:
    """Praise with its excerpt and its people."""
    rows = list(
        found.select_related("message", "conversation__contact").prefetch_related("credits__user", "credits__engineer")
    )
    open_to = set(
        Conversation.objects.visible_to(user)
        .filter(pk__in=[one.conversation_id for one in rows])
        .values_list("pk", flat=True)
    )
    return [_card(one, user, one.conversation_id in open_to) for one in rows]


def _card(praise: Praise, user: User, may_open: bool) -> Card:
    whose = tuple(praise.credits.all())
    is_mine = any(one.user_id == user.pk for one in whose)
    may_hide = is_mine or (may_open and user.can("thanks.tidy"))
    return Card(praise, words_of(praise), whose, is_mine, may_open, may_hide)


def words_of(praise: Praise) -> str:
    """The sentences that praise, without who said them."""
    return rules.excerpt(praise.message.text, praise.conversation.contact.name, ours=settings.SUPPORT_ADDRESS)


# ---------- letters to engineers ----------


def to_thank(now: datetime) -> list[tuple[Engineer, list[Credit]]]:
    """Engineers without an account with the praise that no letter has told them of, where a letter may go now."""
    silent = Silence.objects.filter(engineer=OuterRef("pk"))
    engineers = Engineer.objects.filter(~Exists(silent), user=None, is_active=True)
    told = engineers.annotate(last=Max("credits__mailed_at")).values_list("pk", "last")
    ready = Engineer.objects.filter(pk__in=[pk for pk, last in told if rules.may_mail(last, now)]).order_by("pk")
    return [(one, found) for one in ready if (found := _untold(one, now))]


def _untold(engineer: Engineer, now: datetime) -> list[Credit]:
    shown = Praise.objects.shown().filter(said_at__gte=now - rules.FRESH)
    found = Credit.objects.filter(engineer=engineer, mailed_at=None, praise__in=shown)
    return list(found.select_related("praise__message", "praise__conversation__contact").order_by("praise__said_at"))


def names(people: Iterable[User]) -> list[str]:
    """First names in alphabetical order, each once."""
    return sorted({one.first_name for one in people})
