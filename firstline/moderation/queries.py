"""Reads of moderation: the queue, one case, the public figures, and each person's own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.conversations.models import COVERED_FROM, Cover, Message, Reveal
from firstline.core import clock
from firstline.moderation.models import (
    Appeal,
    Case,
    CaseItem,
    CaseState,
    CheckIn,
    HandOver,
    Measure,
    Report,
    Sanction,
    Source,
)

ICONS = {"email": "mail", "github": "circle-dot", "web": "globe", "x": "message-circle", "mastodon": "message-circle"}
FEWEST = 5
"""Groups smaller than this are not published (M-22)."""
SMALL_TEAM, SMALL_TEAM_WINDOW, WINDOW = 5, timedelta(days=90), timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the queue, in words that hold nothing of the content."""

    case: Case
    who: str
    subject: str
    preview: str
    icon: str
    is_covered: bool


def queue(user: User) -> list[Row]:
    """What waits for a decision, nearest clock first, hard ones spread out so that no two follow each other."""
    found = Case.objects.visible_to(user).to_decide().select_related("contact", "inbox", "assignee")[:200]
    cases = list(found)
    items: dict[int, list[int]] = {}
    listed = CaseItem.objects.filter(case__in=cases).order_by("is_copy", "pk")
    for case_id, message_id in listed.values_list("case_id", "message_id"):
        items.setdefault(case_id, []).append(message_id)
    firsts = [messages[0] for messages in items.values()]
    covers = {one.message_id: one for one in Cover.objects.filter(message__in=firsts, uncovered_at=None)}
    told = Report.objects.counting().filter(case__in=cases, source=Source.CONTACT)
    reporters = Counter(told.values_list("case_id", flat=True))
    return [
        _row(case, len(messages), covers.get(messages[0]) if messages else None, reporters[case.pk])
        for case in spread(cases)
        for messages in [items.get(case.pk, [])]
    ]


def spread(cases: Sequence[Case]) -> list[Case]:
    """The same order, with an easier case between two hard ones as long as there are any (W-08)."""
    waiting, spread_out = list(cases), list[Case]()
    while waiting:
        was_hard = bool(spread_out) and spread_out[-1].severity >= COVERED_FROM
        easier = next((one for one in waiting if one.severity < COVERED_FROM), None) if was_hard else None
        following = easier or waiting[0]
        waiting.remove(following)
        spread_out.append(following)
    return spread_out


def _row(case: Case, messages: int, cover: Cover | None, reporters: int) -> Row:
    words = [case.inbox.name]
    if cover is not None:
        words.append(ngettext("%(n)d word", "%(n)d words", cover.words) % {"n": cover.words})
    if messages > 1:
        words.append(_("%(n)d more behind it") % {"n": messages - 1})
    return Row(case, _who(case, cover, reporters), _subject(case), " · ".join(words), _icon(case), cover is not None)


def _who(case: Case, cover: Cover | None, reporters: int) -> str:
    if case.state == CaseState.APPEALED:
        return _("An appeal")
    if reporters:
        return ngettext("Reported by %(n)d person", "Reported by %(n)d people", reporters) % {"n": reporters}
    if cover is not None:
        return _("Sender covered")
    return str(case.contact) if case.contact else _("Nobody known")


def _subject(case: Case) -> str:
    label = str(case.get_reason_display())
    if case.state == CaseState.APPEALED:
        return _("Appeal: %(reason)s") % {"reason": label}
    return _("Second look: %(reason)s") % {"reason": label} if case.state == CaseState.PROPOSED else label


def _icon(case: Case) -> str:
    return ICONS.get(case.inbox.channel, "mail")


def waiting(user: User) -> int:
    """How many cases wait for the person's decision or anybody's."""
    return Case.objects.visible_to(user).to_decide().count()


# ---------- one case ----------


@dataclass(frozen=True, slots=True)
class Precedents:
    """How cases for the same reason were decided before."""

    measures: tuple[tuple[str, int], ...]
    total: int
    overturned: int


def precedents(case: Case) -> Precedents:
    """Sanctions for the same reason, the commonest first."""
    found = Sanction.objects.filter(reason=case.reason).exclude(case=case)
    counts = Counter(found.values_list("measure", flat=True))
    words = tuple((str(Measure(measure).label), number) for measure, number in counts.most_common(3))
    return Precedents(words, counts.total(), found.filter(overturned_at__isnull=False).count())


def messages_of(case: Case) -> list[Message]:
    """The case's own messages, copies left out, with their covers."""
    found = Message.objects.filter(case_item__case=case, case_item__is_copy=False)
    return list(found.select_related("author_identity", "strand__inbox", "cover", "conversation").order_by("pk")[:20])


# ---------- the public report (M-22) ----------


@dataclass(frozen=True, slots=True)
class Figures:
    """A quarter in figures; None stands for a group of fewer than five, which is not told."""

    since: datetime
    until: datetime
    actioned: tuple[tuple[str, str, str, int | None], ...]
    lengths: tuple[tuple[str, int | None], ...]
    appeals: dict[str, int | None]
    median_hours_to_decide: float | None
    median_hours_to_appeal: float | None
    covers_by_detector: int | None
    covers_taken_off: int | None


def figures(since: datetime, until: datetime) -> Figures:
    """Numbers of the time from `since` until `until`, read from what is kept, small groups left out."""
    sanctions = list(
        Sanction.objects.filter(starts_at__gte=since, starts_at__lt=until)
        .exclude(measure=Measure.NOTE)
        .select_related("case__inbox")
    )
    by_group = Counter((one.reason, one.case.inbox.channel, one.found_by) for one in sanctions)
    lengths = Counter(_length(one) for one in sanctions)
    appeals = Appeal.objects.filter(created_at__gte=since, created_at__lt=until)
    ends = Counter(appeals.exclude(outcome="").values_list("outcome", flat=True))
    covers = Cover.objects.filter(origin="detector", covered_at__gte=since, covered_at__lt=until)
    return Figures(
        since,
        until,
        tuple((*group, _told(number)) for group, number in sorted(by_group.items())),
        tuple((words, _told(number)) for words, number in sorted(lengths.items())),
        {
            "filed": _told(appeals.count()),
            **{state: _told(ends[state]) for state in ("upheld", "overturned", "amended")},
        },
        _hours([one.starts_at - one.case.created_at for one in sanctions]),
        _hours([one.decided_at - one.created_at for one in appeals if one.decided_at]),
        _told(covers.count()),
        _told(covers.filter(uncovered_at__isnull=False).count()),
    )


def _told(number: int) -> int | None:
    return None if 0 < number < FEWEST else number


def _hours(spans: Sequence[timedelta]) -> float | None:
    if len(spans) < FEWEST:
        return None
    return round(median(span.total_seconds() for span in spans) / 3600, 1)


def _length(sanction: Sanction) -> str:
    if sanction.measure == Measure.WARN:
        return "warning"
    if sanction.expires_at is None:
        return "for good"
    days = (sanction.expires_at - sanction.starts_at).days
    return "up to 7 days" if days <= 7 else "up to 30 days" if days <= 30 else "up to 365 days"


def quarter(now: datetime) -> tuple[datetime, datetime]:
    """The quarter that `now` is in, so far."""
    return now.replace(month=now.month - (now.month - 1) % 3, day=1, hour=0, minute=0, second=0, microsecond=0), now


# ---------- each person's own, and the team's totals (2.2, W-12, W-15) ----------


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one person saw: today and in 28 days. Only they may read it."""

    today: int
    budget: int
    reveals: int
    minutes: float
    encounters: int

    @property
    def percent(self) -> int:
        """How much of the day's budget is used, at most 100."""
        return min(100, round(100 * self.today / self.budget))


def own_exposure(user: User, budget: int) -> Exposure:
    """The person's own figures."""
    now = clock.now()
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Reveal.objects.filter(user=user)
    recent = mine.filter(at__gte=now - WINDOW).aggregate(n=Count("pk"), s=Sum("seconds"))
    given = Case.objects.filter(handler=user, severity__gte=COVERED_FROM, created_at__gte=now - WINDOW)
    return Exposure(
        mine.filter(at__gte=day).count(), budget, recent["n"], round((recent["s"] or 0) / 60, 1), given.count()
    )


@dataclass(frozen=True, slots=True)
class Team:
    """Totals of the whole team; nothing in it leads to one person."""

    days: int
    people: int
    reveals: int
    minutes: float
    reveal_rate: float | None
    blind_rate: float | None
    handovers: int
    median_accept_minutes: float | None
    copies: int
    repeat_reveals: int
    check_ins: int


def team_totals(now: datetime) -> Team:
    """Over 28 days; over 90 for a team of fewer than five, in which one could be guessed (W-12)."""
    people = sum(1 for one in User.objects.filter(is_active=True) if one.can("moderation.decide"))
    window = WINDOW if people >= SMALL_TEAM else SMALL_TEAM_WINDOW
    since = now - window
    reveals = Reveal.objects.filter(at__gte=since)
    decided = Case.objects.filter(severity__gte=COVERED_FROM, closed_at__gte=since)
    seen = set(reveals.values_list("cover__message__case_item__case", flat=True))
    blind = decided.exclude(pk__in=[one for one in seen if one]).count()
    total = decided.count()
    accepts = [one.accepted_at - one.at for one in HandOver.objects.filter(at__gte=since) if one.accepted_at]
    copies = CaseItem.objects.filter(is_copy=True, created_at__gte=since)
    return Team(
        window.days,
        people,
        reveals.count(),
        round((reveals.aggregate(s=Sum("seconds"))["s"] or 0) / 60, 1),
        round((total - blind) / total, 2) if total else None,
        round(blind / total, 2) if total else None,
        HandOver.objects.filter(at__gte=since).count(),
        round(median(span.total_seconds() for span in accepts) / 60, 1) if accepts else None,
        copies.count(),
        reveals.filter(cover__message__case_item__is_copy=True).count(),
        CheckIn.objects.filter(asked_at__gte=since, done_at__isnull=False).count(),
    )


@dataclass(slots=True)
class Told:
    """Reports that say the same, and how many they are; of somebody outside never who they are."""

    who: str
    reason: str
    words: str
    times: int = 0


def reports_of(case: Case) -> list[Told]:
    """What was reported, alike ones together."""
    told: dict[tuple[str, str, str], Told] = {}
    for one in case.reports.counting().select_related("user").order_by("pk")[:200]:
        who = one.user.first_name if one.user is not None else str(one.get_source_display())
        key = (who, one.reason, one.words)
        told.setdefault(key, Told(who, str(one.get_reason_display()), one.words)).times += 1
    return list(told.values())


def sanctions_of(case: Case) -> list[Sanction]:
    """Everything that was decided about the case's person, newest first."""
    about = Q(case=case) | (Q(contact=case.contact_id) if case.contact_id else Q(case=case))
    found = Sanction.objects.filter(about).select_related("proposed_by", "approved_by", "ended_by", "case")
    return list(found.order_by("-pk")[:20])
