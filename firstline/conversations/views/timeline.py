"""The timeline: messages, notes and what was done, in the order in which it happened, newest at the bottom."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import (
    Attachment,
    Conversation,
    Delivery,
    Message,
    Note,
    Priority,
    Resolution,
    SealedSecret,
    Status,
    Tag,
)
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.evidence.secrets import DOTS

NEWEST = 100
MANY_ACTIVITIES = 3
ICONS = {
    Kind.CONVERSATION_CREATED: "mail",
    Kind.CONVERSATION_REOPENED: "rotate-ccw",
    Kind.CONVERSATION_ASSIGNED: "user",
    Kind.CONVERSATION_STATUS_CHANGED: "refresh-cw",
    Kind.CONVERSATION_SNOOZED: "alarm-clock",
    Kind.CONVERSATION_WOKEN: "bell",
    Kind.CONVERSATION_RESOLVED: "circle-check",
    Kind.CONVERSATION_TAGGED: "tag",
    Kind.CONVERSATION_UNTAGGED: "tag",
    Kind.CONVERSATION_PRIORITY_CHANGED: "flag",
    Kind.CONVERSATION_MERGED: "git-branch",
    Kind.SECRET_SEALED: "lock",
    Kind.SECRET_REVEALED: "eye",
}


@dataclass(slots=True)
class Activity:
    """One small grey line: who did what, when."""

    icon: str
    who: str
    what: str
    at: datetime


@dataclass(slots=True)
class Item:
    """One element of the timeline. `key` is its element id, `version` changes when its looks do."""

    kind: str
    key: str
    version: str
    at: datetime
    message: Message | None = None
    note: Note | None = None
    activities: list[Activity] = field(default_factory=list)
    badges: list[tuple[str, str, str]] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    secrets: list[SealedSecret] = field(default_factory=list)
    who: str = ""
    author: Any = None
    to_words: str = ""
    original_url: str = ""
    seconds_left: int = 0
    rank: int = 1


@dataclass(slots=True)
class Timeline:
    """Everything to show; `newest_id` is the last message that the page holds, `earlier` how many were left out."""

    items: list[Item]
    newest_id: int
    heard: Message | None
    earlier: int

    @property
    def newest_heard(self) -> str:
        """Key of the contact's newest message, "" without one."""
        return f"m-{self.heard.pk}" if self.heard is not None else ""


def build(conversation: Conversation, user: User, *, whole: bool = False) -> Timeline:
    """The newest hundred messages (all if `whole`), with the notes and activities since the first of them."""
    messages, earlier = _messages(conversation, whole=whole)
    begin = messages[0].created_at if earlier else None
    notes = _notes(conversation, begin)
    files = _files(messages, notes)
    secrets = _secrets(messages)
    items = [_message(one, user, files.get(one, []), secrets.get(one.pk, [])) for one in messages]
    items += [_note(one, user, files.get(one, [])) for one in notes]
    items += _activities(conversation, user, begin, messages[0].created_at if messages else None)
    items.sort(key=lambda item: (item.at, item.rank))
    heard = next((one for one in reversed(messages) if not one.is_ours), None)
    return Timeline(_folded(items), messages[-1].pk if messages else 0, heard, earlier)


def _messages(conversation: Conversation, *, whole: bool) -> tuple[list[Message], int]:
    """The messages with authors and strands, and how many earlier ones there are."""
    found = Message.objects.filter(conversation=conversation).exclude(state=Delivery.CANCELLED)
    newest = found.select_related("author_identity", "author_user").order_by("-pk")
    messages = list(newest if whole else newest[: NEWEST + 1])[::-1]
    earlier = 0
    if not whole and len(messages) > NEWEST:
        messages = messages[1:]
        earlier = found.count() - NEWEST
    strands = {one.pk: one for one in conversation.strands.select_related("inbox")}
    for message in messages:
        message.strand = strands[message.strand_id]
    return messages, earlier


def _files(messages: Sequence[Message], notes: Sequence[Note]) -> dict[Message | Note, list[Attachment]]:
    """The files of each message and note, in one query."""
    found: dict[Message | Note, list[Attachment]] = {}
    owners: dict[tuple[int | None, int | None], Message | Note] = {(one.pk, None): one for one in messages}
    owners |= {(None, one.pk): one for one in notes}
    places = Q(message__in=[one.pk for one in messages]) | Q(note__in=[one.pk for one in notes])
    for file in Attachment.objects.filter(places).defer("wrapped_key").order_by("pk"):
        found.setdefault(owners[file.message_id, file.note_id], []).append(file)
    return found


def _secrets(messages: Sequence[Message]) -> dict[int, list[SealedSecret]]:
    """The sealed secrets of each message; only texts that hold a mask are asked about."""
    masked = [one.pk for one in messages if DOTS in one.text or DOTS in one.quoted]
    found: dict[int, list[SealedSecret]] = {}
    if masked:
        for secret in SealedSecret.objects.filter(message__in=masked).defer("ciphertext", "wrapped_key").order_by("pk"):
            found.setdefault(secret.message_id or 0, []).append(secret)
    return found


def _message(message: Message, user: User, files: list[Attachment], secrets: list[SealedSecret]) -> Item:
    now = clock.now()
    item = Item(
        kind="message",
        key=f"m-{message.pk}",
        version=f"{message.state}-{sum(one.revealed_at is None for one in secrets)}",
        at=message.created_at,
        message=message,
        badges=_badges(message),
        files=files,
        secrets=secrets,
        who=_who(message.author_user, message.author_identity, user),
        author=message.author_user or message.author_identity,
        to_words=_readers(message),
        original_url="" if message.is_ours else _original_url().replace("/0/", f"/{message.pk}/"),
    )
    if message.can_be_undone(now) and message.author_user_id == user.pk and message.send_at:
        item.seconds_left = max(1, round((message.send_at - now).total_seconds()))
        item.version += "-undo"
    return item


def _badges(message: Message) -> list[tuple[str, str, str]]:
    """What a reader has to know about the sender: (kind, icon, words)."""
    badges = []
    if not message.is_ours and message.sender_auth == "none":
        badges.append(("soon", "shield-alert", _("sender not verified")))
    if not message.is_ours and message.sender_auth == "fail":
        badges.append(("late", "triangle-alert", _("sender could not be verified")))
    if message.is_automatic:
        badges.append(("", "refresh-cw", _("automatic")))
    return badges


def _readers(message: Message) -> str:
    if message.is_ours:
        names = [one["name"] or one["email"] for one in [*message.to, *message.cc]]
        return _("private, to %(names)s") % {"names": joined(names)} if names else _("private")
    own = message.strand.inbox.address
    others = [one["name"] or one["email"] for one in message.cc if one["email"].lower() != own.lower()]
    words = _("to %(inbox)s@") % {"inbox": own.split("@")[0]}
    return _("%(to)s, cc %(names)s") % {"to": words, "names": joined(others)} if others else words


def joined(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and 3 more"."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) == 2:
        return _("%(first)s and %(second)s") % {"first": names[0], "second": names[1]}
    return _("%(first)s, %(second)s and %(n)d more") % {"first": names[0], "second": names[1], "n": len(names) - 2}


def _notes(conversation: Conversation, begin: datetime | None) -> list[Note]:
    notes = conversation.notes.select_related("author", "author_identity")
    return list(notes.filter(created_at__gte=begin) if begin else notes)


def _note(note: Note, user: User, files: list[Attachment]) -> Item:
    return Item(
        kind="note",
        key=f"n-{note.pk}",
        version="1",
        at=note.created_at,
        note=note,
        files=files,
        who=_who(note.author, note.author_identity, user),
        author=note.author or note.author_identity,
    )


def _who(person: User | None, identity: ContactIdentity | None, user: User) -> str:
    if person is not None:
        return _("You") if person.pk == user.pk else person.name
    return identity.display if identity is not None else "Firstline"


@functools.cache
def _original_url() -> str:
    """Where a message's raw mail is shown, with 0 for its id; the page belongs to a slice above this one."""
    try:
        return reverse("intake:original", args=[0])
    except NoReverseMatch:
        return ""


def _activities(conversation: Conversation, user: User, begin: datetime | None, first: datetime | None) -> list[Item]:
    found = Event.objects.filter(conversation_id=conversation.pk, kind__in=list(ICONS))
    events = list((found.filter(at__gte=begin) if begin else found).order_by("-pk")[:200])[::-1]
    names = _Names(events, conversation, user)
    items = []
    for event in events:
        what = _said(event, names)
        if what:
            activity = Activity(ICONS[Kind(event.kind)], names.actor(event), what, event.at)
            item = Item(kind="activity", key=f"e-{event.pk}", version="1", at=event.at, activities=[activity])
            if (
                event.kind == Kind.CONVERSATION_CREATED
            ):  # recorded last, yet it stands before what opened the conversation
                item.at = min(event.at, conversation.created_at, first or event.at)
                item.rank = 0
            items.append(item)
    return items


class _Names:
    """The names that the events' ids stand for, read at once."""

    def __init__(self, events: Sequence[Event], conversation: Conversation, user: User) -> None:
        people = {event.actor_id for event in events if event.actor_kind == "agent"}
        people |= {event.data.get("to") for event in events if event.kind == Kind.CONVERSATION_ASSIGNED}
        tags = {
            event.subject_id for event in events if event.kind in {Kind.CONVERSATION_TAGGED, Kind.CONVERSATION_UNTAGGED}
        }
        others = people - {None, user.pk}
        self.user = user
        self.people = dict(User.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
        self.tags = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")) if tags else {}
        self.contact = str(conversation.contact)

    def actor(self, event: Event) -> str:
        if event.actor_kind == "machine":
            return "Firstline"
        return self.contact if event.actor_kind == "contact" else self.person(event.actor_id)

    def person(self, pk: Any) -> str:
        return _("You") if pk == self.user.pk else self.people.get(pk, _("Somebody")).split(" ")[0]


def _said(event: Event, names: _Names) -> str:
    data = event.data
    match Kind(event.kind):
        case Kind.CONVERSATION_CREATED:
            return _("opened this by email")
        case Kind.CONVERSATION_REOPENED:
            return _("reopened this")
        case Kind.CONVERSATION_ASSIGNED:
            return _assigned(event, names)
        case Kind.CONVERSATION_STATUS_CHANGED:
            return _("set it to “%(status)s”") % {"status": Status(data["to"]).label} if "to" in data else ""
        case Kind.CONVERSATION_SNOOZED:
            return _("snoozed it")
        case Kind.CONVERSATION_WOKEN:
            return _("brought it back")
        case Kind.CONVERSATION_RESOLVED:
            reason = data.get("resolution")
            return (
                _("resolved it: %(reason)s") % {"reason": Resolution(reason).label.lower()}
                if reason
                else _("resolved it")
            )
        case Kind.CONVERSATION_TAGGED:
            return _("added the tag %(tag)s") % {"tag": names.tags.get(event.subject_id or 0, "")}
        case Kind.CONVERSATION_UNTAGGED:
            return _("removed the tag %(tag)s") % {"tag": names.tags.get(event.subject_id or 0, "")}
        case Kind.CONVERSATION_PRIORITY_CHANGED:
            return _("set the priority to %(priority)s") % {"priority": Priority(data["to"]).label.lower()}
        case Kind.CONVERSATION_MERGED:
            return _("merged another conversation into this")
        case Kind.SECRET_SEALED:
            count = int(data.get("count", 1))
            return ngettext("pasted a secret; it was sealed", "pasted %(n)d secrets; they were sealed", count) % {
                "n": count
            }
        case Kind.SECRET_REVEALED:
            return _("looked at a sealed secret")
        case _:
            return ""


def _assigned(event: Event, names: _Names) -> str:
    to = event.data.get("to")
    if to is None:
        return _("took the assignee off")
    if to == event.actor_id:
        return _("took it")
    if to == names.user.pk:
        return _("assigned it to you")
    return _("assigned it to %(name)s") % {"name": names.person(to)}


def _folded(items: Sequence[Item]) -> list[Item]:
    """More than three activities in a row become one line that opens."""
    folded: list[Item] = []
    for is_activity, run in groupby(items, key=lambda item: item.kind == "activity"):
        members = list(run)
        if not is_activity or len(members) <= MANY_ACTIVITIES:
            folded += members
            continue
        activities = [activity for member in members for activity in member.activities]
        version = str(len(members))
        folded.append(Item("activities", members[0].key, version, members[-1].at, activities=activities))
    return folded
