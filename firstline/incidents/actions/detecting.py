"""The watch: once a minute, what arrived since is read, and people who report the same are counted.

It keeps the last three hours of what was said to be broken (`Heard`) and what is usual (`Watch.memory`); no message is
read twice, and no history is scanned. Events whose transaction was still open when their neighbours were read come
within `MARGIN`, so the cursor stays that far behind.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from firstline.conversations.models import Conversation, Message, Status
from firstline.core import clock
from firstline.core.sealing import fingerprint
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, record
from firstline.incidents import queries, rules
from firstline.incidents.fingerprints import fingerprints, same_words
from firstline.incidents.models import GOING_ON, Attached, Belonging, Heard, Incident, Phase, Sighting, Watch
from firstline.incidents.watching import WINDOWS, Alert, Arrival, Memory, Watcher

MARGIN = timedelta(minutes=1)
AT_ONCE = 5000
LEARNT_FROM = 100_000
"""Events of a desk's past from which a new watch learns what is usual."""
OLD = timedelta(hours=6)
"""A message written so long before it came was moved here from elsewhere: it reports nothing new."""


@transaction.atomic
def watch() -> list[Incident]:
    """Read what arrived since the last time; the incidents that are suspected now. May run twice."""
    now = clock.now()
    watch = _held()
    known = list(Heard.objects.order_by("at", "pk"))
    events = _events(watch)
    new = _heard(events, {one.message_id for one in known})
    watcher = Watcher.remembering(_memory(watch), [_arrival(one) for one in known])
    _stay_open(watcher, now)
    suspected = [incident for one in new if (incident := _take(watcher, one, now)) is not None]
    Heard.objects.bulk_create(new, ignore_conflicts=True)
    Heard.objects.filter(at__lt=now - WINDOWS[-1]).delete()
    _keep(watch, watcher, events, now)
    return suspected


@transaction.atomic
def watch_for(incident: Incident, conversations: Iterable[Conversation]) -> None:
    """Let later messages like those of these conversations be offered to an incident that people declared."""
    texts = Message.objects.filter(conversation__in=list(conversations), author_identity__isnull=False).uncovered()
    marks = [fingerprints(f"{one.subject}\n{one.text}") for one in texts.order_by("pk")[:50]]
    shared = rules.shared_marks(marks)
    if not shared:
        return
    watch = _held()
    watcher = Watcher.remembering(_memory(watch), [])
    alert = Alert(clock.now(), shared, last=clock.now(), size=len(marks), key=incident.pk)
    for one in marks:
        alert.marks.update(one)
    watcher.open.append(alert)
    Watch.objects.filter(pk=watch.pk).update(memory=watcher.memory)
    Incident.objects.filter(pk=incident.pk).update(fingerprint=shared)


def _held() -> Watch:
    Watch.objects.get_or_create(pk=1, defaults={"memory": Watcher().memory, "cursor": _beginning()})
    return Watch.objects.select_for_update().get(pk=1)


def _beginning() -> int:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return max(0, newest - LEARNT_FROM)


def _memory(watch: Watch) -> Memory:
    memory: Memory = watch.memory
    return memory


def _events(watch: Watch) -> list[Event]:
    """What is new, oldest first: every kind's ids, so that the cursor moves on in a quiet hour too."""
    return list(
        Event.objects.filter(pk__gt=watch.cursor).order_by("pk").only("pk", "kind", "at", "subject_id")[:AT_ONCE]
    )


def _heard(events: Sequence[Event], known: set[int]) -> list[Heard]:
    """The messages among the events that people outside wrote, in the order in which they came."""
    wanted = {one.subject_id for one in events if one.kind == Kind.MESSAGE_RECEIVED} - known - {None}
    found = (
        Message.objects.filter(pk__in=wanted, is_automatic=False, strand__is_side=False, conversation__sealed=False)
        .filter(author_identity__isnull=False)
        .exclude(conversation__status=Status.SPAM)
        .exclude(cover__is_held=True, cover__uncovered_at=None)
        .select_related("author_identity")
        .order_by("created_at", "pk")
    )
    rows = [one for one in found if one.created_at - one.written_at <= OLD]
    first = _first({one.conversation_id for one in rows})
    return [_read(one, is_first=one.pk in first) for one in rows]


def _first(conversations: set[int]) -> set[int]:
    """The messages with which these conversations began: later ones repeat the subject without meaning it."""
    rows = Message.objects.filter(conversation__in=conversations).values("conversation").annotate(first=Min("pk"))
    return set(rows.values_list("first", flat=True))


def _read(message: Message, *, is_first: bool) -> Heard:
    text = f"{message.subject}\n{message.text}" if is_first else message.text
    person = message.author_identity.contact_id if message.author_identity else 0
    words = same_words(message.text)
    return Heard(
        message_id=message.pk,
        conversation_id=message.conversation_id,
        person=person,
        at=message.created_at,
        marks=sorted(fingerprints(text)),
        words=fingerprint(words.encode()) if len(words) > 20 else "",
    )


def _arrival(one: Heard) -> Arrival:
    return Arrival(one.at, str(one.person), frozenset(one.marks), one.words, str(one.message_id))


def _stay_open(watcher: Watcher, now: datetime) -> None:
    """As long as an incident goes on, what looks like it belongs to it, however quiet it was in between."""
    going_on = set(Incident.objects.filter(phase__in=GOING_ON).values_list("pk", flat=True))
    for alert in watcher.open:
        if alert.key in going_on:
            alert.last = now


def _take(watcher: Watcher, one: Heard, now: datetime) -> Incident | None:
    alert, is_new = watcher.take(_arrival(one))
    if alert is None or one.at < now - WINDOWS[-1]:
        return None
    if is_new:
        incident = _suspect(alert, one, now)
        alert.key = incident.pk
        return incident
    open_ones = Incident.objects.filter(pk=alert.key, phase__in=(Phase.SUSPECTED, *GOING_ON))
    if open_ones.exists():
        offer(alert.key, {one.conversation_id: one.at})
    return None


def _suspect(alert: Alert, newest: Heard, now: datetime) -> Incident:
    """Five people: the desk is told, nobody else."""
    places = {int(one.id) for one in alert.arrivals}
    found = Message.objects.filter(pk__in=places).values_list("conversation_id", "created_at").order_by("-created_at")
    conversations = dict(found)
    incident = Incident.objects.create(
        title=queries.describe(alert.fingerprint),
        phase=Phase.SUSPECTED,
        fingerprint=alert.fingerprint,
        first_report_at=min(one.at for one in alert.arrivals),
        noticed_at=now,
        next_update_at=now + rules.FIRST_WORD,
    )
    offer(incident.pk, conversations)
    Sighting.objects.filter(incident=None, at__gte=now - WINDOWS[-1]).update(incident=incident)
    conversation = Conversation.objects.get(pk=newest.conversation_id)
    record(
        Kind.INCIDENT_SUSPECTED,
        by=MACHINE,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=incident.pk,
        people=alert.people,
    )
    return incident


def offer(incident_id: int, conversations: dict[int, datetime]) -> None:
    """Say that these conversations, by the moment of what they report, look as if they belonged to an incident."""
    Attached.objects.bulk_create(
        [
            Attached(incident_id=incident_id, conversation_id=pk, state=Belonging.OFFERED, at=at)
            for pk, at in conversations.items()
        ],
        ignore_conflicts=True,
    )


def _keep(watch: Watch, watcher: Watcher, events: Sequence[Event], now: datetime) -> None:
    """The cursor stays before the first event that is younger than MARGIN."""
    cursor = watch.cursor
    for event in events:
        if event.at > now - MARGIN:
            break
        cursor = event.pk
    Watch.objects.filter(pk=watch.pk).update(memory=watcher.memory, cursor=cursor, ran_at=now)
