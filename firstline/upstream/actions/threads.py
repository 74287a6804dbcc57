"""A thread's own state, taken over by the source's time."""

from datetime import datetime

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat, Substr

from firstline.channels.base import Thread as Described
from firstline.conversations.actions import statuses, tagging
from firstline.conversations.models import Audience, Conversation, Resolution, Status, Strand, WakeKind
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import Inbox
from firstline.upstream import rules
from firstline.upstream.models import Thread, ThreadKey

SENT = ("address", "ref", "url", "title", "kind", "place", "is_public", "state", "state_reason")
LENGTHS = {"address": 400, "ref": 200, "url": 600, "title": 400, "kind": 20, "place": 250, "state": 20}


def hold(inbox: Inbox, described: Described) -> Thread:
    """The thread's row, locked until the transaction ends; made when it is new, found by a former key as well."""
    keys = [key for key in (described.key, described.was) if key]
    known = ThreadKey.objects.filter(channel=inbox.channel, key__in=keys).values_list("thread_id", flat=True).first()
    if known is None:
        known = _made(inbox, described)
    for key in keys:
        ThreadKey.objects.get_or_create(channel=inbox.channel, key=key, defaults={"thread_id": known})
    return Thread.objects.select_for_update(of=["self"]).select_related("inbox").get(pk=known)


def _made(inbox: Inbox, described: Described) -> int:
    opener = described.opener.key[:320] if described.opener else ""
    made = Thread.objects.create(inbox=inbox, opener_key=opener)
    key, is_new = ThreadKey.objects.get_or_create(channel=inbox.channel, key=described.key, defaults={"thread": made})
    if not is_new:  # another worker made it meanwhile
        made.delete()
    return key.thread_id


def move(thread: Thread, target: Described) -> None:
    """It lives elsewhere now: the conversation stays, the thread gets the new key and address."""
    key, is_new = ThreadKey.objects.get_or_create(
        channel=thread.inbox.channel, key=target.key, defaults={"thread": thread}
    )
    if not is_new and key.thread_id != thread.pk and key.thread.strand_id is None:
        key.thread.kept_items.update(thread=thread)
        ThreadKey.objects.filter(thread=key.thread).update(thread=thread)
        key.thread.delete()
    thread.described_at = None
    describe(thread, target)


def describe(thread: Thread, described: Described) -> None:
    """Take over what the source says, unless the desk knows something newer; the conversation follows."""
    if not rules.is_later(described.updated_at, thread.described_at):
        return
    before = (thread.state, thread.is_locked)
    for name in SENT:
        value = getattr(described, name)
        setattr(thread, name, value[: LENGTHS.get(name, 40)] if isinstance(value, str) else value)
    if described.is_locked is not None:
        thread.is_locked = described.is_locked
    if described.reactions is not None:
        thread.reactions = dict(described.reactions)
    old_labels = set(thread.labels)
    if described.labels is not None:
        thread.labels = list(described.labels)
    if described.assignees is not None:
        thread.assignees = list(described.assignees)
    thread.closed_at = described.closed_at
    thread.described_at = described.updated_at or thread.described_at
    if thread.state == "closed" and before[0] != "closed":
        statuses.wake_all(WakeKind.ISSUE, rules.short_name(thread.address))
    if thread.strand_id is not None:
        follow_state(thread, before, old_labels, closed_at=described.closed_at)
    thread.save()


def follow_state(thread: Thread, before: tuple[str, bool], old_labels: set[str], *, closed_at: datetime | None) -> None:
    """Let the conversation follow its thread: title, audience, tags, closing and reopening, the lock."""
    strand = thread.strand
    assert strand is not None
    conversation = strand.conversation
    audience = Audience.PUBLIC if thread.is_public else Audience.PRIVATE
    Strand.objects.filter(pk=strand.pk).update(audience=audience, external_id=thread.address)
    if thread.title and conversation.subject != thread.title and not conversation.cover:
        Conversation.objects.filter(pk=conversation.pk).update(subject=thread.title)
    for label in sorted(set(thread.labels) - old_labels):
        tagging.add_tag(conversation, label, by=MACHINE)
    for label in sorted(old_labels - set(thread.labels)):
        tagging.remove_tag(conversation, " ".join(label.lower().split())[:60], by=MACHINE)
    if thread.is_locked != before[1]:
        say(Kind.THREAD_LOCKED if thread.is_locked else Kind.THREAD_UNLOCKED, thread, conversation)
    if thread.state != before[0] and thread.state:
        _turn(thread, conversation, was=before[0], closed_at=closed_at)


def _turn(thread: Thread, conversation: Conversation, *, was: str, closed_at: datetime | None) -> None:
    """Closed there is resolved here, open again there is the team's turn; unless something newer was said.

    A description knows when its thread was closed, but not when it was reopened: only that event moves the turn.
    """
    at = closed_at if thread.state == "closed" and closed_at else thread.described_at
    if not rules.is_later(at, thread.turn_at):
        return
    if thread.state == "closed":
        say(Kind.THREAD_CLOSED, thread, conversation)
        statuses.resolve(conversation, by=MACHINE, resolution=Resolution(rules.resolution(thread.state_reason)))
        thread.turn_at = at or thread.turn_at
    elif was == "closed":
        say(Kind.THREAD_REOPENED, thread, conversation)
        statuses.set_status(conversation, Status.OPEN, by=MACHINE)


def reopened(thread: Thread, at: datetime | None) -> None:
    """It was reopened at that time: the team's turn since then, unless something newer was said."""
    if thread.strand is None or thread.state == "closed" or not rules.is_later(at, thread.turn_at):
        return
    statuses.set_status(thread.strand.conversation, Status.OPEN, by=MACHINE)
    thread.turn_at = at or thread.turn_at


def place_changed(channel: str, before: str, place: str) -> None:
    """A repository has another name: its threads' addresses follow."""
    moved = Thread.objects.filter(inbox__channel=channel, place=before)
    moved.filter(address__startswith=before).update(
        address=Concat(Value(place), Substr("address", len(before) + 1)), place=place
    )
    moved.update(place=place)
    there = Thread.objects.filter(inbox__channel=channel, place=place)
    address = there.filter(strand=OuterRef("pk")).values("address")[:1]
    Strand.objects.filter(pk__in=there.values("strand_id")).update(external_id=Subquery(address))


def audience_changed(channel: str, place: str, *, is_public: bool) -> None:
    """A repository became private or public: so did what is said there."""
    threads = Thread.objects.filter(inbox__channel=channel, place=place)
    threads.update(is_public=is_public)
    strands = Strand.objects.filter(pk__in=threads.values("strand_id"))
    strands.update(audience=Audience.PUBLIC if is_public else Audience.PRIVATE)


def say(kind: Kind, thread: Thread, conversation: Conversation) -> None:
    """Record what has become of a thread."""
    record(
        kind,
        by=MACHINE,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=thread.pk,
        assignee_id=conversation.assignee_id,
    )
