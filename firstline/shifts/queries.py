"""Who is here, and what stands on somebody's desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from firstline.accounts.models import User
from firstline.conversations.models import OURS, UNRESOLVED, Conversation, ConversationQuerySet, Promise, Status
from firstline.core import clock
from firstline.shifts.models import HandOver, Rhythm
from firstline.sla import queries as sla
from firstline.sla import rules as working_time

BEFORE_DUE = timedelta(hours=1)
"""How long before a promise is due its conversation comes back as the team's turn."""
AT_ONCE = 500


def is_away(rhythm: Rhythm | None, now: datetime) -> bool:
    """Whether the person said so, or it is outside their own hours."""
    if rhythm is None:
        return False
    if rhythm.away_until is not None and rhythm.away_until > now:
        return True
    return bool(rhythm.week) and not working_time.is_open(hours_of(rhythm), now)


def hours_of(rhythm: Rhythm) -> working_time.Hours:
    """As the rules of working time want them."""
    return working_time.Hours(rhythm.zone, tuple(tuple((begin, end) for begin, end in day) for day in rhythm.week))


def away(now: datetime) -> set[int]:
    """Everybody who is away now, and who has no access any more."""
    gone = set(User.objects.filter(is_active=False).values_list("pk", flat=True))
    return gone | {one.user_id for one in Rhythm.objects.all() if is_away(one, now)}


def present(people: Sequence[User]) -> list[User]:
    """Those of them who are here; conversations asks by the setting PRESENT."""
    absent = away(clock.now())
    return [one for one in people if one.pk not in absent]


def is_open(now: datetime) -> bool:
    """Whether the desk works now."""
    return working_time.is_open(sla.calendar().hours, now)


def stranded(absent: Iterable[int], now: datetime) -> ConversationQuerySet:
    """Conversations on our turn, awake, or with a promise about to fall due, whose owner is not here."""
    soon = Promise.objects.filter(conversation=OuterRef("pk"), kept_at=None, due_at__lte=now + BEFORE_DUE)
    awake = Q(status__in=OURS) & (Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    found = Conversation.objects.filter(awake | Exists(soon), assignee__in=list(absent), status__in=UNRESOLVED)
    return found.select_related("assignee").order_by("pk")


def promises_to_mind(now: datetime) -> list[int]:
    """Conversations that are not our turn, or asleep, although a promise of ours falls due within the hour."""
    due = Promise.objects.filter(kept_at=None, due_at__lte=now + BEFORE_DUE, conversation__status__in=UNRESOLVED)
    idle = ~Q(conversation__status__in=OURS) | Q(conversation__snoozed_until__gt=now)
    return list(due.filter(idle).order_by("conversation").values_list("conversation", flat=True).distinct()[:AT_ONCE])


def on_desk(user: User) -> dict[str, list[Conversation]]:
    """What a person looks after: their turn, what they promised, what waits on others."""
    mine = list(
        Conversation.objects.visible_to(user)
        .filter(assignee=user, status__in=UNRESOLVED)
        .for_list()
        .order_by("sort_at")
    )
    promised = set(
        Promise.objects.filter(conversation__in=[one.pk for one in mine], kept_at=None).values_list(
            "conversation", flat=True
        )
    )
    return {
        "mine": [one for one in mine if one.is_ours and one.pk not in promised],
        "promised": [one for one in mine if one.pk in promised],
        "waiting": [one for one in mine if not one.is_ours and one.pk not in promised],
    }


def newest(conversation: Conversation) -> HandOver | None:
    """The last hand-over, unless we have answered since."""
    found = HandOver.objects.select_related("giver", "to").filter(conversation=conversation).order_by("-pk").first()
    if found is None or conversation.status in (Status.RESOLVED, Status.SPAM):
        return None
    answered = conversation.messages.filter(author_user__isnull=False, created_at__gt=found.at, strand__is_side=False)
    return None if answered.exists() else found
