"""Who is on call, who is called next, and what stands on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch

from firstline.accounts.models import User
from firstline.conversations.models import Reason as Cause
from firstline.core import clock
from firstline.moderation.models import Care, Preference, SafetyContact
from firstline.notifications import queries as notifications
from firstline.paging import rules
from firstline.paging.models import Call, Member, Override, Page, Reason, Rota
from firstline.paging.rules import Stand, Turns

SHOWN = 30
WEEKS = 8


def rota() -> Rota:
    """The rota; before anybody set one up, weeks begin on Mondays at nine, UTC."""
    today = clock.now().date()
    return Rota.objects.first() or Rota(begins_on=today - timedelta(days=today.weekday()))


def turns() -> Turns:
    """The rota as the rules read it; who has no access any more is left out."""
    kept = rota()
    people = Member.objects.filter(user__is_active=True).values_list("user", flat=True)
    return Turns(kept.zone, kept.begins_on, kept.minute, tuple(people))


def overrides(now: datetime) -> list[Override]:
    """Those that are not over, oldest first."""
    return list(Override.objects.filter(ends_at__gt=now, user__is_active=True).select_related("user").order_by("pk"))


def stands(found: Sequence[Override]) -> list[Stand]:
    """The same as the rules read them."""
    return [Stand(one.user_id, one.begins_at, one.ends_at) for one in found]


def on_call(now: datetime) -> User | None:
    """Who is on call now."""
    found = rules.on_call(turns(), stands(overrides(now)), now)
    return User.objects.filter(pk=found or 0).first()


def ladder(page: Page, now: datetime) -> list[User]:
    """Whom to call, in this order: who is on call, the rota round about, and for safety whom the desk calls then.

    Left out is who may not see the conversation; for safety also who has it in hand already, since a second person is
    wanted, and who does not want to meet such things (W-05). It may be empty.
    """
    order = rules.after(turns().people, rules.on_call(turns(), stands(overrides(now)), now))
    if page.reason == Reason.SAFETY:
        order += list(SafetyContact.objects.filter(user__is_active=True).values_list("user", flat=True))
    left_out = _left_out(page) if page.reason == Reason.SAFETY else set()
    people = User.objects.in_bulk(order)
    found = [people[pk] for pk in dict.fromkeys(order) if pk in people and pk not in left_out]
    return [one for one in found if page.conversation is None or notifications.may_see(one, page.conversation)]


def _left_out(page: Page) -> set[int]:
    spared = Preference.objects.filter(paused=True) | Preference.objects.filter(avoids__contains=[Cause.SELF_HARM_RISK])
    found = set(spared.values_list("user", flat=True))
    care = Care.objects.filter(conversation=page.conversation).first()
    in_hand = {care.raised_by_id if care else None, page.conversation.assignee_id if page.conversation else None}
    return found | {one for one in in_hand if one is not None}


@dataclass(frozen=True, slots=True)
class Week:
    """One stretch of the rota with its person."""

    who: User | None
    begins_at: datetime
    ends_at: datetime
    is_instead: bool


def weeks(now: datetime) -> list[Week]:
    """Who is on call from now on, eight weeks ahead."""
    found = rules.stretches(turns(), stands(overrides(now)), now, WEEKS)
    people = User.objects.in_bulk([one.person for one in found if one.person is not None])
    return [Week(people.get(one.person or 0), one.begins_at, one.ends_at, one.is_instead) for one in found]


def members() -> list[User]:
    """Whose week comes round, in order."""
    found = Member.objects.filter(user__is_active=True).select_related("user")
    return [one.user for one in found]


def callable_people() -> list[User]:
    """Who may be put on the rota: whoever may see conversations."""
    found = User.objects.filter(is_active=True).order_by("name", "pk")
    return [one for one in found if one.can("conversations.view")]


def pages(user: User) -> list[Page]:
    """The newest pages that the person may see, with who was called."""
    calls = Prefetch("calls", Call.objects.select_related("user").order_by("number"))
    found = Page.objects.visible_to(user).select_related("answered_by").prefetch_related(calls)
    return list(found.order_by("-pk")[:SHOWN])
