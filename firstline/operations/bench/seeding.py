"""`firstline bench seed`: a desk of N conversations of three messages, by COPY."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models import (
    Conversation,
    ExternalId,
    Message,
    Participant,
    Resolution,
    Status,
    Strand,
)
from firstline.core import clock
from firstline.events.models import Event
from firstline.inboxes.models import Inbox
from firstline.operations.bench.copying import Table, next_id, without_indexes
from firstline.operations.bench.lexing import Lexer
from firstline.operations.bench.words import Words
from firstline.search.models import ContactText, MessageText

AGENTS, INBOXES = 40, 12
CHUNK = 20_000
SPACING = timedelta(seconds=31)  # between conversations: a million are a year
MESSAGES = 3
WORDS_A_MESSAGE = 55
PREFIX = "bench-"

# Open 4 %, waiting for others 3 %, spam 1 %, the rest resolved.
STATUSES = (
    (0.04, Status.OPEN),
    (0.06, Status.WAITING_ON_CONTACT),
    (0.07, Status.WAITING_ON_ENGINEERING),
    (0.08, Status.SPAM),
    (1.0, Status.RESOLVED),
)


class NotEmpty(RuntimeError):
    """The desk holds conversations that were not made by this command."""


@dataclass(frozen=True, slots=True)
class People:
    """Ids that conversations are dealt to: agents, inboxes, and (identity, contact) pairs."""

    agents: list[int]
    inboxes: list[int]
    identities: range
    contacts: range
    team: int


def seed(conversations: int, say: Callable[[str], None]) -> float:
    """Add `conversations` made-up conversations; returns the seconds it took. Raises NotEmpty on a desk in use."""
    if Conversation.objects.exclude(inbox__name__startswith=PREFIX).exists():
        raise NotEmpty("This desk is in use. Seed a fresh one: set FIRSTLINE_HOME to an empty folder.")
    began = time.monotonic()
    words, people = Words(), _people(max(conversations // 3, 1))
    tables = _Tables()
    first = {table.model: next_id(table.model) for table in tables.all}
    with without_indexes([table.model for table in tables.all], say):
        for start in range(0, conversations, CHUNK):
            count = min(CHUNK, conversations - start)
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL synchronous_commit = off")
                _chunk(tables, words, people, first, start, count, conversations)
            say(f"{start + count:,} conversations after {time.monotonic() - began:.0f} s")
    for table in tables.all:
        table.set_sequence()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - began


class _Tables:
    def __init__(self) -> None:
        self.conversations = Table(Conversation, CONVERSATION_COLUMNS.split())
        self.strands = Table(Strand, ("id", "conversation_id", "inbox_id", "external_id", "created_at"))
        self.participants = Table(Participant, ("id", "strand_id", "identity_id", "role", "created_at"))
        self.messages = Table(Message, MESSAGE_COLUMNS.split())
        self.external = Table(ExternalId, ("id", "channel", "external_id", "message_id"))
        self.events = Table(Event, EVENT_COLUMNS.split())
        self.words = Table(MessageText, ("id", "conversation_id", "message_id", "inbox_ids", "created_at", "tsv"))
        self.lexer = Lexer()
        self.all = (
            self.conversations,
            self.strands,
            self.participants,
            self.messages,
            self.external,
            self.events,
            self.words,
        )


CONVERSATION_COLUMNS = (
    "id subject status resolution contact_id inbox_id assignee_id team_id waiting_since wake_at sort_at"
    " first_response_at resolved_at last_message_at last_preview last_is_ours created_at"
)
MESSAGE_COLUMNS = (
    "id conversation_id strand_id author_identity_id author_user_id subject text html state message_id sender_auth"
    " sent_at written_at created_at"
)
EVENT_COLUMNS = "id kind at actor_kind actor_id conversation_id inbox_id subject_id"


@dataclass(slots=True)
class _Conversation:
    """What one made-up conversation is, before it becomes rows."""

    id: int
    at: datetime
    status: Status
    inbox: int
    assignee: int | None
    contact: int
    identity: int
    texts: list[str]

    @property
    def is_ours(self) -> bool:
        """Whether the team wrote last: then the contact is waited for, or it is over."""
        return self.status is not Status.OPEN


def _chunk(
    tables: _Tables, words: Words, people: People, first: dict[type, int], start: int, count: int, total: int
) -> None:
    made = list(_conversations(words, people, first[Conversation] + start, start, count, total))
    tables.conversations.copy(_conversation_line(tables, one, people.team) for one in made)
    strand = first[Strand] + start
    tables.strands.copy(tables.strands.line(strand + i, one.id, one.inbox, "", one.at) for i, one in enumerate(made))
    participant = first[Participant] + start
    tables.participants.copy(
        tables.participants.line(participant + i, strand + i, one.identity, "requester", one.at)
        for i, one in enumerate(made)
    )
    message = first[Message] + start * MESSAGES
    tables.messages.copy(
        line for i, one in enumerate(made) for line in _message_lines(tables, one, strand + i, message + i * MESSAGES)
    )
    external = first[ExternalId] + start * MESSAGES
    tables.external.copy(
        tables.external.line(external + i, "email", f"<{message + i}@bench.example>", message + i)
        for i in range(count * MESSAGES)
    )
    text = first[MessageText] + start * MESSAGES
    tables.words.copy(
        line
        for i, one in enumerate(made)
        for line in _word_lines(tables, one, text + i * MESSAGES, message + i * MESSAGES)
    )
    event = first[Event] + start * (MESSAGES + 1)
    tables.events.copy(
        line
        for i, one in enumerate(made)
        for line in _event_lines(tables, one, event + i * (MESSAGES + 1), message + i * MESSAGES)
    )


def _conversations(
    words: Words, people: People, first_id: int, start: int, count: int, total: int
) -> Iterator[_Conversation]:
    random = words.random
    texts = list(words.texts(count * MESSAGES, mean_words=WORDS_A_MESSAGE))
    draws = random.random((count, 4))
    now = clock.now()
    for i in range(count):
        draw, agent, inbox, person = (float(value) for value in draws[i])
        status = next(status for share, status in STATUSES if draw < share)
        unassigned = status is Status.OPEN and agent < 0.3
        who = int(person * len(people.identities))
        yield _Conversation(
            id=first_id + i,
            at=now - SPACING * (total - start - i) - timedelta(hours=1),
            status=status,
            inbox=people.inboxes[int(inbox * inbox * INBOXES)],
            assignee=None if unassigned else people.agents[int(agent * agent * AGENTS)],
            contact=people.contacts[who],
            identity=people.identities[who],
            texts=texts[i * MESSAGES : (i + 1) * MESSAGES],
        )


def _conversation_line(tables: _Tables, one: _Conversation, team: int) -> str:
    last = one.at + timedelta(minutes=50)
    resolved = one.status is Status.RESOLVED
    return tables.conversations.line(
        one.id,
        one.texts[0][:70],
        one.status.value,
        Resolution.ANSWERED.value if resolved else "",
        one.contact,
        one.inbox,
        one.assignee,
        team,
        last if one.status is Status.OPEN else None,
        last + timedelta(days=3) if one.status in (Status.WAITING_ON_CONTACT, Status.WAITING_ON_ENGINEERING) else None,
        last,
        one.at + timedelta(minutes=20),
        last if resolved else None,
        last,
        one.texts[-1][:120],
        one.is_ours,
        one.at,
    )


def _message_lines(tables: _Tables, one: _Conversation, strand: int, first: int) -> Iterator[str]:
    agent = one.assignee
    for i, text in enumerate(one.texts):
        ours = agent is not None and (i == 1 or (i == 2 and one.is_ours))
        at = one.at + timedelta(minutes=25 * i)
        yield tables.messages.line(
            first + i,
            one.id,
            strand,
            None if ours else one.identity,
            agent if ours else None,
            one.texts[0][:70] if i == 0 else "",
            text,
            f"<p>{text}</p>" if ours else "",
            "sent" if ours else "received",
            f"<{first + i}@bench.example>",
            "" if ours else "none",
            at if ours else None,
            at,
            at,
        )


def _word_lines(tables: _Tables, one: _Conversation, first: int, message: int) -> Iterator[str]:
    subject = one.texts[0][:70]
    for i, text in enumerate(one.texts):
        at = one.at + timedelta(minutes=25 * i)
        literal = tables.lexer.tsvector(subject, text)
        yield tables.words.line(first + i, one.id, message + i, f"{{{one.inbox}}}", at, literal)


def _event_lines(tables: _Tables, one: _Conversation, first: int, message: int) -> Iterator[str]:
    yield tables.events.line(first, "conversation.created", one.at, "contact", one.identity, one.id, one.inbox, message)
    for i in range(MESSAGES):
        ours = one.assignee is not None and (i == 1 or (i == 2 and one.is_ours))
        yield tables.events.line(
            first + 1 + i,
            "message.sent" if ours else "message.received",
            one.at + timedelta(minutes=25 * i),
            "agent" if ours else "contact",
            one.assignee if ours else one.identity,
            one.id,
            one.inbox,
            message + i,
        )


def _people(contacts: int) -> People:
    """Agents, inboxes and contacts; those of an earlier seeding are used again, contacts are added."""
    team = Team.objects.get_or_create(name="Bench")[0]
    agents = [
        User.objects.get_or_create(
            email=f"agent{i:02}@bench.example",
            defaults={"name": f"Agent {i:02}", "roles": [Role.AGENT.value], "password": "!"},
        )[0]
        for i in range(AGENTS)
    ]
    team.members.add(*agents)
    inboxes = []
    for i in range(INBOXES):
        inbox = Inbox.objects.get_or_create(
            name=f"{PREFIX}{i:02}", defaults={"channel": "email", "address": f"inbox{i:02}@bench.example"}
        )[0]
        inbox.teams.add(team)
        inboxes.append(inbox.pk)
    first_contact, first_identity = next_id(Contact), next_id(ContactIdentity)
    people = Table(Contact, ("id", "name"))
    people.copy(people.line(first_contact + i, f"Contact {first_contact + i}") for i in range(contacts))
    identities = Table(ContactIdentity, ("id", "contact_id", "channel", "key", "address", "name"))
    identities.copy(
        identities.line(
            first_identity + i,
            first_contact + i,
            "email",
            f"contact{first_identity + i}@bench.example",
            f"contact{first_identity + i}@bench.example",
            f"Contact {first_contact + i}",
        )
        for i in range(contacts)
    )
    words = Table(ContactText, ("id", "contact_id", "tsv"))
    first_words, lexer = next_id(ContactText), Lexer()
    words.copy(
        words.line(first_words + i, first_contact + i, lexer.tsvector(f"contact {first_contact + i}", ""))
        for i in range(contacts)
    )
    for table in (people, identities, words):
        table.set_sequence()
    return People(
        [agent.pk for agent in agents],
        inboxes,
        range(first_identity, first_identity + contacts),
        range(first_contact, first_contact + contacts),
        team.pk,
    )
