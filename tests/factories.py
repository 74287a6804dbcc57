"""The same people everywhere, and conversations made by the product's own actions.

Ada and Mina answer in Support, Lena leads them, Rita works in another team, Casey writes from outside.
"""

import itertools
from dataclasses import dataclass, field
from datetime import datetime

from firstline.accounts.actions import create_user
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.channels.base import Address, ParsedMessage
from firstline.contacts.actions import identify
from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import receiving, storing
from firstline.conversations.models import Conversation, Message
from firstline.conversations.rules import Join, Verdict
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox

PASSWORD = "paper lanterns at low tide"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class People:
    """A desk with two teams."""

    ada: User
    mina: User
    lena: User
    rita: User
    inbox: Inbox
    other_inbox: Inbox
    casey: ContactIdentity = field(repr=False)


def people() -> People:
    """Everybody, with the inbox of Support and the one of Rita's team."""
    support, partners = Team.objects.create(name="Desk"), Team.objects.create(name="Partners")
    return People(
        ada=person("ada", [Role.AGENT], support),
        mina=person("mina", [Role.AGENT], support),
        lena=person("lena", [Role.LEAD, Role.ADMIN], support),
        rita=person("rita", [Role.AGENT], partners),
        inbox=create_inbox(channel="email", name="desk", address="support@orbit.example", teams=[support]),
        other_inbox=create_inbox(channel="email", name="partners", address="partners@orbit.example", teams=[partners]),
        casey=contact("casey"),
    )


def person(name: str, roles: list[Role], team: Team) -> User:
    """A person of the desk with the suite's password."""
    return create_user(
        f"{name}@orbit.example", name=f"{name.title()} Example", roles=roles, teams=[team], password=PASSWORD
    )


def contact(name: str, *, display: str = "") -> ContactIdentity:
    """Somebody who writes from outside by mail."""
    return identify(channel="email", address=f"{name}@contact.example", name=display or f"{name.title()} Rivers")


def mail(
    subject: str = "EACCES on every global install",
    text: str = "Global installs stop with EACCES. What is the right way?",
    *,
    cc: tuple[Address, ...] = (),
    quoted: str = "",
    html: str = "",
    date: datetime | None = None,
) -> ParsedMessage:
    """A parsed mail as the email channel hands it over."""
    return ParsedMessage(
        external_id=f"<{next(_numbers)}@contact.example>",
        to=(Address("", "support@orbit.example"),),
        cc=cc,
        subject=subject,
        text=f"{text}\n\n{quoted}" if quoted else text,
        reply_text=text,
        quoted_text=quoted,
        html=html,
        date=date or clock.now(),
    )


def arrives(
    inbox: Inbox,
    sender: ContactIdentity,
    parsed: ParsedMessage,
    *,
    auth: str = "pass",
    secrets: tuple[storing.FoundSecret, ...] = (),
    files: tuple[storing.NewFile, ...] = (),
) -> Message:
    """A mail that opens a conversation."""
    verdict = Verdict(Join.NEW, verified=auth == "pass")
    received = receiving.receive(receiving.Incoming(inbox, sender, parsed, verdict, auth, clock.now(), secrets, files))
    assert received.message is not None
    return received.message


def answers(conversation: Conversation, sender: ContactIdentity, parsed: ParsedMessage) -> Message:
    """A mail that continues the conversation's first strand."""
    strand = conversation.strands.order_by("pk").first()
    assert strand is not None
    verdict = Verdict(Join.APPEND, strand=strand.pk, may_reopen=True, verified=True)
    received = receiving.receive(receiving.Incoming(strand.inbox, sender, parsed, verdict, "pass", clock.now()))
    assert received.message is not None
    return received.message


def conversation(
    everybody: People, subject: str = "EACCES on every global install", text: str = "Global installs stop with EACCES."
) -> Conversation:
    """A fresh conversation of Casey's in the Support inbox."""
    return arrives(everybody.inbox, everybody.casey, mail(subject, text)).conversation
