"""What a person gets when they ask for their data: JSON, the original mails, the files; nobody else's (P-02, P-09)."""

import io
import json
import zipfile
from typing import Any

from firstline.conversations.actions import storing
from firstline.conversations.models import Attachment, Message
from firstline.core import clock, sealing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE
from firstline.intake.actions.opening import raw_of
from firstline.intake.models import InboundItem
from firstline.moderation.models import Measure, Sanction
from firstline.privacy.actions.finding import Person

US = "support"


def export(person: Person, *, with_moderation: bool = True) -> bytes:
    """A zip of everything that is the person's. What we wrote to them is in it without our names; notes, scores and
    other people's messages are not. `with_moderation` is the operator's switch (P-09). Audited.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(facts(person, with_moderation), ensure_ascii=False, indent=1))
        for name, content in _files(person):
            archive.writestr(name, content)
    record_audit(
        Kind.PERSON_EXPORTED,
        by=MACHINE,
        subject_id=person.contacts[0].pk,
        after={"messages": _messages(person).count(), "moderation": with_moderation},
    )
    return held.getvalue()


def facts(person: Person, with_moderation: bool) -> dict[str, Any]:
    """Everything but the files, as it goes into JSON."""
    written = [_message(one, person) for one in _messages(person)]
    found: dict[str, Any] = {
        "exported_at": clock.now().isoformat(),
        "known_as": [{"channel": one.channel, "address": one.address, "name": one.name} for one in person.identities],
        "languages": sorted({one.language for one in person.contacts if one.language}),
        "messages": written,
    }
    if with_moderation:
        decided = Sanction.objects.filter(contact__in=person.contacts).exclude(measure=Measure.NOTE).order_by("pk")
        found["decisions"] = [_decision(one) for one in decided]
    return found


def _messages(person: Person) -> Any:
    """Theirs, and ours to them on their own strands, in order."""
    own = Message.objects.filter(author_identity__in=person.identities)
    to_them = Message.objects.filter(
        author_identity=None, state="sent", strand__participants__identity__in=person.identities, strand__is_side=False
    )
    return (own | to_them).distinct().select_related("author_identity", "strand").order_by("pk")


def _message(message: Message, person: Person) -> dict[str, Any]:
    is_theirs = message.author_identity_id in {one.pk for one in person.identities}
    return {
        "conversation": message.conversation_id,
        "at": message.created_at.isoformat(),
        "from": message.author_identity.address if is_theirs and message.author_identity else US,
        "subject": message.subject,
        "text": message.text,
    }


def _decision(sanction: Sanction) -> dict[str, Any]:
    return {
        "measure": sanction.measure,
        "reason": sanction.reason,
        "policy": sanction.policy_version,
        "facts": sanction.words,
        "from": sanction.starts_at.isoformat(),
        "until": sanction.expires_at.isoformat() if sanction.expires_at else None,
        "ended": sanction.ended_at.isoformat() if sanction.ended_at else None,
        "overturned": sanction.overturned_at is not None,
    }


def _files(person: Person) -> Any:
    """Their original mails and files, by name; what was erased meanwhile is left out."""
    for item in InboundItem.objects.filter(message__author_identity__in=person.identities).order_by("pk"):
        try:
            yield f"originals/{item.pk}.eml", raw_of(item)
        except (FileNotFoundError, sealing.SealBroken):
            continue
    for file in Attachment.objects.filter(message__author_identity__in=person.identities).order_by("pk"):
        try:
            yield f"files/{file.pk}-{file.name}", storing.read_file(file)
        except (FileNotFoundError, sealing.SealBroken):
            continue
