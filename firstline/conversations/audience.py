"""Who reads a reply, and what a public one would give away: words that only private messages or notes hold.

Private is what stands in this conversation and in those linked with it, as far as the writer may see it: what they
can't see they can't have copied. Our own mails are no quotable source, since a standard answer is said in both places.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.models import (
    Audience,
    Conversation,
    Delivery,
    Link,
    Message,
    Note,
    Strand,
)
from firstline.core import clock
from firstline.wording.audience import Leak, leaks

NEWEST = 200
"""How many messages, and how many notes, are looked at; older ones are seldom copied from."""
PLACES = {"github": "GitHub", "x": "X", "mastodon": "Mastodon", "bluesky": "Bluesky", "web": "Web"}


@dataclass(frozen=True, slots=True)
class Source:
    """A text and where it stands: in words, and as the conversation and element that show it ("" for none)."""

    text: str
    where: str
    conversation_id: int = 0
    element: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class GivenAway:
    """One thing that a public text must not say, and where it is known from."""

    leak: Leak
    source: Source

    @property
    def kind(self) -> str:
        """What it is, in the reader's language."""
        return _kinds().get(self.leak.kind, _("something about the account"))

    @property
    def sentence(self) -> str:
        """All of it on one line."""
        words = {"words": self.leak.words, "kind": self.kind, "where": self.source.where}
        return _("“%(words)s” (%(kind)s) is known only from %(where)s.") % words


def place(strand: Strand) -> str:
    """The name of the network that a strand is on."""
    return PLACES.get(strand.inbox.channel, strand.inbox.channel.title())


def given_away(
    conversation: Conversation, strand: Strand, text: str, *, by: User | None, before: datetime | None = None
) -> list[GivenAway]:
    """What a text would give away on this strand; nothing on a private one. `by` is whose eyes count (None: all),
    `before` leaves out what came later.
    """
    if strand.audience != Audience.PUBLIC or not text.strip():
        return []
    reach = _reach(conversation, by)
    sources = list(_private(conversation, reach, before or clock.now()))
    known = list(_known(strand, reach, by))
    found = leaks(text, [one.text for one in sources], known)
    placed = [(leak, _source_of(leak, text, sources)) for leak in found]
    return [GivenAway(leak, source) for leak, source in placed if source is not None]


def _kinds() -> dict[str, str]:
    return {
        "secret": _("a secret"),
        "address": _("an address"),
        "number": _("a number"),
        "name": _("a name"),
        "quote": _("a quote"),
    }


def _source_of(leak: Leak, text: str, sources: list[Source]) -> Source | None:
    """The first text that holds it; None for a quote that only our own mails hold, and for a help-centre link."""
    if leak.kind == "name" and leak.words.startswith(f"{settings.BASE_URL}/help/"):
        return None
    holding = (one for one in sources if leak in _held(text, one))
    return next((one for one in holding if not (leak.kind == "quote" and one.is_ours)), None)


def _held(text: str, source: Source) -> list[Leak]:
    """What a single source gives away, uncut."""
    return leaks(text, [source.text], most=None)


def _reach(conversation: Conversation, by: User | None) -> set[int]:
    """This conversation and the ones linked with it that the writer may see."""
    links = Link.objects.filter(Q(conversation=conversation) | Q(other=conversation))
    near = {pk for pair in links.values_list("conversation_id", "other_id") for pk in pair}
    near |= {conversation.possibly_related_id or conversation.pk}
    if by is not None:
        near = set(Conversation.objects.visible_to(by).filter(pk__in=near).values_list("pk", flat=True))
    return near | {conversation.pk}


def _private(conversation: Conversation, reach: set[int], before: datetime) -> Iterator[Source]:
    """Private messages, notes, and what the contact's card says, the newest first."""
    messages = Message.objects.filter(
        conversation__in=reach, strand__audience=Audience.PRIVATE, created_at__lt=before
    ).exclude(state=Delivery.CANCELLED)
    for one in messages.select_related("author_identity", "author_user").order_by("-pk")[:NEWEST]:
        where = _where(one.author_identity.display if one.author_identity else str(one.author_user or _("us")), one)
        text = f"{one.subject}\n{one.text}"
        yield Source(text, where, one.conversation_id, f"m-{one.pk}", one.is_ours)
    notes = Note.objects.filter(conversation__in=reach, created_at__lt=before).select_related("author")
    for note in notes.order_by("-pk")[:NEWEST]:
        where = _("a note of %(name)s") % {"name": note.author.name if note.author else _("a guest")}
        yield Source(note.text, where, note.conversation_id, f"n-{note.pk}")
    yield Source(_card(conversation), _("the contact's card"), conversation.pk)


def _where(name: str, message: Message) -> str:
    return _("a private message of %(name)s, %(day)s") % {"name": name, "day": f"{message.created_at:%Y-%m-%d}"}


def _card(conversation: Conversation) -> str:
    """What the desk knows of the contact and no public place says."""
    contact = conversation.contact
    mails = contact.identities.filter(channel__in=("email", "web")).values_list("address", flat=True)
    return "\n".join([*mails, contact.organization.name if contact.organization else ""])


def _known(strand: Strand, reach: set[int], by: User | None) -> Iterator[str]:
    """What readers of the public place have before them: what was said in public, by whom, and who answers."""
    there = (Delivery.RECEIVED, Delivery.SENT)
    said = Message.objects.filter(conversation__in=reach, strand__audience=Audience.PUBLIC, state__in=there)
    for one in said.select_related("author_identity").order_by("-pk")[:NEWEST]:
        yield f"{one.subject}\n{one.text}"
        if one.author_identity is not None:
            yield _named(one.author_identity.name, one.author_identity.address)
    if by is not None:
        yield _named(by.name, by.first_name)
    yield _named(settings.DESK_NAME, strand.inbox.address, str(strand.inbox.settings.get("name", "")))


def _named(*names: str) -> str:
    """Names as a text would call them, so that they are read as names."""
    return "\n".join(f"Dear Mr {word}" for name in names for word in [name, *name.split()] if word)
