"""Reads about outside threads."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.channels import registry
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.upstream import rules
from firstline.upstream.models import ActKind, Original, Thread, ThreadAct, Version

FRESH = timedelta(minutes=2)
"""How long a done act is shown as on its way, until the source has told of it."""
FAILED_FOR = timedelta(days=1)
REACTIONS = {
    "+1": ("thumbs-up", _("thumbs up")),
    "-1": ("thumbs-down", _("thumbs down")),
    "laugh": ("smile", _("laughs")),
    "hooray": ("megaphone", _("hoorays")),
    "confused": ("circle-dashed", _("confused")),
    "heart": ("heart", _("hearts")),
    "rocket": ("zap", _("rockets")),
    "eyes": ("eye", _("eyes")),
}


def versions(original: Original) -> list[str]:
    """What a message said, oldest first; a version that only its thread's activity dated anew is no other version."""
    texts = Version.objects.filter(original=original).order_by("at").values_list("text", flat=True)
    return [text for text, _run in groupby(texts)]


def threads_of(conversation_id: int) -> QuerySet[Thread]:
    """The outside threads of a conversation, oldest first."""
    found = Thread.objects.filter(strand__conversation=conversation_id)
    return found.select_related("inbox", "strand__conversation").order_by("pk")


def threads_beside(conversation: Conversation) -> list[Thread]:
    """The same for what stands beside a conversation: read once for all panels of a page."""
    kept: list[Thread] | None = conversation.__dict__.get("_threads")
    if kept is None:
        kept = conversation.__dict__["_threads"] = list(threads_of(conversation.pk))
    return kept


def left_to_others(inbox: Inbox) -> QuerySet[Thread]:
    """The threads that a rule of the inbox leaves to others, newest first; bots and we ourselves open none."""
    found = Thread.objects.filter(inbox=inbox, strand=None, is_deleted=False)
    return found.exclude(left_by__in=("", "pulled_in", "bot", "own_thread")).order_by("-pk")


@dataclass(frozen=True, slots=True)
class Reaction:
    """How often a reaction was given."""

    icon: str
    words: Promise | str
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A thread as the panel shows it. `acts` says what can be done to it now, `waiting` what was asked and is not told
    back yet, `refused` what failed lately.
    """

    thread: Thread
    name: str
    reactions: list[Reaction]
    acts: frozenset[str]
    waiting: list[ThreadAct]
    refused: list[ThreadAct]


def standing(thread: Thread) -> Standing:
    """How a thread stands at its source."""
    now = clock.now()
    acts = list(thread.acts.filter(asked_at__gte=now - FAILED_FOR).order_by("pk"))
    waiting = [one for one in acts if _is_on_its_way(one, thread)]
    answered = {(one.kind, one.value): one for one in acts if one.ended_at}
    refused = [one for one in answered.values() if one.failure]
    reactions = [_reaction(name, count) for name, count in thread.reactions.items() if count]
    possible = _possible(thread) - {one.kind for one in waiting}
    return Standing(thread, rules.short_name(thread.address), reactions, possible, waiting, refused)


def _reaction(name: str, count: int) -> Reaction:
    icon, words = REACTIONS.get(name, ("heart", name))
    return Reaction(icon, words, count)


def _is_on_its_way(act: ThreadAct, thread: Thread) -> bool:
    if act.ended_at is None:
        return True
    return not act.failure and not _is_so(act, thread) and act.ended_at > clock.now() - FRESH


def _is_so(act: ThreadAct, thread: Thread) -> bool:
    """Whether the source has told by now that it is as was asked."""
    match act.kind:
        case ActKind.CLOSE:
            return thread.state == "closed"
        case ActKind.REOPEN:
            return thread.state == "open"
        case ActKind.LOCK | ActKind.UNLOCK:
            return thread.is_locked == (act.kind == ActKind.LOCK)
        case ActKind.LABEL | ActKind.UNLABEL:
            return (act.value in thread.labels) == (act.kind == ActKind.LABEL)
        case ActKind.ASSIGN | ActKind.UNASSIGN:
            return (act.value in thread.assignees) == (act.kind == ActKind.ASSIGN)
    return True


def _possible(thread: Thread) -> frozenset[str]:
    if thread.is_deleted:
        return frozenset()
    idle = {"hide", "reopen" if thread.state == "open" else "close", "lock" if thread.is_locked else "unlock"}
    idle |= {"assign", "unassign"} if thread.kind == "discussions" else set()
    return frozenset(act for act in registry.get(thread.inbox.channel).acts if act not in idle)
