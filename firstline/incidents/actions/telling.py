"""Everybody in an incident is told, each in their own conversation and by their own name; and it can be taken back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations import audience, writing
from firstline.conversations.actions import posting, replying
from firstline.conversations.models import UNRESOLVED, Conversation, Draft, DraftMode, Strand
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import record
from firstline.incidents import rules
from firstline.incidents.actions.declaring import Refused
from firstline.incidents.models import Belonging, Incident, Telling, Told


@dataclass(frozen=True, slots=True)
class Letter:
    """What one conversation would be told; `held` is why it is not."""

    conversation: Conversation
    strand: Strand
    text: str
    held: str

    @property
    def is_public(self) -> bool:
        """Whether anybody can read it."""
        return self.strand.audience == "public"

    @property
    def channel(self) -> str:
        """The kind of place where it is said."""
        return self.strand.inbox.channel


def letters(incident: Incident, text: str, *, by: User) -> list[Letter]:
    """What everybody in it whom the person may see would be told, each after its own checks; a person once."""
    attached = incident.attached.filter(state=Belonging.ATTACHED)
    found = Conversation.objects.visible_to(by).filter(pk__in=attached.values("conversation"))
    said = Told.objects.filter(telling__incident=incident, telling__text=text.strip(), telling__cancelled_at=None)
    drafts = Draft.objects.filter(user=by, mode=DraftMode.REPLY).exclude(text="", attachments=None)
    checks = _Checks(
        by, set(said.values_list("conversation", flat=True)), set(drafts.values_list("conversation", flat=True))
    )
    return list(checks.letters(text.strip(), found.for_list().order_by("-pk")))


@transaction.atomic
def ask(incident: Incident, text: str, *, by: User) -> Telling:
    """Tell everybody in it, unless it is taken back within half a minute. Raises Refused when nobody would be told."""
    written = letters(incident, text, by=by)
    if all(one.held for one in written):
        raise Refused(_("Nobody would be told: see why beside each of them."))
    starts_at = clock.now() + rules.TAKE_BACK
    telling = Telling.objects.create(incident=incident, text=text.strip(), by=by, starts_at=starts_at)
    Told.objects.bulk_create(
        Told(telling=telling, conversation=one.conversation, text=one.text, held=one.held[:300]) for one in written
    )
    record(Kind.INCIDENT_TELLING_ASKED, by=by, subject_id=telling.pk, due=starts_at)
    return telling


@transaction.atomic
def take_back(telling: Telling, *, by: User) -> None:
    """Nobody is told. Raises Refused when the first replies are queued already."""
    waiting = Telling.objects.filter(pk=telling.pk, begun_at=None, cancelled_at=None)
    if not waiting.update(cancelled_at=clock.now()):
        raise Refused(_("It is on its way already."))
    record(Kind.INCIDENT_TELLING_UNDONE, by=by, subject_id=telling.pk)


def tell(event: Event) -> int:
    """Queue a reply for each who is to be told; how many. May run twice: each is queued with its row, or not at all."""
    going = Telling.objects.filter(pk=event.subject_id or 0, cancelled_at=None)
    if not going.update(begun_at=Coalesce(F("begun_at"), clock.now())):
        return 0
    telling = going.select_related("by").get()
    waiting = telling.told.filter(held="", message=None).order_by("pk").values_list("pk", flat=True)
    return sum(_queue(pk, telling) for pk in list(waiting))


@transaction.atomic
def _queue(pk: int, telling: Telling) -> bool:
    row = Told.objects.select_for_update(skip_locked=True).filter(pk=pk, held="", message=None).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            row.message = replying.reply(row.conversation, by=telling.by, text=row.text)
    except replying.DraftRefused as refused:
        row.held = str(refused)[:300]
    row.save(update_fields=["message", "held"])
    return row.message is not None


@dataclass(slots=True)
class _Checks:
    """What can hold a text back from one of many: whom this person has told already, and where they have begun."""

    by: User
    said: set[int]
    begun: set[int]
    people: dict[int, int] = field(default_factory=dict)

    def letters(self, text: str, conversations: Iterable[Conversation]) -> Iterator[Letter]:
        """One for each conversation, newest first."""
        for conversation in conversations:
            strand = replying.answer_strand(conversation)
            filled = writing.fill(text, blanks(conversation, self.by))
            held = self.held(conversation, strand, filled)
            if not held:
                self.people[conversation.contact_id] = conversation.pk
            yield Letter(conversation, strand, filled, held)

    def held(self, conversation: Conversation, strand: Strand, text: str) -> str:
        """Why it must not be said there; "" when it may."""
        if conversation.status not in UNRESOLVED:
            return _("It is not open any more.")
        if conversation.pk in self.said:
            return _("They have been told this already.")
        if conversation.contact_id in self.people:
            return _("The same person is told in #%(number)d.") % {"number": self.people[conversation.contact_id]}
        if conversation.pk in self.begun:
            return _("You have begun an answer of your own there.")
        room = posting.room(strand, text)
        if room is not None and not room.posts:
            return _("Too long for this network.")
        problems = replying.check_draft(text, strand.audience)
        problems += [one.sentence for one in audience.given_away(conversation, strand, text, by=self.by)]
        return " ".join(problems)


def blanks(conversation: Conversation, by: User) -> dict[str, str]:
    """What a text's blanks say to one person; whoever has no name is greeted without one."""
    contact = conversation.contact
    name = contact.name if "@" not in contact.name else ""
    return {
        "contact.name": name or _("there"),
        "contact.first_name": name.split(" ")[0] or _("there"),
        "contact.organization": str(contact.organization) if contact.organization else _("your team"),
        "conversation.number": str(conversation.pk),
        "conversation.subject": conversation.subject or _("your question"),
        "agent.name": by.name,
        "agent.first_name": by.first_name,
    }
