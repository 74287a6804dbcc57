"""What the desk does to a thread at its source: asked for within the desk, done by a job, told back by the source."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.channels.base import Thread as Described
from firstline.channels.port import Act
from firstline.conversations.models import Conversation, Tag
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.inboxes import actions as inboxes
from firstline.upstream import rules
from firstline.upstream.models import ActKind, Thread, ThreadAct

LEASE = timedelta(seconds=90)
"""How long a job may take before another takes its act up again."""
PAUSE = timedelta(seconds=20)
MAX_ATTEMPTS = 12


class ActRefused(ValueError):
    """The thread can't be acted upon so; the text is a sentence for whoever asked."""


@transaction.atomic
def ask(thread: Thread, kind: str, *, by: Actor, value: str = "") -> ThreadAct:
    """Have an act done at the source; asking again for what is still open changes nothing. Raises ActRefused."""
    channel = registry.get(thread.inbox.channel)
    if kind not in channel.acts or thread.is_deleted:
        raise ActRefused(_("This can’t be done where it was asked."))
    if kind in (ActKind.LABEL, ActKind.UNLABEL, ActKind.ASSIGN, ActKind.UNASSIGN) and not value.strip():
        raise ActRefused(_("Say who or what."))
    user = by if isinstance(by, User) else None
    act, is_new = ThreadAct.objects.get_or_create(
        thread=thread, kind=kind, value=value.strip()[:200], ended_at=None, defaults={"by": user}
    )
    if is_new:
        _record(Kind.THREAD_ACT_ASKED, act, by)
    return act


def perform(act_id: int) -> None:
    """Do one act if it is due and nobody else is at it. May run twice: doing it twice is as doing it once.

    When the source asks to wait, it is due again later; a refusal for good stands on the act, and is recorded.
    """
    now = clock.now()
    due = ThreadAct.objects.filter(pk=act_id, ended_at=None, due_at__lte=now)
    if not due.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return
    act = ThreadAct.objects.select_related("thread__inbox", "thread__strand__conversation").get(pk=act_id)
    try:
        _do(act)
    except ChannelError as error:
        _put_back(act, error)
    else:
        ThreadAct.objects.filter(pk=act.pk, ended_at=None).update(ended_at=clock.now(), failure="")


def _do(act: ThreadAct) -> None:
    thread, inbox = act.thread, act.thread.inbox
    there = Described(key="", address=thread.address, ref=thread.ref)
    asked = Act(ActKind(act.kind).value, there, act.value)  # type: ignore[arg-type]  # the words are the port's own
    with inboxes.measured(inbox):
        registry.get(inbox.channel).act(asked, inboxes.settings_to_send(inbox))


def _put_back(act: ThreadAct, error: ChannelError) -> None:
    if not error.permanent and act.attempts < MAX_ATTEMPTS:
        wait = max(PAUSE, timedelta(seconds=error.retry_after))
        ThreadAct.objects.filter(pk=act.pk).update(due_at=clock.now() + wait, failure=error.sentence[:300])
        return
    with transaction.atomic():
        ThreadAct.objects.filter(pk=act.pk).update(ended_at=clock.now(), failure=error.sentence[:300])
        _record(Kind.THREAD_ACT_FAILED, act, MACHINE)


def left_behind(limit: int = 200) -> list[int]:
    """Ids of acts that are due: the source had asked to wait, or a crash left them."""
    due = ThreadAct.objects.filter(ended_at=None, due_at__lte=clock.now()).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:limit])


def follow_end(conversation: Conversation, *, by: Actor) -> None:
    """Resolved here, closed there; reopened by somebody of the desk, reopened there: where the inbox says so."""
    for thread in _threads(conversation):
        if not thread.inbox.shown_settings().get("close_on_resolve"):
            continue
        asked = _asked_last(thread)
        if conversation.is_resolved and thread.state == "open" and asked != ActKind.CLOSE:
            _ask_if_possible(thread, ActKind.CLOSE, by, rules.close_reason(conversation.resolution))
        elif _is_taken_back(conversation, by) and thread.state == "closed" and asked != ActKind.REOPEN:
            _ask_if_possible(thread, ActKind.REOPEN, by)


def follow_tag(conversation: Conversation, tag: Tag, *, by: Actor) -> None:
    """A tag that came or went takes along the label of that name; the source refuses one that it does not have."""
    is_on = conversation.tags.filter(pk=tag.pk).exists()
    for thread in _threads(conversation):
        label = rules.label_of(tag.name, thread.labels)
        if is_on and not label:
            _ask_if_possible(thread, ActKind.LABEL, by, tag.name)
        elif label and not is_on:
            _ask_if_possible(thread, ActKind.UNLABEL, by, label)


def _is_taken_back(conversation: Conversation, by: Actor) -> bool:
    return not conversation.is_ended and by.actor_kind == "agent"


def _asked_last(thread: Thread) -> str:
    """Whether it was closed or reopened by us a moment ago, so that the source is about to tell; '' when neither."""
    ends = thread.acts.filter(kind__in=(ActKind.CLOSE, ActKind.REOPEN), asked_at__gt=clock.now() - LEASE)
    newest = ends.filter(Q(ended_at=None) | Q(failure="")).order_by("-pk").first()
    return newest.kind if newest else ""


def _threads(conversation: Conversation) -> list[Thread]:
    found = Thread.objects.filter(strand__conversation=conversation, is_deleted=False)
    return list(found.select_related("inbox", "strand__conversation"))


def _ask_if_possible(thread: Thread, kind: ActKind, by: Actor, value: str = "") -> None:
    if kind in registry.get(thread.inbox.channel).acts:
        ask(thread, kind, by=by, value=value)


def _record(kind: Kind, act: ThreadAct, by: Actor) -> None:
    conversation = act.thread.strand.conversation if act.thread.strand else None
    record(
        kind,
        by=by,
        conversation_id=conversation.pk if conversation else None,
        inbox_id=act.thread.inbox_id,
        subject_id=act.pk,
        assignee_id=conversation.assignee_id if conversation else None,
        act=str(act.kind),
    )
