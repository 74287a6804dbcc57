"""An engineer's word: a note for the team and a draft that is safe for the contact; a refusal; or somebody better."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.contacts.actions import EMAIL, identify
from firstline.conversations.actions import locking, storing
from firstline.conversations.models import Conversation, Draft, DraftMode, Message, Note, Status
from firstline.core import clock, markdown, tokens
from firstline.escalations import letters, rules, texts
from firstline.escalations.actions import asking
from firstline.escalations.models import AnswerLink, Engineer, HelpRequest, HelpState, Way
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, NewEvent, record_all
from firstline.evidence import secrets

LINK_LIFETIME = timedelta(days=30)
LONGEST = 20_000
NEWEST = 100
"""How many of a conversation's messages are read to know what the contact knows."""


class NotTaken(Exception):
    """It names a request, but its writer is not the engineer who was asked, or nothing proves who wrote it."""


class AnswerRefused(Exception):
    """It can't be taken; the message is a sentence for its writer."""


def open_link(token: str) -> AnswerLink | None:
    """The link of a token, used or not; None for one that is not ours or whose time is over."""
    found = AnswerLink.objects.filter(digest=tokens.digest(token), expires_at__gt=clock.now())
    return found.select_related("request__engineer", "request__conversation", "request__asked_by").first()


def new_link(request: HelpRequest) -> str:
    """A fresh one-time token to answer a request by; those before it stay good until one of them is used."""
    token = tokens.random_token()
    expires = max(request.wanted_by, clock.now()) + LINK_LIFETIME
    AnswerLink.objects.create(request=request, digest=tokens.digest(token), expires_at=expires)
    return token


@transaction.atomic
def answer(request: HelpRequest, text: str, *, way: str, files: Sequence[storing.NewFile] = ()) -> Note:
    """Take in an answer: a note, and for the owner a draft of what the contact may read. Raises AnswerRefused."""
    conversation, request = _hold(request)
    masked = secrets.mask(_bounded(text)).text
    note = _note(conversation, request.engineer, masked, files)
    safe = rules.safe(masked, _known(conversation), _our_names(request))
    request.answer, request.safe, request.left_out = masked, safe.text, list(safe.left_out)
    _end(request, HelpState.ANSWERED, way, note)
    draft(conversation, _writer(conversation, request), safe.text)
    asking.say(Kind.HELP_ANSWERED, request, by=_actor(request.engineer))
    asking.give_back(conversation, Status.TELL_CONTACT, by=MACHINE)
    return note


@transaction.atomic
def refuse(request: HelpRequest, reason: str, *, way: str) -> Note:
    """Take in a refusal, which needs a reason; it is the owner's turn again. Raises AnswerRefused."""
    conversation, request = _hold(request)
    if not reason.strip():
        raise AnswerRefused(_("Say in a sentence why not: whoever asked has to go on from there."))
    masked = secrets.mask(_bounded(reason)).text
    note = _note(conversation, request.engineer, _("Can’t help with this: %(reason)s") % {"reason": masked})
    request.answer = masked
    _end(request, HelpState.REFUSED, way, note)
    asking.say(Kind.HELP_REFUSED, request, by=_actor(request.engineer))
    asking.give_back(conversation, Status.OPEN, by=MACHINE)
    return note


@transaction.atomic
def pass_on(request: HelpRequest, to: Engineer, words: str, *, way: str) -> HelpRequest:
    """Somebody better is asked, with the same brief; their clock begins anew. Raises AnswerRefused."""
    conversation, request = _hold(request)
    if to.pk == request.engineer_id or not to.is_active:
        raise AnswerRefused(_("Choose somebody else who can be asked."))
    if HelpRequest.objects.open().filter(conversation=conversation, engineer=to).exists():
        raise AnswerRefused(_("%(name)s is asked about this already.") % {"name": to.name})
    said = _("Passed on to %(name)s.") % {"name": to.name}
    masked = secrets.mask(words.strip()[:LONGEST]).text
    note = _note(conversation, request.engineer, f"{said} {masked}".strip())
    request.answer = masked
    by_whom = _("%(name)s passed it on") % {"name": request.engineer.first_name}
    now = clock.now()
    fields = ("kind", "summary", "tried", "facts", "diagnosis", "impact", "asked_by")
    request.passed_to = HelpRequest.objects.create(
        conversation=conversation,
        engineer=to,
        reasons=[by_whom],
        asked_at=now,
        wanted_by=asking.wanted(to, request.kind, now),
        **{name: getattr(request, name) for name in fields},
    )
    _end(request, HelpState.PASSED, way, note)
    asking.say(Kind.HELP_PASSED, request, by=_actor(request.engineer))
    asking.say(Kind.HELP_ASKED, request.passed_to, by=_actor(request.engineer))
    return request.passed_to


def use_link(link: AnswerLink, said: rules.Said) -> None:
    """Answer, refuse or pass on by a one-time link. Raises AnswerRefused when it was used or the request is over."""
    with transaction.atomic():
        used = AnswerLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.now())
        if not used:
            raise AnswerRefused(_("This link was used already. The mail that it came in can still be answered."))
        _take(link.request, said, way=Way.LINK)


def take_mail(
    addresses: Iterable[str], sender: str, text: str, *, is_proved: bool, files: Sequence[storing.NewFile] = ()
) -> Conversation | None:
    """Take in a mail that answers a request; None when none of its addresses names one. Raises NotTaken.

    What comes after the request is over is a note all the same: nothing that an engineer writes is lost.
    """
    named = next(filter(None, map(_named, addresses)), None)
    if named is None:
        return None
    found = HelpRequest.objects.select_related("engineer", "conversation").filter(pk=named[0], engineer=named[1])
    request = found.first()
    if request is None or request.engineer.email.lower() != sender.lower() or not is_proved or not text.strip():
        raise NotTaken
    try:
        with transaction.atomic():
            _take(request, rules.read_mail(text), way=Way.MAIL, files=files)
    except AnswerRefused:
        conversation = locking.hold(_standing(request.conversation))
        _note(conversation, request.engineer, secrets.mask(text.strip()[:LONGEST]).text, files)
    return _standing(request.conversation)


def draft(conversation: Conversation, writer: User | None, text: str) -> bool:
    """Lay an answer into somebody's draft, with a greeting in the contact's language; what they have begun stays."""
    return bool(text) and lay(conversation, writer, f"{_greeting(conversation)}\n\n{text}")


def lay(conversation: Conversation, writer: User | None, text: str) -> bool:
    """Lay a whole letter into somebody's draft, unless they have begun one."""
    if writer is None or not writer.is_active:
        return False
    kept, _is_new = Draft.objects.get_or_create(conversation=conversation, user=writer, mode=DraftMode.REPLY)
    if kept.text.strip():
        return False
    kept.text, kept.updated_at = text, clock.now()
    kept.save(update_fields=["text", "updated_at"])
    return True


def _greeting(conversation: Conversation) -> str:
    return texts.greeting(conversation.contact.name.split(" ")[0], conversation.contact.language)


def _take(request: HelpRequest, said: rules.Said, *, way: str, files: Sequence[storing.NewFile] = ()) -> None:
    if said.verb == "refuse":
        refuse(request, said.words, way=way)
        return
    if said.verb == "pass":
        to = Engineer.objects.available().filter(email__iexact=said.to).first()
        if to is not None:
            pass_on(request, to, said.words, way=way)
        else:
            refuse(request, _("%(to)s should know. %(words)s") % {"to": said.to, "words": said.words}, way=way)
        return
    answer(request, said.words, way=way, files=files)


def _named(address: str) -> tuple[int, ...] | None:
    """Request and engineer whom an address's token names."""
    token = address.partition("@")[0].partition("+")[2]
    try:
        return tokens.read(letters.PURPOSE, token, 2) if token else None
    except (tokens.BadToken, ValueError):
        return None


def _hold(request: HelpRequest) -> tuple[Conversation, HelpRequest]:
    """Conversation and request, locked and fresh. Raises AnswerRefused when the request is over."""
    conversation = locking.hold(_standing(request.conversation))
    held = HelpRequest.objects.select_for_update(of=["self"]).select_related("engineer", "asked_by").get(pk=request.pk)
    if not held.is_open:
        raise AnswerRefused(_("There is nothing to answer any more: %(state)s.") % {"state": held.get_state_display()})
    if held.conversation_id != conversation.pk:
        held.conversation = conversation
        held.save(update_fields=["conversation"])
    return conversation, held


def _standing(conversation: Conversation) -> Conversation:
    return conversation.merged_into or conversation


def _bounded(text: str) -> str:
    text = text.strip()
    if not text:
        raise AnswerRefused(_("Write a sentence at least."))
    if len(text) > LONGEST:
        raise AnswerRefused(_("At most 20,000 characters, please; put a long log into a file."))
    return text


def _end(request: HelpRequest, state: HelpState, way: str, note: Note) -> None:
    request.state, request.way, request.note, request.ended_at = state, way, note, clock.now()
    request.save()


def _note(conversation: Conversation, engineer: Engineer, text: str, files: Sequence[storing.NewFile] = ()) -> Note:
    """A note by the engineer: under their account, else as a guest."""
    identity = None if engineer.user else identify(channel=EMAIL, address=engineer.email, name=engineer.name)
    note = Note.objects.create(
        conversation=conversation,
        author=engineer.user,
        author_identity=identity,
        text=text,
        html=markdown.render(text),
        after_message=conversation.messages.order_by("-pk").first(),
    )
    storing.keep_files(tuple(files), note=note)
    event = NewEvent(
        Kind.NOTE_ADDED,
        _actor(engineer),
        conversation.pk,
        conversation.inbox_id,
        note.pk,
        conversation.assignee_id,
        data={"guest": engineer.user is None},
    )
    record_all([event])
    return note


def _actor(engineer: Engineer) -> Actor:
    return engineer.user or MACHINE


def _writer(conversation: Conversation, request: HelpRequest) -> User | None:
    """Whose draft it is: whoever has the conversation, else whoever asked."""
    owner = conversation.assignee or request.asked_by
    return owner if owner.is_active else None


def _known(conversation: Conversation) -> list[str]:
    """What the contact has said or read here."""
    said = Message.objects.filter(conversation=conversation, strand__is_side=False).order_by("-pk")
    return [conversation.subject, conversation.contact.name, *said.values_list("text", flat=True)[:NEWEST]]


def _our_names(request: HelpRequest) -> list[str]:
    """People whom the contact need not know by name: the engineer above all."""
    return [*dict.fromkeys([request.engineer.first_name, request.engineer.name, request.engineer.github])]
