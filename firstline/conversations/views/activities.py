"""What was done to a conversation, out of its events: small lines that say who did what, when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Priority, Resolution, Status, Tag
from firstline.events.kinds import Kind
from firstline.events.models import Event

NEWEST = 200
PLAIN: dict[Kind, Promise] = {
    Kind.CONVERSATION_CREATED: _lazy("opened this"),
    Kind.CONVERSATION_REOPENED: _lazy("reopened this"),
    Kind.CONVERSATION_SNOOZED: _lazy("snoozed it"),
    Kind.CONVERSATION_WOKEN: _lazy("brought it back"),
    Kind.CONVERSATION_SPLIT: _lazy("split a message out into its own conversation"),
    Kind.CONVERSATION_LINKED: _lazy("linked it with another conversation"),
    Kind.CLOCK_RESUMED: _lazy("let the clock go on"),
    Kind.CLOCK_MISSED: _lazy("saw the promised time pass without an answer"),
    Kind.REVIEW_ASKED: _lazy("asked for eyes on a draft"),
    Kind.REVIEW_EDITED: _lazy("changed a shared draft"),
    Kind.REVIEW_APPROVED: _lazy("said yes to a draft"),
    Kind.REVIEW_WITHDRAWN: _lazy("took a shared draft back"),
    Kind.PROBLEM_LINKED: _lazy("said which problem this waits for"),
    Kind.PROBLEM_UNLINKED: _lazy("said that this waits for no problem"),
    Kind.CONTACT_OWED: _lazy("laid out what the contact is owed: the problem came to an end"),
    Kind.HELP_ASKED: _lazy("asked an engineer"),
    Kind.HELP_ANSWERED: _lazy("heard from an engineer"),
    Kind.HELP_REFUSED: _lazy("heard that an engineer can’t help"),
    Kind.HELP_PASSED: _lazy("heard that another engineer knows better"),
    Kind.HELP_OVERDUE: _lazy("saw the time pass in which an engineer’s answer was wanted"),
    Kind.PROMISE_MADE: _lazy("promised to come back to it"),
    Kind.PROMISE_KEPT: _lazy("kept a promise"),
    Kind.THREAD_ANSWERED: _lazy("saw it answered where it was asked"),
    Kind.THREAD_CLOSED: _lazy("saw it closed where it was asked"),
    Kind.THREAD_REOPENED: _lazy("saw it reopened where it was asked"),
    Kind.THREAD_LOCKED: _lazy("saw the thread locked: it takes no replies"),
    Kind.THREAD_UNLOCKED: _lazy("saw the thread unlocked"),
    Kind.THREAD_DELETED: _lazy("saw the thread deleted where it was asked"),
    Kind.THREAD_ACT_FAILED: _lazy("was refused where it was asked"),
    Kind.MESSAGE_EDITED: _lazy("saw a message edited by its writer"),
    Kind.MESSAGE_DELETED: _lazy("saw a message deleted by its writer"),
    Kind.PICTURES_SHOWN: _lazy("let its pictures be fetched"),
    Kind.PICTURES_HIDDEN: _lazy("put its pictures away"),
    Kind.TOPIC_KEPT: _lazy("kept it together although the subject changed"),
    Kind.SECRET_REVEALED: _lazy("looked at a sealed secret"),
    Kind.SECRET_REVOKED: _lazy("had a pasted token revoked at GitHub"),
    Kind.AUDIENCE_OVERRIDDEN: _lazy("posted in public against the guard"),
    Kind.ANSWER_QUEUED: _lazy("answered by itself, with the article that it cites"),
}
"""What is said of an event whatever its data."""
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
    Kind.CONVERSATION_SPLIT: "git-pull-request",
    Kind.CONVERSATION_LINKED: "link",
    Kind.CONVERSATION_TEAM_CHANGED: "users",
    Kind.CLOCK_PAUSED: "pause",
    Kind.CLOCK_RESUMED: "play",
    Kind.CLOCK_MISSED: "clock",
    Kind.REVIEW_ASKED: "eye",
    Kind.REVIEW_EDITED: "pencil-line",
    Kind.REVIEW_APPROVED: "check-check",
    Kind.REVIEW_WITHDRAWN: "undo-2",
    Kind.PROBLEM_LINKED: "circle-dot",
    Kind.PROBLEM_UNLINKED: "circle-dot",
    Kind.CONTACT_OWED: "megaphone",
    Kind.HELP_ASKED: "wrench",
    Kind.HELP_ANSWERED: "wrench",
    Kind.HELP_REFUSED: "wrench",
    Kind.HELP_PASSED: "wrench",
    Kind.HELP_OVERDUE: "clock",
    Kind.PROMISE_MADE: "hand-heart",
    Kind.PROMISE_KEPT: "check-check",
    Kind.THREAD_ANSWERED: "circle-check",
    Kind.THREAD_CLOSED: "circle-check",
    Kind.THREAD_REOPENED: "rotate-ccw",
    Kind.THREAD_LOCKED: "lock",
    Kind.THREAD_UNLOCKED: "lock",
    Kind.THREAD_DELETED: "trash-2",
    Kind.THREAD_ACT_FAILED: "triangle-alert",
    Kind.MESSAGE_EDITED: "pencil-line",
    Kind.MESSAGE_DELETED: "trash-2",
    Kind.PICTURES_SHOWN: "image",
    Kind.PICTURES_HIDDEN: "image",
    Kind.TOPIC_KEPT: "link",
    Kind.SECRET_SEALED: "lock",
    Kind.SECRET_REVEALED: "eye",
    Kind.SECRET_REVOKED: "shield-check",
    Kind.AUDIENCE_OVERRIDDEN: "globe",
    Kind.ANSWER_QUEUED: "send",
    Kind.ANSWER_JUDGED: "thumbs-up",
    Kind.SURVEY_ANSWERED: "smile",
}


@dataclass(slots=True)
class Activity:
    """One small grey line: who did what, when."""

    icon: str
    who: str
    what: str
    at: datetime


def read(conversation: Conversation, user: User, begin: datetime | None) -> Iterator[tuple[Event, Activity]]:
    """The newest two hundred events that a reader should know of, since `begin`, oldest first."""
    found = Event.objects.filter(conversation_id=conversation.pk, kind__in=list(ICONS))
    events = list((found.filter(at__gte=begin) if begin else found).order_by("-pk")[:NEWEST])[::-1]
    names = _Names(events, conversation, user)
    for event in events:
        what = _said(event, names)
        if what:
            yield event, Activity(ICONS[Kind(event.kind)], names.actor(event), what, event.at)


class _Names:
    """The names that the events' ids stand for, read at once."""

    def __init__(self, events: Sequence[Event], conversation: Conversation, user: User) -> None:
        people = {event.actor_id for event in events if event.actor_kind == "agent"}
        people |= {event.data.get("to") for event in events if event.kind == Kind.CONVERSATION_ASSIGNED}
        tags = {
            event.subject_id for event in events if event.kind in {Kind.CONVERSATION_TAGGED, Kind.CONVERSATION_UNTAGGED}
        }
        machines = {event.actor_id for event in events if event.actor_kind == "machine" and event.actor_id}
        others = people - {None, user.pk}
        self.machines: dict[int, str] = import_string(settings.MACHINE_NAMES)(machines) if machines else {}
        self.user = user
        self.people = dict(User.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
        self.tags = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")) if tags else {}
        self.contact = str(conversation.contact)

    def actor(self, event: Event) -> str:
        if event.actor_kind == "machine":
            return self.machines.get(event.actor_id or 0, "Firstline")
        return self.contact if event.actor_kind == "contact" else self.person(event.actor_id)

    def person(self, pk: Any) -> str:
        return _("You") if pk == self.user.pk else self.people.get(pk, _("Somebody")).split(" ")[0]


def _said(event: Event, names: _Names) -> str:
    kind, data = Kind(event.kind), event.data
    if kind in PLAIN:
        return str(PLAIN[kind])
    match kind:
        case Kind.CONVERSATION_ASSIGNED:
            return _assigned(event, names)
        case Kind.CONVERSATION_STATUS_CHANGED:
            return _("set it to “%(status)s”") % {"status": Status(data["to"]).label} if "to" in data else ""
        case Kind.CONVERSATION_RESOLVED:
            return _resolved(data.get("resolution"))
        case Kind.CONVERSATION_TAGGED:
            return _("added the tag %(tag)s") % {"tag": names.tags.get(event.subject_id or 0, "")}
        case Kind.CONVERSATION_UNTAGGED:
            return _("removed the tag %(tag)s") % {"tag": names.tags.get(event.subject_id or 0, "")}
        case Kind.CONVERSATION_PRIORITY_CHANGED:
            return _("set the priority to %(priority)s") % {"priority": Priority(data["to"]).label.lower()}
        case Kind.CONVERSATION_MERGED:
            return _("merged #%(number)s into this") % {"number": event.subject_id}
        case Kind.ANSWER_JUDGED:
            return (
                _("said that the automatic answer helped")
                if data.get("helped")
                else _("said that the automatic answer did not help")
            )
        case Kind.SURVEY_ANSWERED:
            good = data.get("rating") == "good"
            return _("said that our answer was good") if good else _("said that our answer was not good")
        case Kind.CLOCK_PAUSED:
            return _("let the clock stand still")
        case Kind.CONVERSATION_TEAM_CHANGED:
            return _("gave it to another team") if data.get("to") else _("took it off its team")
        case Kind.SECRET_SEALED:
            count = int(data.get("count", 1))
            return ngettext("pasted a secret; it was sealed", "pasted %(n)d secrets; they were sealed", count) % {
                "n": count
            }
        case _:
            return ""


def _resolved(reason: str | None) -> str:
    return _("resolved it: %(reason)s") % {"reason": Resolution(reason).label.lower()} if reason else _("resolved it")


def _assigned(event: Event, names: _Names) -> str:
    to = event.data.get("to")
    if to is None:
        return _("took the assignee off")
    if to == event.actor_id:
        return _("took it")
    if to == names.user.pk:
        return _("assigned it to you")
    return _("assigned it to %(name)s") % {"name": names.person(to)}
