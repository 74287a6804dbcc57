"""The timeline: messages, notes and what was done, in the order in which it happened, newest at the bottom."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.contacts.models import ContactIdentity
from firstline.conversations import queries, topics
from firstline.conversations.audience import place
from firstline.conversations.models import (
    Attachment,
    Audience,
    Conversation,
    Cover,
    Delivery,
    Message,
    Note,
    SealedSecret,
)
from firstline.conversations.renderings import Rendering
from firstline.conversations.views import activities
from firstline.conversations.views.activities import Activity
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.evidence.secrets import DOTS

NEWEST = 100
MANY_ACTIVITIES = 3


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
    cover: Cover | None = None
    who: str = ""
    author: Any = None
    to_words: str = ""
    original_url: str = ""
    seconds_left: int = 0
    rendering: Rendering | None = None
    is_other_topic: bool = False
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
    _translate(items, conversation, user)
    items += [_note(one, user, files.get(one, [])) for one in notes]
    items += _activities(conversation, user, begin, messages[0].created_at if messages else None)
    items.sort(key=lambda item: (item.at, item.rank))
    heard = next((one for one in reversed(messages) if not one.is_ours and not one.strand.is_side), None)
    return Timeline(_folded(items), messages[-1].pk if messages else 0, heard, earlier)


def _translate(items: Sequence[Item], conversation: Conversation, user: User) -> None:
    """Beside what others wrote, what it means in the reader's language, where somebody had it translated."""
    heard = {one.message.pk: one for one in items if one.message and not one.message.is_ours and not one.cover}
    found = import_string(settings.RENDERINGS)(conversation, [one.message for one in heard.values()], user)
    for pk, rendering in found.items():
        heard[pk].rendering = rendering
        heard[pk].version += f"-{rendering.language}"


def _messages(conversation: Conversation, *, whole: bool) -> tuple[list[Message], int]:
    """The messages with authors and strands, and how many earlier ones there are."""
    found = Message.objects.filter(conversation=conversation).exclude(state=Delivery.CANCELLED)
    newest = found.select_related("author_identity", "author_user", "cover").order_by("-pk")
    messages = list(newest if whole else newest[: NEWEST + 1])[::-1]
    earlier = 0
    if not whole and len(messages) > NEWEST:
        messages = messages[1:]
        earlier = found.count() - NEWEST
    strands = {one.pk: one for one in queries.strands(conversation)}
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
    cover = cover_of(message)
    if cover is not None:
        files, secrets = [], []
    item = Item(
        kind="message",
        cover=cover,
        key=f"m-{message.pk}",
        version=f"{message.state}-{sum(one.revealed_at is None for one in secrets)}{'-covered' if cover else ''}",
        at=message.created_at,
        message=message,
        badges=_badges(message),
        files=files,
        secrets=secrets,
        who=_who(message.author_user, message.author_identity, user),
        author=message.author_user or message.author_identity,
        to_words=_readers(message),
        original_url="" if message.is_ours or cover else _original_url().replace("/0/", f"/{message.pk}/"),
    )
    if topics.CHANGED in message.flags and cover is None:
        item.is_other_topic, item.version = True, f"{item.version}-topic"
    if message.can_be_undone(now) and message.author_user_id == user.pk and message.send_at:
        item.seconds_left = max(1, round((message.send_at - now).total_seconds()))
        item.version += "-undo"
    return item


def cover_of(message: Message) -> Cover | None:
    """The cover that lies on a message now."""
    cover: Cover | None = getattr(message, "cover", None)
    return cover if cover is not None and cover.is_on else None


def _badges(message: Message) -> list[tuple[str, str, str]]:
    """What a reader has to know about the sender: (kind, icon, words)."""
    badges = []
    if not message.is_ours and message.sender_auth == "none":
        badges.append(("soon", "shield-alert", _("sender not verified")))
    if not message.is_ours and message.sender_auth == "fail":
        badges.append(("late", "triangle-alert", _("sender could not be verified")))
    if "through_list" in message.flags:
        badges.append(("soon", "shield-alert", _("came through a list, writer unverified")))
    through = next((flag.partition(":")[2] for flag in message.flags if flag.startswith("through:")), "")
    if through:
        badges.append(("", "route", _("came through %(name)s") % {"name": through}))
    if "deceiving_name" in message.flags:
        badges.append(("soon", "shield-alert", _("the sender’s name pretends to be another")))
    if "deceiving_link" in message.flags:
        badges.append(("soon", "shield-alert", _("a link leads elsewhere than it looks")))
    if message.is_automatic:
        badges.append(("", "refresh-cw", _("automatic")))
    return badges


def _readers(message: Message) -> str:
    if message.strand.is_side and not message.is_ours:
        return _("aside, to us alone")
    if message.strand.audience == Audience.PUBLIC:
        return _("public on %(place)s") % {"place": place(message.strand)}
    if message.is_ours:
        names = [one["name"] or one["email"] for one in [*message.to, *message.cc]]
        if message.strand.is_side:
            return _("aside, to %(names)s alone") % {"names": joined(names)}
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
    items = []
    for event, activity in activities.read(conversation, user, begin):
        item = Item(kind="activity", key=f"e-{event.pk}", version="1", at=event.at, activities=[activity])
        if event.kind == Kind.CONVERSATION_CREATED:  # recorded last, yet it stands before what opened the conversation
            item.at = min(event.at, conversation.created_at, first or event.at)
            item.rank = 0
        items.append(item)
    return items


def _folded(items: Sequence[Item]) -> list[Item]:
    """More than three activities in a row become one line that opens."""
    folded: list[Item] = []
    for is_activity, run in groupby(items, key=lambda item: item.kind == "activity"):
        members = list(run)
        if not is_activity or len(members) <= MANY_ACTIVITIES:
            folded += members
            continue
        all_of_them = [activity for member in members for activity in member.activities]
        version = str(len(members))
        folded.append(Item("activities", members[0].key, version, members[-1].at, activities=all_of_them))
    return folded
