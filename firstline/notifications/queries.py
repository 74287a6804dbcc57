"""Who is told of an event, what waits for a person, and what their day holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from firstline.accounts.models import User
from firstline.conversations.actions.noting import called
from firstline.conversations.models import OURS, Conversation, Cover, Message, Note, Promise, Review
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.notifications import rules
from firstline.notifications.models import ByMail, Choice, Notification, PushTarget, Why
from firstline.notifications.rules import Default

SHOWN = 100
COUNTED = 100

OF_A_DRAFT = {Kind.REVIEW_ASKED, Kind.REVIEW_REMARKED, Kind.REVIEW_EDITED, Kind.REVIEW_APPROVED}
OF_AN_INCIDENT = {Kind.INCIDENT_SUSPECTED: Why.INCIDENT, Kind.INCIDENT_UPDATE_DUE: Why.UPDATE_DUE}
"""For everybody who may declare one and sees the conversation."""
OF_THE_ASSIGNEE = {
    Kind.MESSAGE_RECEIVED: Why.ANSWERED,
    Kind.CONVERSATION_ASSIGNED: Why.ASSIGNED,
    Kind.CLOCK_AT_RISK: Why.DUE,
    Kind.CLOCK_MISSED: Why.MISSED,
}


def addressees(event: Event, conversation: Conversation) -> dict[User, Why]:
    """Whom an event is for, and why; never who did it, nobody without access, nobody who left."""
    told: dict[int, Why] = {}
    kind = Kind(event.kind)
    if kind is Kind.NOTE_ADDED:
        told |= _noted(event, conversation)
    elif kind in OF_A_DRAFT:
        told |= _of_a_draft(event, conversation)
    elif kind in OF_AN_INCIDENT:
        users = User.objects.filter(is_active=True)
        told |= {one.pk: OF_AN_INCIDENT[kind] for one in users if one.can("incidents.manage")}
    elif kind in {Kind.MESSAGE_FAILED, Kind.MESSAGE_BOUNCED}:
        author = Message.objects.filter(pk=event.subject_id or 0).values_list("author_user", flat=True).first()
        told |= {pk: Why.FAILED for pk in {author, conversation.assignee_id} if pk is not None}
    elif kind in OF_THE_ASSIGNEE and conversation.assignee_id is not None and not _is_held(event) and not _moved(event):
        told[conversation.assignee_id] = OF_THE_ASSIGNEE[kind]
    if event.actor_kind == "agent" and kind not in {Kind.MESSAGE_FAILED, Kind.MESSAGE_BOUNCED}:
        told.pop(event.actor_id or 0, None)
    people = User.objects.filter(pk__in=told, is_active=True)
    return {one: told[one.pk] for one in people if may_see(one, conversation)}


def _noted(event: Event, conversation: Conversation) -> dict[int, Why]:
    note = Note.objects.filter(pk=event.subject_id or 0).first()
    told = {conversation.assignee_id: Why.NOTED} if conversation.assignee_id is not None else {}
    return told | {one.pk: Why.MENTIONED for one in (called(conversation, note.text) if note else [])}


def _of_a_draft(event: Event, conversation: Conversation) -> dict[int, Why]:
    """Whoever may say yes hears that a draft waits; its author, that somebody looked."""
    author = Review.objects.filter(pk=event.subject_id or 0).values_list("author", flat=True).first()
    if event.kind != Kind.REVIEW_ASKED:
        return {author: Why.SEEN} if author is not None else {}
    team = User.objects.filter(is_active=True, teams__inboxes=conversation.inbox_id).distinct()
    return {one.pk: Why.EYES for one in team if one.can("replies.approve") and one.pk != author}


def _is_held(event: Event) -> bool:
    """Whether nobody is to hear of the message: its writer is sanctioned."""
    held = Cover.objects.filter(message=event.subject_id or 0, is_held=True, uncovered_at=None)
    return event.kind == Kind.MESSAGE_RECEIVED and held.exists()


def _moved(event: Event) -> bool:
    """Whether somebody got the conversation after the event: they are told of that, and find the rest there."""
    given = Event.objects.filter(conversation_id=event.conversation_id, kind=Kind.CONVERSATION_ASSIGNED)
    return given.filter(pk__gt=event.pk).exists()


def may_see(user: User, conversation: Conversation) -> bool:
    """Whether the person may see the conversation now."""
    return user.can("conversations.view") and Conversation.objects.visible_to(user).filter(pk=conversation.pk).exists()


def choices(users: Iterable[User]) -> dict[tuple[int, str], Default]:
    """How people want to be told; everything they said nothing of as it is by default."""
    people = list(users)
    found = {(one.pk, why): default for one in people for why, default in rules.REASONS.items()}
    kept = Choice.objects.filter(user__in=people)
    return found | {(one.user_id, one.why): Default(one.bell, one.mail, one.push) for one in kept}


def pushed_to(users: Iterable[User]) -> set[int]:
    """Those of the people who have a browser that rings."""
    return set(PushTarget.objects.filter(user__in=list(users)).values_list("user", flat=True))


def unread_count(user: User) -> int:
    """How many unread things the bell shows, up to a hundred."""
    return Notification.objects.of(user).filter(in_bell=True).unread()[:COUNTED].count()


@dataclass(frozen=True, slots=True)
class News:
    """One line of the bell's page or of a letter."""

    notification: Notification
    who: str
    unread: bool


def news(user: User) -> list[News]:
    """The newest hundred, unread ones marked."""
    mine = Notification.objects.of(user).filter(in_bell=True)
    rows = list(mine.select_related("conversation").order_by("-pk")[:SHOWN])
    unread = set(mine.filter(pk__in=[one.pk for one in rows]).unread().values_list("pk", flat=True))
    names = actor_names(rows)
    return [News(one, names[one.pk], one.pk in unread) for one in rows]


def actor_names(rows: Iterable[Notification]) -> dict[int, str]:
    """Who did it, by the notification's id: a colleague's first name, the contact's name, or nobody."""
    rows = list(rows)
    agents = {one.actor_id for one in rows if one.actor_kind == "agent"}
    people = {one.pk: one.first_name for one in User.objects.filter(pk__in=agents)} if agents else {}
    contacts = Conversation.objects.filter(pk__in={one.conversation_id for one in rows}).select_related("contact")
    names = {one.pk: str(one.contact) for one in contacts} if rows else {}
    return {
        one.pk: people.get(one.actor_id or 0, "")
        if one.actor_kind == "agent"
        else names.get(one.conversation_id, "")
        if one.actor_kind == "contact"
        else ""
        for one in rows
    }


def to_mail(user: User, how: str) -> list[Notification]:
    """What mail has still to tell the person, oldest first; what they have read since is left out."""
    waiting = Notification.objects.of(user).filter(by_mail=how, mailed_at=None).unread()
    return list(waiting.select_related("conversation").order_by("pk")[: rules.MOST_LINES])


@dataclass(frozen=True, slots=True)
class Day:
    """A person's day in numbers."""

    ours: int
    late: int
    due: int
    promised: int


def day(user: User, now: datetime, end: datetime) -> Day:
    """What a person has to do until the day's end."""
    mine = Conversation.objects.filter(assignee=user, status__in=OURS)
    found = mine.aggregate(
        ours=Count("pk"),
        late=Count("pk", filter=Q(due_at__lte=now)),
        due=Count("pk", filter=Q(due_at__gt=now, due_at__lte=end)),
    )
    promised = Promise.objects.filter(conversation__assignee=user, kept_at=None, due_at__lte=end).count()
    return Day(**found, promised=promised)


def digest_readers() -> list[User]:
    """People for whom something waits for the digest."""
    waiting = Notification.objects.filter(by_mail=ByMail.DIGEST, mailed_at=None, read_at=None)
    return list(User.objects.filter(is_active=True, pk__in=waiting.values("user")).order_by("pk"))
