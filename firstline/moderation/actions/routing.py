"""Who gets a hard case: shared evenly, never twice in a row, never to who does not want it (W-05 to W-08)."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Sum

from firstline.accounts.models import User
from firstline.conversations.models import COVERED_FROM, Reveal
from firstline.core import clock
from firstline.moderation.actions import moving
from firstline.moderation.models import TO_DECIDE, Case, HandOver, Preference

DECIDE = "moderation.decide"
SHARE_WINDOW = timedelta(days=28)
PAUSE = timedelta(minutes=30)
SOFT_REVEALS, SOFT_SECONDS = 10, 15 * 60
HARD_REVEALS, HARD_SECONDS = 25, 30 * 60


def assign(case: Case) -> User | None:
    """Give a case of severity 2 and more to whoever has had the least of it; None when nobody may be given it.

    If everybody has opted out it stays with nobody, for the lead and help from outside, never with the last person.
    """
    if case.severity < COVERED_FROM:
        return None
    chosen = next(iter(eligible(case)), None)
    Case.objects.filter(pk=case.pk).update(assignee=chosen)
    case.assignee = chosen
    return chosen


def eligible(case: Case, *, but: User | None = None) -> list[User]:
    """Who may be given the case, the one with the least share first; who had the last one comes last."""
    team = User.objects.filter(is_active=True, teams__inboxes=case.inbox_id).distinct().order_by("pk")
    left_out = {but.pk} if but is not None else set()
    left_out |= set(case.aimed_at.values_list("pk", flat=True))
    people = [one for one in team if one.can(DECIDE) and one.pk not in left_out]
    wishes = {one.user_id: one for one in Preference.objects.filter(user__in=people)}
    tired = over_budget(people, SOFT_REVEALS, SOFT_SECONDS)
    passed_on = set(HandOver.objects.filter(case=case).values_list("user_id", flat=True))
    willing = [
        one
        for one in people
        if one.pk not in tired and one.pk not in passed_on and _wants(wishes.get(one.pk), case.reason)
    ]
    share, last = shares(willing), _last_given(case)
    return sorted(willing, key=lambda one: (one.pk == last, share[one.pk], one.pk))


def _wants(wish: Preference | None, reason: str) -> bool:
    return wish is None or (not wish.paused and reason not in wish.avoids)


def shares(people: list[User]) -> Counter[int]:
    """How many hard cases each was given in 28 days."""
    since = clock.now() - SHARE_WINDOW
    given = Case.objects.filter(assignee__in=people, severity__gte=COVERED_FROM, created_at__gte=since)
    return Counter(dict(given.values_list("assignee").annotate(n=Count("pk")).order_by()))


def _last_given(case: Case) -> int | None:
    given = Case.objects.filter(severity__gte=COVERED_FROM, assignee__isnull=False, inbox=case.inbox_id)
    return given.exclude(pk=case.pk).order_by("-pk").values_list("assignee", flat=True).first()


def over_budget(people: list[User], most_reveals: int, most_seconds: int) -> set[int]:
    """Who has seen that much today: past the soft limit nothing hard is routed to them any more (W-07)."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    seen = Reveal.objects.filter(user__in=people, at__gte=day).values("user").order_by()
    rows = seen.annotate(n=Count("pk"), s=Sum("seconds")).values_list("user", "n", "s")
    return {user for user, reveals, seconds in rows if reveals >= most_reveals or (seconds or 0) >= most_seconds}


@transaction.atomic
def hand_over(case: Case, *, by: User) -> User | None:
    """ "Not me, not now": it goes to the next person at once, no comment asked; its clock stands still for at most
    30 minutes, until somebody accepts. Returns who has it now.
    """
    case = moving.hold(case)
    if case.state not in TO_DECIDE:
        return case.assignee
    now = clock.now()
    HandOver.objects.create(case=case, user=by, at=now)
    following = next(iter(eligible(case, but=by)), None)
    case.assignee, case.paused_until = following, now + PAUSE
    case.due_at += PAUSE
    case.save(update_fields=["assignee", "paused_until", "due_at"])
    return following


@transaction.atomic
def accept(case: Case, *, by: User) -> None:
    """Somebody takes it: its clock runs again, and what is left of the pause is given back."""
    case = moving.hold(case)
    now = clock.now()
    if case.paused_until is not None and case.paused_until > now:
        case.due_at -= case.paused_until - now
    case.assignee, case.paused_until = by, None
    case.save(update_fields=["assignee", "paused_until", "due_at"])
    HandOver.objects.filter(case=case, accepted_at=None).exclude(user=by).update(accepted_at=now)
