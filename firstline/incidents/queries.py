"""What is going on, how long each part of the service was up, and what an incident's pages show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock, statements
from firstline.incidents import rules
from firstline.incidents.models import (
    GOING_ON,
    PUBLIC,
    Affected,
    Attached,
    Belonging,
    Component,
    Impact,
    Incident,
    Phase,
    Run,
    RunState,
    Sighting,
    Told,
    Update,
)
from firstline.sla.models import Pause, Reason

THEMES: dict[str, Promise] = {
    "down": gettext_lazy("the service"),
    "slow": gettext_lazy("speed"),
    "install": gettext_lazy("installing"),
    "publish": gettext_lazy("publishing"),
    "login": gettext_lazy("signing in"),
    "site": gettext_lazy("the website"),
    "search": gettext_lazy("search"),
    "billing": gettext_lazy("billing"),
    "mail": gettext_lazy("our mails"),
    "checksum": gettext_lazy("checksums"),
    "certificate": gettext_lazy("certificates"),
    "dns": gettext_lazy("name resolution"),
    "webhook": gettext_lazy("webhooks"),
    "api": gettext_lazy("the API"),
    "audit": gettext_lazy("audits"),
    "metadata": gettext_lazy("versions shown"),
    "docs": gettext_lazy("the documentation"),
    "badge": gettext_lazy("statistics"),
    "limits": gettext_lazy("rate limits"),
    "forbidden": gettext_lazy("access"),
    "mirror": gettext_lazy("mirrors and caches"),
    "organisation": gettext_lazy("organisations"),
}
SLICE = timedelta(minutes=3)
SLICES = 20
BANNER_SHOWN = 2


def describe(fingerprint: str) -> str:
    """A fingerprint as a sentence for the desk; it names no host and no package."""
    parts = fingerprint.removeprefix("at ").split("+") if not fingerprint.startswith("at ") else []
    words = [str(THEMES[one]) for one in parts if one in THEMES]
    codes = [one for one in parts if one not in THEMES]
    subject = _(" and ").join(words) or _("the service")
    if codes:
        return _("Trouble with %(what)s: %(code)s") % {"what": subject, "code": ", ".join(codes)}
    return _("Trouble with %(what)s") % {"what": subject}


def lists(user: User) -> dict[str, list[Incident]]:
    """What the list shows: `suspected`, `open` and `past`, newest first."""
    found = Incident.objects.visible_to(user).order_by("-pk")
    return {
        "suspected": list(found.filter(phase=Phase.SUSPECTED)[:20]),
        "open": list(found.filter(phase__in=GOING_ON)),
        "past": list(found.filter(phase__in=(Phase.RESOLVED, Phase.POSTMORTEM))[:50]),
    }


def going_on() -> list[Incident]:
    """What the banner of public pages tells of."""
    return list(Incident.objects.going_on()[:BANNER_SHOWN])


def banner_key() -> str:
    """Changes whenever the banner says something else: part of what caches of public pages are asked by."""
    return repr([(one.pk, one.title, one.next_update_at) for one in going_on()])


def concerning(user: User) -> int:
    """How many incidents somebody has to look at."""
    return Incident.objects.visible_to(user).filter(phase__in=(Phase.SUSPECTED, *GOING_ON)).count()


def of_conversation(conversation: Conversation) -> Attached | None:
    """The incident that a conversation is in or looks like, while that is of use."""
    rows = Attached.objects.select_related("incident").filter(conversation=conversation)
    shown = rows.exclude(state=Belonging.DECLINED).exclude(incident__phase=Phase.DISMISSED)
    attached = shown.filter(state=Belonging.ATTACHED).order_by("-pk").first()
    if attached is not None:
        return attached
    return shown.filter(incident__phase__in=(Phase.SUSPECTED, *GOING_ON)).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Person:
    """One line of an incident's list of people."""

    row: Attached
    conversation: Conversation
    told_at: datetime | None
    telling: str
    """How the last thing they were told stands: a delivery state, "" when nothing was said."""


def people(incident: Incident, user: User) -> tuple[list[Person], int]:
    """Who is in an incident or looks like it, those not told yet first, as far as the user may see; and how many more
    there are.
    """
    seen = Conversation.objects.visible_to(user).for_list()
    rows = incident.attached.exclude(state=Belonging.DECLINED).order_by("-at", "-pk")
    mine = {one.pk: one for one in seen.filter(pk__in=rows.values("conversation"))}
    told = {one.conversation_id: one for one in _told(incident)}
    found = [
        Person(row, mine[row.conversation_id], *_last_told(told.get(row.conversation_id)))
        for row in rows
        if row.conversation_id in mine
    ]
    found.sort(key=lambda one: one.told_at is not None)
    return found, rows.count() - len(found)


def _told(incident: Incident) -> QuerySet[Told]:
    queued = Told.objects.filter(telling__incident=incident).exclude(message=None)
    return queued.select_related("message").order_by("pk")


def _last_told(told: Told | None) -> tuple[datetime | None, str]:
    if told is None or told.message is None or told.message.state == "cancelled":
        return None, ""
    return told.message.sent_at or told.message.created_at, told.message.get_state_display()


def paused(incident: Incident) -> int:
    """How many clocks stand still because of it."""
    mine = incident.attached.filter(state=Belonging.ATTACHED).values("conversation")
    return Pause.objects.filter(conversation__in=mine, ended_at=None, reason=Reason.INCIDENT).count()


@dataclass(frozen=True, slots=True)
class Bar:
    """Reports in three minutes, as the chart draws them."""

    x: int
    y: int
    height: int
    count: int


@dataclass(frozen=True, slots=True)
class Reports:
    """How reports came in over an hour, up to now or to the end."""

    bars: list[Bar]
    most: int
    total: int
    begins: datetime
    ends: datetime

    @property
    def is_falling(self) -> bool:
        """Whether the last six minutes brought less than half of the most."""
        return self.most > 0 and max(one.count for one in self.bars[-2:]) * 2 < self.most


def reports(incident: Incident, now: datetime) -> Reports:
    """Reports of an incident per three minutes: the hour that ends now, or around its beginning when that is past."""
    moments = list(incident.attached.exclude(state=Belonging.DECLINED).values_list("at", flat=True))
    ends = min(now, max(moments, default=now) + SLICE * 4)
    begins = ends - SLICE * SLICES
    counts = Counter(int((at - begins) / SLICE) for at in moments if begins <= at <= ends)
    counts[SLICES - 1] += counts.pop(SLICES, 0)
    most = max(counts.values(), default=0)
    height = [round(80 * counts[at] / max(1, most)) for at in range(SLICES)]
    bars = [Bar(at * 14 + 1, 90 - height[at], height[at], counts[at]) for at in range(SLICES)]
    return Reports(bars, most, len(moments), begins, ends)


@dataclass(frozen=True, slots=True)
class Foresight:
    """Who saw it first: support by what people wrote, or a monitor."""

    support_at: datetime | None
    monitor: Sighting | None

    @property
    def ahead(self) -> str:
        """How long support was ahead of the monitor; "" when it was not, or when no monitor saw it."""
        if self.support_at is None or self.monitor is None or self.monitor.at <= self.support_at:
            return ""
        return rules.say_seconds(self.monitor.at - self.support_at)


def foresight(incident: Incident) -> Foresight:
    """Who saw this incident first."""
    seen = incident.noticed_at or (incident.declared_at if incident.attached.exists() else None)
    return Foresight(seen, incident.sightings.select_related("monitor").order_by("at").first())


@dataclass(frozen=True, slots=True)
class Memory:
    """How often, over the past incidents, support was first, and by how much at the median."""

    incidents: int
    first: int
    alone: int
    ahead: str


def memory() -> Memory:
    """What the desk remembers of incidents that were declared: did people or monitors tell of them first?"""
    declared = Incident.objects.filter(phase__in=PUBLIC).exclude(noticed_at=None)
    first_seen = dict(Sighting.objects.exclude(incident=None).order_by("-at").values_list("incident", "at"))
    rows = list(declared.order_by("-pk").values_list("pk", "noticed_at")[:500])
    leads = [first_seen[pk] - noticed for pk, noticed in rows if pk in first_seen and noticed is not None]
    ahead = [one for one in leads if one > timedelta()]
    alone = len(rows) - len(leads)
    said = rules.say_seconds(timedelta(seconds=median(one.total_seconds() for one in ahead))) if ahead else ""
    return Memory(len(rows), len(ahead) + alone, alone, said)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of an incident's story."""

    at: datetime
    words: str
    text: str = ""
    kind: str = ""


def story(incident: Incident) -> list[Moment]:
    """What happened, oldest first: reports, who saw it, what the public was told, what people were told."""
    found = [Moment(incident.first_report_at, _("The first report came in."))]
    if incident.noticed_at:
        found.append(Moment(incident.noticed_at, _("The desk noticed it: five people report the same.")))
    if incident.declared_at:
        by = incident.declared_by.first_name if incident.declared_by else _("Somebody")
        found.append(Moment(incident.declared_at, _("%(who)s declared it an incident.") % {"who": by}))
    for sighting in incident.sightings.select_related("monitor"):
        words = _("%(monitor)s saw it: %(summary)s")
        named = {"monitor": sighting.monitor.name, "summary": sighting.summary or sighting.key}
        found.append(Moment(sighting.at, words % named))
    for telling in incident.tellings.filter(cancelled_at=None).prefetch_related("told").select_related("by"):
        queued = sum(one.message_id is not None for one in telling.told.all())
        words = _("%(who)s told %(count)d people in their own conversations.")
        found.append(Moment(telling.at, words % {"who": telling.by.first_name, "count": queued}, telling.text))
    for update in incident.updates.select_related("by"):
        named = {"who": update.by.first_name if update.by else _("Somebody"), "phase": update.get_phase_display()}
        found.append(Moment(update.at, _("%(who)s published: %(phase)s") % named, update.text, update.phase))
    return sorted(found, key=lambda one: one.at)


# Uptime

_DAYS: Final = """
SELECT run.component_id, day::date,
       coalesce(sum(extract(epoch FROM least(run.until, day + interval '1 day') - greatest(run.began_at, day)))
                FILTER (WHERE run.state = 'down'), 0)::float8 AS down,
       coalesce(sum(extract(epoch FROM least(run.until, day + interval '1 day') - greatest(run.began_at, day)))
                FILTER (WHERE run.state = 'slow'), 0)::float8 AS slow,
       coalesce(sum(extract(epoch FROM least(run.until, day + interval '1 day') - greatest(run.began_at, day))),
                0)::float8
FROM incidents_run AS run
CROSS JOIN LATERAL generate_series(
  date_trunc('day', greatest(run.began_at, %(since)s), 'UTC'), run.until, interval '1 day') AS day
WHERE run.until > %(since)s AND run.until > run.began_at AND day < run.until
GROUP BY run.component_id, day
"""
_DOWN: Final = """
SELECT component_id,
       coalesce(sum(extract(epoch FROM least(until, %(now)s) - greatest(began_at, %(since)s)))
                FILTER (WHERE state = 'down'), 0)::float8,
       coalesce(sum(extract(epoch FROM least(until, %(now)s) - greatest(began_at, %(since)s))), 0)::float8
FROM incidents_run WHERE until > %(since)s AND began_at < %(now)s GROUP BY component_id
"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a component's history: seconds, measured in UTC."""

    on: date
    down: float = 0.0
    slow: float = 0.0
    measured: float = 0.0

    @property
    def css(self) -> str:
        """How the bar is drawn: down for any second down, slow for a minute or more of slowness."""
        if not self.measured:
            return "none"
        return "down" if self.down else "slow" if self.slow >= 60 else "ok"


def days(since: datetime) -> dict[int, dict[date, Day]]:
    """Down, slow and measured seconds of each component on each day (UTC), in one set-based read over the runs."""
    found: dict[int, dict[date, Day]] = {}
    for component, on, down, slow, measured in statements.run(_DAYS, {"since": since}):
        found.setdefault(component, {})[on] = Day(on, down, slow, measured)
    return found


def downtime(since: datetime, now: datetime) -> dict[int, tuple[timedelta, timedelta]]:
    """How long each component was down between two moments, and how long it was measured at all."""
    rows = statements.run(_DOWN, {"since": since, "now": now})
    return {component: (timedelta(seconds=down), timedelta(seconds=whole)) for component, down, whole in rows}


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component as the status page shows it. `state` is up, slow or down; `measured` says whether it is probed."""

    component: Component
    state: str
    words: str
    bars: list[Day] = field(default_factory=list)
    used: timedelta = timedelta()
    measured: timedelta = timedelta()

    @property
    def is_measured(self) -> bool:
        """Whether anything is known of its uptime."""
        return self.measured > timedelta()

    @property
    def allowed(self) -> timedelta:
        """How long it may be down in 30 days."""
        return rules.allowed(self.component.target)

    @property
    def promise(self) -> str:
        """What the promise allows and what of it was used: "14 s of 26 s used"."""
        words = {"used": rules.say_seconds(self.used), "allowed": rules.say_seconds(self.allowed)}
        return _("%(used)s of %(allowed)s used") % words

    @property
    def percent(self) -> float:
        """The measured share of time, in percent, that it was up."""
        whole = self.measured.total_seconds()
        return 100.0 * (1 - self.used.total_seconds() / whole) if whole else 100.0


@dataclass(frozen=True, slots=True)
class Status:
    """All that the public page says, at one moment."""

    at: datetime
    incidents: list[Incident]
    components: list[ComponentState]
    past: list[Incident]

    @property
    def worst(self) -> str:
        """down, slow or up: the worst of all components; slow at least while an incident goes on."""
        states = {one.state for one in self.components} | ({"slow"} if self.incidents else set())
        return "down" if "down" in states else "slow" if "slow" in states else "up"


def status(now: datetime) -> Status:
    """The state of the service as the public reads it."""
    told = Prefetch("updates", queryset=Update.objects.order_by("-pk"))
    going = list(Incident.objects.going_on().prefetch_related(told))
    over = Incident.objects.filter(phase__in=(Phase.RESOLVED, Phase.POSTMORTEM), resolved_at__gte=now - rules.PERIOD)
    past = list(over.prefetch_related(told).order_by("-resolved_at")[:30])
    return Status(now, going, components(now), past)


def components(now: datetime) -> list[ComponentState]:
    """Every component with its state now and its history."""
    first = (now - timedelta(days=rules.HISTORY_DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    history, used = days(first), downtime(now - rules.PERIOD, now)
    said: dict[int, str] = {}
    for one in Affected.objects.filter(incident__phase__in=GOING_ON):
        said[one.component_id] = max(said.get(one.component_id, ""), one.impact, key=("", "slow", "down").index)
    seen = _seen(now)
    return [
        _component(one, said.get(one.pk, ""), seen.get(one.pk, ""), history.get(one.pk, {}), used.get(one.pk), first)
        for one in Component.objects.all()
    ]


def _seen(now: datetime) -> dict[int, str]:
    """What the probes of the last half minute say."""
    rows = Run.objects.filter(last_at__gte=now - rules.GAP).order_by("last_at")
    return dict(rows.values_list("component", "state"))


def _component(
    one: Component,
    said: str,
    seen: str,
    history: Mapping[date, Day],
    used: tuple[timedelta, timedelta] | None,
    first: datetime,
) -> ComponentState:
    state = said or (seen if seen in {"slow", "down"} else "up")
    words = Impact(said).label if said else RunState(state).label
    bars = [history.get(on, Day(on)) for on in (first.date() + timedelta(days=at) for at in range(rules.HISTORY_DAYS))]
    down, measured = used or (timedelta(), timedelta())
    return ComponentState(one, state, str(words), bars, down, measured)


def history(now: datetime) -> list[Incident]:
    """What the public history tells of, newest first: a year."""
    told = Prefetch("updates", queryset=Update.objects.order_by("-pk"))
    since = now - timedelta(days=366)
    return list(
        Incident.objects.filter(phase__in=PUBLIC, declared_at__gte=since).prefetch_related(told).order_by("-pk")
    )


def told_at(incident: Incident) -> dict[str, datetime]:
    """When the public first heard of each phase."""
    found: dict[str, datetime] = {}
    for update in sorted(incident.updates.all(), key=lambda one: one.pk):
        found.setdefault(update.phase, update.at)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A phase on the line of phases."""

    label: str
    at: datetime | None
    is_done: bool
    is_now: bool


def phases(incident: Incident) -> list[Step]:
    """The four phases, how far it is, and when each was reached."""
    line = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED)
    reached = told_at(incident)
    is_over = incident.phase in (Phase.RESOLVED, Phase.POSTMORTEM)
    now_at = len(line) if is_over else line.index(Phase(incident.phase)) if incident.phase in line else -1
    return [
        Step(str(one.label), reached.get(one), number < now_at or is_over, number == now_at)
        for number, one in enumerate(line)
    ]


def gaps(updates: Sequence[Update]) -> int:
    """In how many cases the public heard later than it was promised."""
    ordered = sorted(updates, key=lambda one: one.pk)
    return sum(one.next_at is not None and later.at > one.next_at for one, later in pairwise(ordered))


def now_status() -> Status:
    """The state at this moment."""
    return status(clock.now())
