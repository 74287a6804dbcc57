"""Tells the story into an empty desk: every step at its own moment, all of them in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction

from firstline.accounts.actions import create_sign_in_link
from firstline.conversations.actions import secrets, statuses, tagging
from firstline.conversations.models import Conversation, Message, ReadMark
from firstline.core import clock
from firstline.intake.models import InboundItem
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article
from firstline.ledger import actions as ledger
from firstline.ledger.models import SampledItem, Verdict
from firstline.ledger.sampling import week_before
from firstline.operations.demo import arriving, casting, queue, script, working
from firstline.operations.demo.casting import Stage
from firstline.operations.demo.script import Cue

ACTS: Mapping[str, Callable[[Stage, Cue], None]] = {
    "mail": arriving.mail,
    "bounce": arriving.bounce,
    "reply": working.reply,
    "note": working.note,
    "draft": working.draft,
    "assign": working.assign,
    "priority": working.priority,
    "tag": working.tag,
    "status": working.status,
    "snooze": working.snooze,
    "resolve": working.resolve,
    "spam": working.spam,
    "article": working.article,
    "phrase": working.phrase,
}
GUESTS = ("ada", "lena")
"""Who gets a sign-in link, and has read what is older than a night."""
A_NIGHT, A_WEEK = timedelta(hours=14), timedelta(days=7)
NIGHT = time(3)


class NotEmpty(Exception):
    """The desk has conversations already; the message is a sentence for the person."""


class MailWouldLeave(Exception):
    """The desk sends its mail for real; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was loaded. `links` are paths of one-time sign-in links by name; `seconds` is how long it took."""

    conversations: int
    messages: int
    items: int
    articles: int
    links: Mapping[str, str]
    seconds: float


def load() -> Summary:
    """Tell the whole story up to the desk's present moment. Raises NotEmpty, MailWouldLeave; then nothing is kept."""
    if Conversation.objects.exists():
        raise NotEmpty("This desk has conversations already; the demo goes into an empty one only.")
    if settings.OUTGOING_SMTP:
        raise MailWouldLeave("The demo's mail may not leave: unset FIRSTLINE_OUTGOING_SMTP while it is loaded.")
    began, now = monotonic(), clock.now()
    with transaction.atomic():
        stage = casting.set_up(now)
        today = None
        for cue in script.cues(now):
            with clock.at(cue.moment):
                if cue.moment.date() != today:
                    today = cue.moment.date()
                    statuses.wake_due(cue.moment)
                    _night(today)
                _play(stage, cue)
        _close(stage, now)
        with clock.at(now):
            queue.run_due()
        links = {stage.agents[key].name: create_sign_in_link(stage.agents[key]) for key in GUESTS}
    return Summary(
        conversations=Conversation.objects.count(),
        messages=Message.objects.count(),
        items=InboundItem.objects.count(),
        articles=Article.objects.count(),
        links=links,
        seconds=round(monotonic() - began, 1),
    )


def _play(stage: Stage, cue: Cue) -> None:
    """One step, the tags that the scene's first agent puts on, and everything that follows."""
    ACTS[cue.step.do](stage, cue)
    if cue.step.by in stage.agents and cue.scene.key not in stage.tagged:
        stage.tagged.add(cue.scene.key)
        conversation = Conversation.objects.get(pk=stage.conversations[cue.scene.key])
        for name in cue.scene.tags:
            tagging.add_tag(conversation, name, by=stage.agents[cue.step.by])
    queue.run_due()


def _night(today: date) -> None:
    """What the desk does by itself before the day begins: it proves its ledger, and draws a week's sample when one is
    over.
    """
    with clock.at(datetime.combine(today, NIGHT, UTC)):
        ledger.run(ledger.begin())
        ledger.draw(week_before(today))


def _close(stage: Stage, now: datetime) -> None:
    """What happens without anybody in three weeks: secrets are shredded, people read what is old, readers vote."""
    secrets.shred_expired(now)
    for sampled in SampledItem.objects.filter(sample__drawn_at__lt=now - A_WEEK):
        ledger.judge(sampled, Verdict.RIGHT, by=stage.agents["lena"])
    _mark_old_as_read(stage, now)
    for number, article in enumerate(Article.objects.public().order_by("pk")[::4]):
        for vote in range(7 * number % 19):
            knowledge.record_vote(article, helped=vote % 6 != 5)


def _mark_old_as_read(stage: Stage, now: datetime) -> None:
    """Guests have read what is older than a night, but for the one that everybody passed over."""
    newest = (
        Message.objects.filter(conversation__last_message_at__lt=now - A_NIGHT)
        .exclude(conversation=stage.conversations["long-wait"])
        .order_by("conversation_id", "-pk")
        .distinct("conversation_id")
        .values_list("conversation_id", "pk")
    )
    ReadMark.objects.bulk_create(
        [
            ReadMark(conversation_id=conversation, user=stage.agents[key], message_id=message)
            for conversation, message in newest
            for key in GUESTS
        ],
        update_conflicts=True,
        unique_fields=["conversation", "user"],
        update_fields=["message_id"],
    )
