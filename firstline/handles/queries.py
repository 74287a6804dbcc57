"""What is known of people outside, as far as whoever looks may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.contacts.models import Contact, ContactIdentity, EvidenceKind, Merge, NotTheSame, Organization
from firstline.contacts.rules import MAIL, NETWORK, VERIFIED, confidence
from firstline.conversations.audience import place
from firstline.conversations.models import UNRESOLVED, Conversation, Message, Strand
from firstline.handles import rules
from firstline.handles.models import Elsewhere, Verdict

RECENT = timedelta(days=14)
NEWEST_OPEN, NEWEST_SAID, MOST_SHOWN, MOST_SUGGESTED = 300, 5, 100, 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An identity with what speaks for it."""

    identity: ContactIdentity
    evidence: list[str]
    sureness: float

    @property
    def percent(self) -> int:
        """How sure it is, of a hundred."""
        return round(100 * self.sureness)

    @property
    def is_verified(self) -> bool:
        """Whether that is enough to believe it."""
        return self.sureness >= VERIFIED


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two contacts who may be one person, with each signal."""

    contact: Contact
    score: float
    signals: list[rules.Signal]

    @property
    def percent(self) -> int:
        """How much speaks for it, of a hundred."""
        return round(100 * self.score)


def visible_contacts(user: User) -> QuerySet[Contact]:
    """Contacts with a conversation, or a merge, that this person may see."""
    seen = Conversation.objects.visible_to(user).filter(contact=OuterRef("pk"))
    return Contact.objects.filter(Exists(seen) | Q(merged_into__in=Contact.objects.filter(Exists(seen)))).distinct()


def conversations(contact: Contact, user: User) -> list[Conversation]:
    """All that this person may see of a contact's, newest first."""
    found = Conversation.objects.visible_to(user).filter(contact=contact, merged_into=None)
    return list(found.for_list().order_by("-last_message_at")[:MOST_SHOWN])


def identities(contact: Contact) -> list[Shown]:
    """Every handle, with the evidence that is kept and the evidence that the channel gives."""
    found = contact.identities.prefetch_related("evidence").order_by("pk")
    proved = Message.objects.filter(author_identity=OuterRef("pk"), sender_auth="pass")
    return [_shown(one) for one in found.annotate(wrote_proved=Exists(proved))]


def merges(contact: Contact) -> list[Merge]:
    """What was merged into this contact, newest first."""
    return list(contact.merges_in.select_related("source", "by", "undone_by").order_by("-pk"))


def known(contact: Contact) -> rules.Known:
    """What the rules may compare: handles, and the newest things that the contact wrote."""
    handles = [rules.Handle(one.channel, one.address, one.name) for one in contact.identities.all()]
    said = Message.objects.filter(author_identity__contact=contact, is_automatic=False).order_by("-pk")
    return rules.Known(handles, list(said.values_list("text", flat=True)[:NEWEST_SAID]))


def same_people(contact: Contact, user: User) -> list[Likeness]:
    """Contacts who may be the same person, the likeliest first; none that somebody said is another."""
    refused = NotTheSame.objects.filter(Q(one=contact) | Q(other=contact))
    others = {pk for pair in refused.values_list("one_id", "other_id") for pk in pair}
    mine = known(contact)
    found = [
        compare(mine, one)
        for one in _alike(contact, user)
        if one.pk not in others and one.pk != contact.pk and one.merged_into_id is None
    ]
    likely = [one for one in found if one.score >= rules.SUGGESTED]
    return sorted(likely, key=lambda one: -one.score)[:MOST_SUGGESTED]


def compare(mine: rules.Known, other: Contact) -> Likeness:
    """How much speaks for `other` being who `mine` describes."""
    found = rules.signals(mine, known(other))
    return Likeness(other, rules.score(found), found)


def open_elsewhere(conversation: Conversation, user: User) -> list[Elsewhere]:
    """Where the same thing is open too, as far as this person may see it, and nobody said that it is not."""
    pairs = Elsewhere.objects.filter(Q(later=conversation) | Q(earlier=conversation))
    pairs = pairs.exclude(verdict=Verdict.DISMISSED).select_related(
        "later__inbox", "earlier__inbox", "later__contact", "earlier__contact"
    )
    seen = Conversation.objects.visible_to(user).filter(merged_into=None)
    here = pairs.filter(later__in=seen, earlier__in=seen)
    return list(here.order_by("-question", "-pk")[:MOST_SUGGESTED])


@dataclass(frozen=True, slots=True)
class Open:
    """The other side of a pair, seen from one of them."""

    pair: Elsewhere
    conversation: Conversation
    place: str
    is_public: bool
    is_same_contact: bool
    signals: list[rules.Signal]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer there."""
        return not self.conversation.is_ended

    @property
    def question_percent(self) -> int:
        """How like the questions are."""
        return round(100 * self.pair.question)

    @property
    def person_percent(self) -> int:
        """How much speaks for one person."""
        return round(100 * self.pair.person)


def shown_elsewhere(conversation: Conversation, user: User) -> list[Open]:
    """The same for the page: where the other one is, and each signal. Read once for all panels of a page."""
    kept: list[Open] | None = conversation.__dict__.get("_elsewhere")
    if kept is None:
        kept = conversation.__dict__["_elsewhere"] = _shown_elsewhere(conversation, user)
    return kept


def _shown_elsewhere(conversation: Conversation, user: User) -> list[Open]:
    pairs = open_elsewhere(conversation, user)
    others = [pair.earlier if pair.later_id == conversation.pk else pair.later for pair in pairs]
    strands = Strand.objects.filter(conversation__in=others, is_side=False).select_related("inbox")
    first = {one.conversation_id: one for one in strands.order_by("conversation", "pk").distinct("conversation")}
    return [
        Open(
            pair,
            other,
            place(first[other.pk]),
            first[other.pk].audience == "public",
            other.contact_id == conversation.contact_id,
            [rules.Signal(name, words) for name, words in pair.signals],
        )
        for pair, other in zip(pairs, others, strict=True)
        if other.pk in first
    ]


def are_two(one: int, other: int) -> bool:
    """Whether somebody said that these contacts are two people."""
    first, second = sorted((one, other))
    return NotTheSame.objects.filter(one=first, other=second).exists()


def find(words: str, user: User) -> list[Contact]:
    """Contacts whose name, address or organization holds the words; without words, those who wrote last."""
    found = visible_contacts(user).filter(merged_into=None).select_related("organization")
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(identities__address__icontains=words) | Q(organization__name__icontains=words)
        )
    newest = Max("conversations__last_message_at")
    return list(found.annotate(newest=newest).order_by("-newest", "-pk").prefetch_related("identities")[:MOST_SHOWN])


def of_organization(organization: Organization, user: User) -> list[Conversation]:
    """What the people of an organization asked, newest first."""
    found = Conversation.objects.visible_to(user).filter(contact__organization=organization, merged_into=None)
    return list(found.for_list().order_by("-last_message_at")[:MOST_SHOWN])


def candidates(conversation: Conversation, now: datetime) -> list[Conversation]:
    """The newest conversations before this one that are open, or the contact's own of these days."""
    found = Conversation.objects.filter(merged_into=None, sealed=False, created_at__gt=now - RECENT)
    found = found.filter(Q(status__in=UNRESOLVED) | Q(contact=conversation.contact_id), pk__lt=conversation.pk)
    return list(found.exclude(status="spam").select_related("contact", "inbox").order_by("-pk")[:NEWEST_OPEN])


def first_words(conversations: Iterable[Conversation]) -> dict[int, str]:
    """What each was asked with: subject and first message, in one query."""
    ids = [one.pk for one in conversations]
    firsts = Message.objects.filter(conversation__in=ids, author_identity__isnull=False, strand__is_side=False)
    rows = firsts.order_by("conversation", "pk").distinct("conversation")
    return {
        one: f"{subject}\n{text[: rules.MOST_TEXT]}"
        for one, subject, text in rows.values_list("conversation_id", "subject", "text")
    }


def evidence_words(kinds: Iterable[str]) -> list[str]:
    """The kinds in the reader's language."""
    return [str(EvidenceKind(kind).label) for kind in kinds]


def _shown(identity: ContactIdentity) -> Shown:
    kinds = [one.kind for one in identity.evidence.all()]
    if registry.get(identity.channel).posts:
        kinds.append(NETWORK)
    elif getattr(identity, "wrote_proved", False):
        kinds.append(MAIL)
    return Shown(identity, evidence_words(kinds), confidence(kinds))


def _alike(contact: Contact, user: User) -> list[Contact]:
    """Contacts worth a comparison: of like names and handles, and whoever asked something like it lately."""
    names, handles = set(), set()
    for one in contact.identities.all():
        names |= {one.name} if one.name else set()
        handles.add(rules.bare(rules.Handle(one.channel, one.address, one.name)))
    like = Q(pk__in=[])
    for name in names:
        like |= Q(identities__name__iexact=name)
        first = name.split(" ")[0]
        if len(first) >= 4:
            like |= Q(identities__address__istartswith=first)
    for handle in handles:
        if len(handle) >= 4:
            like |= Q(identities__address__istartswith=handle)
    nearby = Elsewhere.objects.filter(Q(later__contact=contact) | Q(earlier__contact=contact))
    near = {pk for pair in nearby.values_list("later__contact", "earlier__contact")[:50] for pk in pair}
    found = visible_contacts(user).filter(like | Q(pk__in=near)).exclude(pk=contact.pk)
    return list(found.order_by("-pk")[:MOST_SHOWN])
