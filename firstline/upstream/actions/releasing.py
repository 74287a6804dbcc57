"""A release is out: who was to be told of it comes back, with a draft to tell them."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import locking, turns
from firstline.conversations.models import Conversation, Draft, DraftMode, Status, WakeCondition, WakeKind
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, Actor, record
from firstline.upstream.models import Release


@transaction.atomic
def released(place: str, version: str, *, by: Actor, address: str = "") -> Release:
    """A version of a project is out: known once, whoever said so first."""
    release, is_new = Release.objects.get_or_create(
        place=place.strip().lower()[:200], version=version.strip()[:80], defaults={"address": address[:600]}
    )
    if is_new:
        record(Kind.RELEASE_RECORDED, by=by, subject_id=release.pk)
    return release


@transaction.atomic
def published(place: str, version: str, url: str) -> int:
    """Bring back whatever was snoozed until this release, or until any of its project; how many came back."""
    released(place, version, by=MACHINE, address=url)
    subjects = [f"{place}@{version}".lower(), place.lower()]
    waiting = WakeCondition.objects.filter(kind=WakeKind.RELEASE, subject__in=subjects)
    found = sorted(set(waiting.values_list("conversation_id", flat=True)))
    return sum(_bring_back(pk, place, version, url) for pk in found)


def _bring_back(pk: int, place: str, version: str, url: str) -> bool:
    conversation = locking.hold(pk)
    conversation.wake_conditions.all().delete()
    if conversation.is_ended:
        return False
    turns.give_turn(conversation, Status.TELL_CONTACT, clock.now())
    conversation.save(update_fields=turns.TURN_FIELDS)
    _draft(conversation, place, version, url)
    record(
        Kind.CONVERSATION_WOKEN,
        by=MACHINE,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
    )
    return True


def _draft(conversation: Conversation, place: str, version: str, url: str) -> None:
    """For whoever let it sleep, else for whoever has it; what they have begun to write stays."""
    slept = Event.objects.filter(conversation_id=conversation.pk, kind=Kind.CONVERSATION_SNOOZED, actor_kind="agent")
    writer = slept.order_by("-pk").values_list("actor_id", flat=True).first() or conversation.assignee_id
    if writer is None or not User.objects.filter(pk=writer, is_active=True).exists():
        return
    draft, _is_new = Draft.objects.get_or_create(conversation=conversation, user_id=writer, mode=DraftMode.REPLY)
    if not draft.text.strip():
        draft.text, draft.updated_at = words(conversation.contact.language, place, version, url), clock.now()
        draft.save(update_fields=["text", "updated_at"])


def words(language: str, place: str, version: str, url: str) -> str:
    """What the contact is told, in their language: what is out, and no promise that it helps."""
    with translation.override(language or None):
        said = _("%(version)s of %(project)s is out: %(link)s\n\nDoes it solve this for you?")
    return said % {"version": version, "project": place, "link": url}
