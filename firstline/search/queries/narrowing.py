"""What the operators of a query mean in the database.

Names are looked up first and given as lists of ids, so that the planner knows how few rows they mean.
"""

from datetime import UTC, date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet

from firstline.accounts.models import User
from firstline.conversations.models import UNRESOLVED, Conversation, Priority, Status, Tag
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.search.models import ContactText, MessageText, MessageTextQuerySet, words_satisfy
from firstline.search.rules.grammar import Filter, Query
from firstline.search.rules.lexemes import all_of, quoted, word_query

DATES = ("before", "after")
MOST_CONTACTS = 1000


def has_dates(query: Query) -> bool:
    """Whether an operator speaks of when something was said."""
    return any(one.key in DATES for one in query.filters)


def mark_query(query: Query) -> str:
    """A tsquery for what `has:` asks for, when it asks for something to be there; "" else."""
    return all_of(quoted(f"#{one.value}") for one in query.filters if one.key == "has" and not one.negated)


def message_dates(rows: MessageTextQuerySet, query: Query) -> MessageTextQuerySet:
    """The rows within the query's dates: `after:` from that day's beginning, `before:` until it begins (UTC)."""
    for one in query.filters:
        if one.key in DATES:
            day = datetime.combine(date.fromisoformat(one.value), time(), UTC)
            later = (one.key == "after") is not one.negated
            rows = rows.filter(created_at__gte=day) if later else rows.filter(created_at__lt=day)
    return rows


def conversations(query: Query, user: User) -> QuerySet[Conversation] | None:
    """The conversations that satisfy the operators, visible or not; None when no operator speaks of conversations."""
    asked = [one for one in query.filters if one.key not in DATES]
    if not asked:
        return None
    found: QuerySet[Conversation] = Conversation.objects.all()
    for one in asked:
        condition = _condition(one, user)
        found = found.filter(~condition if one.negated else condition)
    return found


def _condition(one: Filter, user: User) -> Q:
    if one.key == "status":
        return Q(status=one.value)
    if one.key == "assignee":
        return _assignee(one.value, user)
    if one.key == "from":
        return Q(contact__in=_contacts(one.value))
    if one.key == "tag":
        return Q(pk__in=_tagged(one.value))
    if one.key == "inbox":
        inboxes = Inbox.objects.filter(Q(name__iexact=one.value) | Q(address__iexact=one.value))
        return Q(inbox__in=list(inboxes.values_list("pk", flat=True)))
    if one.key == "has":
        carrying = MessageText.objects.filter(words_satisfy(quoted(f"#{one.value}")), conversation=OuterRef("pk"))
        return Q(Exists(carrying))
    return _state(one.value, user)


def _assignee(value: str, user: User) -> Q:
    if value == "me":
        return Q(assignee=user)
    if value in ("none", "nobody"):
        return Q(assignee__isnull=True)
    people = User.objects.filter(Q(name__istartswith=value) | Q(email__istartswith=value))
    return Q(assignee__in=list(people.values_list("pk", flat=True)), assignee__isnull=False)


def _contacts(value: str) -> list[int]:
    """Contacts with a name or address that has every one of these words, the last perhaps unfinished; newest first."""
    asked = word_query(value, prefix=True)
    found = contacts(asked).order_by("-contact_id") if asked else ContactText.objects.none()
    return list(found.values_list("contact_id", flat=True)[:MOST_CONTACTS])


def contacts(tsquery: str) -> QuerySet[ContactText]:
    """Contacts whose words satisfy a tsquery literal."""
    return ContactText.objects.filter(words_satisfy(tsquery))


def _tagged(name: str) -> QuerySet[Conversation, int]:
    tags = list(Tag.objects.filter(name__iexact=name).values_list("pk", flat=True))
    return Conversation.objects.filter(tags__in=tags).values_list("pk", flat=True)


def _state(value: str, user: User) -> Q:
    states = {
        "new": Q(status__in=UNRESOLVED, first_response_at__isnull=True),
        "unassigned": Q(status__in=UNRESOLVED, assignee__isnull=True),
        "mine": Q(assignee=user),
        "snoozed": Q(snoozed_until__gt=clock.now()),
        "unresolved": Q(status__in=UNRESOLVED),
        "resolved": Q(status=Status.RESOLVED),
        "merged": Q(merged_into__isnull=False),
        "unverified": Q(unverified=True),
        "urgent": Q(priority=Priority.URGENT, status__in=UNRESOLVED),
    }
    return states[value]
