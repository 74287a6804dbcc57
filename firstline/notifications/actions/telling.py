"""An event becomes a line in somebody's bell; a line is read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.notifications import queries, rules
from firstline.notifications.models import ByMail, Choice, Notification
from firstline.notifications.rules import Default


@transaction.atomic
def tell(event: Event) -> int:
    """Tell whoever an event is for, once; returns how many. The mail follows after a while, unless they read it."""
    conversation = Conversation.objects.filter(pk=event.conversation_id or 0).first()
    if conversation is None:
        return 0
    told = queries.addressees(event, conversation)
    how = queries.choices(told)
    made = []
    for user, why in told.items():
        choice = how[user.pk, why]
        row, created = Notification.objects.get_or_create(
            user=user,
            event_id=event.pk,
            defaults={
                "conversation": conversation,
                "why": why,
                "actor_kind": event.actor_kind,
                "actor_id": event.actor_id,
                "in_bell": choice.bell,
                "by_mail": choice.mail,
            },
        )
        made += [row] if created else []
    _record_made(conversation, made)
    ringing = queries.pushed_to(told)
    _record_pushes(conversation, [row for row in made if row.user_id in ringing and how[row.user_id, row.why].push])
    return len(made)


def _record_made(conversation: Conversation, made: Sequence[Notification]) -> None:
    """Each is told to its reader's open pages at once; mail follows later."""
    later = clock.now() + rules.MAIL_AFTER
    record_all(
        [
            NewEvent(
                Kind.NOTIFICATION_MADE,
                MACHINE,
                conversation.pk,
                conversation.inbox_id,
                row.pk,
                due=later if row.by_mail == ByMail.SOON else None,
                data={"user": row.user_id},
            )
            for row in made
        ]
    )


def _record_pushes(conversation: Conversation, made: Sequence[Notification]) -> None:
    """These ring in their readers' browsers."""
    news = [
        NewEvent(Kind.PUSH_ASKED, MACHINE, conversation.pk, conversation.inbox_id, row.pk, data={"user": row.user_id})
        for row in made
    ]
    record_all(news)


def read(notification: Notification) -> None:
    """The person has seen this one."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=clock.now())


def read_all(user: User) -> int:
    """The person has seen all of theirs; returns how many were new."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=clock.now())


@transaction.atomic
def choose(user: User, choices: Mapping[str, Default]) -> None:
    """Keep how a person wants to be told."""
    for why, choice in choices.items():
        Choice.objects.update_or_create(user=user, why=why, defaults=asdict(choice))
