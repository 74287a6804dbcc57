"""The composer: who will read it, what was written so far, what stands in the way."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.port import Room
from firstline.conversations import queries, rules, writing
from firstline.conversations.actions import approving, posting
from firstline.conversations.audience import GivenAway, place
from firstline.conversations.models import (
    Attachment,
    Audience,
    Conversation,
    Draft,
    DraftMode,
    Habit,
    Message,
    Participant,
    ParticipantRole,
    Strand,
)
from firstline.conversations.views import kindness, timeline
from firstline.core import clock

CHOICES = ("send", "resolve", "snooze", "engineering", "next")
SESSION_KEY = "send_then"


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody whom the contact copied in; they get nothing until an agent adds them (S-06)."""

    name: str
    email: str


@dataclass(slots=True)
class Composer:
    """What the composer shows in one mode."""

    mode: str
    text: str = ""
    translated: str = ""
    translated_of: str = ""
    translates_to: str = ""
    is_just_translated: bool = False
    note_text: str = ""
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    promise: datetime | None = None
    habit: Habit | None = None
    to_name: str = ""
    to_email: str = ""
    sender: str = ""
    readers: str = ""
    offers: list[Offer] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    note_files: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    newer: list[Message] = field(default_factory=list)
    given_away: list[GivenAway] = field(default_factory=list)
    strand: Strand | None = None
    strands: list[Strand] = field(default_factory=list)
    asks: str = ""
    needs_yes: bool = False
    seen: int = 0
    then: str = "send"

    @property
    def audience(self) -> str:
        """Who can read the reply: `public` or `private`."""
        return self.strand.audience if self.strand is not None else Audience.PRIVATE

    @property
    def is_public(self) -> bool:
        """Whether anybody can read the reply."""
        return self.audience == Audience.PUBLIC

    @property
    def is_post(self) -> bool:
        """Whether the reply goes to a thread, not to addresses."""
        return self.strand is not None and registry.get(self.strand.inbox.channel).posts

    @property
    def room(self) -> Room | None:
        """How much of a post the reply takes, where posts are short."""
        return (
            posting.room(self.strand, self.translated or self.text, self.to_email) if self.strand is not None else None
        )

    @property
    def place(self) -> str:
        """The name of the network that the reply goes to."""
        return place(self.strand) if self.strand is not None else ""

    @property
    def others(self) -> list[tuple[Strand, str]]:
        """The other threads of this conversation that could be answered on instead, with the name of their place."""
        return [(one, place(one)) for one in self.strands if self.strand is None or one.pk != self.strand.pk]

    @property
    def newer_author(self) -> str:
        """Who wrote first while this was being written."""
        first = self.newer[0]
        if first.author_user is not None:
            return first.author_user.first_name
        return first.author_identity.display if first.author_identity is not None else "Firstline"

    @property
    def is_note(self) -> bool:
        """Whether only the team reads it."""
        return self.mode == DraftMode.NOTE


def build(
    request: HttpRequest, conversation: Conversation, user: User, *, mode: str = DraftMode.REPLY, seen: int = 0
) -> Composer:
    """The composer with the person's drafts of both modes; it answers on the strand where the contact wrote last."""
    heard = (
        conversation.messages.filter(author_identity__isnull=False, strand__is_side=False)
        .select_related("strand__inbox")
        .order_by("-pk")
        .first()
    )
    return answering(request, conversation, user, heard, mode=mode, seen=seen)


def answering(
    request: HttpRequest, conversation: Conversation, user: User, heard: Message | None, *, mode: str, seen: int
) -> Composer:
    """The composer when the contact's newest message is at hand already (`heard`, with strand and inbox)."""
    drafts = {
        one.mode: one
        for one in Draft.objects.filter(conversation=conversation, user=user).prefetch_related("attachments")
    }
    reply, note = drafts.get(DraftMode.REPLY), drafts.get(DraftMode.NOTE)
    composer = Composer(mode=mode, seen=seen, then=_last_choice(request), habit=queries.habit(user))
    if reply is not None:
        composer.text, composer.files = reply.text, list(reply.attachments.all())
        composer.translated, composer.translated_of = reply.translated, reply.translated_of
    if note is not None:
        composer.note_text, composer.note_files = note.text, list(note.attachments.all())
    composer.translates_to = import_string(settings.TRANSLATES_TO)(conversation, user)
    composer.needs_yes = not approving.may_send(conversation, user)
    composer.strands = [one for one in queries.strands(conversation) if not one.is_side]
    composer.strand = _chosen(request, composer.strands, heard)
    if composer.strand is not None:
        _address(composer, composer.strand, reply, heard)
    if rules.wants_attachment(composer.text, composer.files):
        composer.hints.append(_("You wrote that something is attached; nothing is yet."))
    composer.hints += kindness.remarks(conversation, heard, composer.text, composer.to_name)
    composer.promise = writing.promised(composer.text, timezone.localtime(clock.now()))
    return composer


def _chosen(request: HttpRequest, strands: list[Strand], heard: Message | None) -> Strand | None:
    """The thread that the page was turned to, else where the contact wrote last."""
    asked = request.POST.get("turn") or request.POST.get("strand") or request.GET.get("strand") or ""
    chosen = next((one for one in strands if str(one.pk) == asked), None)
    if chosen is not None or heard is None:
        return chosen or next(iter(strands), None)
    return heard.strand


def _last_choice(request: HttpRequest) -> str:
    choice = request.session.get(SESSION_KEY, "send")
    return choice if choice in CHOICES else "send"


def _address(composer: Composer, strand: Strand, draft: Draft | None, heard: Message | None) -> None:
    participants = list(Participant.objects.filter(strand=strand).select_related("identity").order_by("pk"))
    requester = next((one for one in participants if one.role == ParticipantRole.REQUESTER), None)
    composer.sender = strand.inbox.address
    if requester is not None:
        composer.to_name, composer.to_email = requester.identity.display, requester.identity.address
    copied = [one.identity.address for one in participants if one.role == ParticipantRole.CC]
    composer.cc = list(draft.cc) if draft is not None else copied
    composer.bcc = list(draft.bcc) if draft is not None else []
    if heard is not None and heard.strand_id == strand.pk:
        composer.offers = _offers(heard, {*composer.cc, composer.to_email, composer.sender})
    composer.readers = timeline.joined([composer.to_name.split(" ")[0], *(one.split("@")[0] for one in composer.cc)])


def _offers(heard: Message, known: set[str]) -> list[Offer]:
    taken = {one.lower() for one in known}
    people = [one for one in [*heard.to, *heard.cc] if one["email"].lower() not in taken]
    return [Offer(one["name"] or one["email"], one["email"]) for one in people[:5]]
