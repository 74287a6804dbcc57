"""Erasing a person: preview, then everything in one transaction, then a receipt (P-03 to P-05)."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from firstline.answers.models import Diagnosis, Suggestion
from firstline.contacts import models as contacts
from firstline.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    ExternalId,
    Message,
    Note,
    Review,
    SealedSecret,
)
from firstline.core import blobs, clock, markdown
from firstline.events.audit import erase_personal, record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.gaps.models import Question
from firstline.inboxes.models import KeptMail, StoppedAddress
from firstline.intake.models import InboundItem
from firstline.knowledge.models import Phrasing
from firstline.moderation.actions import telling
from firstline.moderation.models import Appeal, Evidence, Mark, Report, Sanction
from firstline.privacy.actions import finding
from firstline.privacy.actions.finding import Person
from firstline.privacy.models import Erasure
from firstline.search.actions.messages import index_message, index_note
from firstline.search.models import ContactText, MessageText, Passage
from firstline.translation.models import Translation
from firstline.upstream.models import Thread, Version

FORMER = "former user"
HOLD_AT_MOST = timedelta(days=730)
_QUOTED = re.compile(r"(?m)^\s*>.*$")


class HoldRefused(Exception):
    """A hold needs a reason and an end; the message is a sentence."""


def preview(person: Person) -> dict[str, int]:
    """How many of what would be emptied or deleted; changes nothing."""
    theirs, conversations = _theirs(person), _conversations(person)
    return {
        "identities": len(person.identities),
        "conversations": conversations.count(),
        "messages": theirs.count(),
        "answers_cleared_of_them": _ours(person).count(),
        "notes_cleared_of_them": Note.objects.filter(conversation__in=conversations).count(),
        "files": Attachment.objects.filter(message__in=theirs).count(),
        "originals": _items(person).count(),
        "questions": Question.objects.filter(message__in=theirs).count(),
        "sanctions_kept_without_name": Sanction.objects.filter(contact__in=person.contacts).count(),
        "evidence": Evidence.objects.filter(case__contact__in=person.contacts).exclude(ciphertext=b"").count(),
    }


def erase(person: Person, *, hold_because: str = "", hold_until: datetime | None = None) -> Erasure:
    """Erase the person everywhere; returns the receipt. Files go after the rows are gone, so that a broken erasure can
    be run again. Raises HoldRefused for a hold without a reason, an end, or with one too far away.
    """
    if bool(hold_because.strip()) != (hold_until is not None):
        raise HoldRefused(_("A legal hold needs a reason and an end."))
    if hold_until is not None and not clock.now() < hold_until <= clock.now() + HOLD_AT_MOST:
        raise HoldRefused(_("A legal hold ends within two years."))
    with transaction.atomic():
        counts = preview(person)
        keys = [*_empty_messages(person), *_empty_items(person)]
        _clear_ours(person)
        _forget_copies(person)
        _empty_moderation(person, keep_evidence=hold_until is not None)
        values = _erase_audit(person)
        digests = person.digests
        _empty_person(person)
        receipt = Erasure.objects.create(
            digests=digests,
            contact_ids=[one.pk for one in person.contacts],
            counts={**counts, "audit_values": values},
            held_because=hold_because.strip(),
            held_until=hold_until,
        )
        record(Kind.PERSON_ERASED, by=MACHINE, subject_id=receipt.pk)
        record_audit(Kind.PERSON_ERASED, by=MACHINE, subject_id=receipt.pk, after=dict(counts))
    for key in keys:
        blobs.delete(key)
    return receipt


def _theirs(person: Person) -> Any:
    return Message.objects.filter(author_identity__in=person.identities)


def _conversations(person: Person) -> Any:
    return Conversation.objects.filter(
        Q(contact__in=person.contacts) | Q(messages__author_identity__in=person.identities)
    ).distinct()


def _ours(person: Person) -> Any:
    """What we and the machine wrote in their conversations."""
    return Message.objects.filter(conversation__in=_conversations(person), author_identity=None)


def _items(person: Person) -> Any:
    """Everything raw that came from them, kept aside or not."""
    wanted = Q(message__in=_theirs(person))
    for address in person.addresses:
        wanted |= Q(envelope__mail_from__iexact=address)
    return InboundItem.objects.filter(wanted)


def _empty_messages(person: Person) -> list[str]:
    """Blank their words; returns the keys of their files."""
    theirs = _theirs(person)
    ids = list(theirs.values_list("pk", flat=True))
    files = Attachment.objects.filter(Q(message__in=ids) | Q(note__author_identity__in=person.identities))
    keys = list(files.values_list("storage_key", flat=True))
    files.delete()
    SealedSecret.objects.filter(Q(message__in=ids) | Q(conversation__contact__in=person.contacts)).delete()
    ExternalId.objects.filter(message__in=ids).delete()
    Version.objects.filter(original__message__in=ids).delete()
    theirs.update(text="", subject="", quoted="", html="", to=[], cc=[], bcc=[], message_id="", flags=[])
    Note.objects.filter(author_identity__in=person.identities).update(text=_("Erased."), html="")
    own = Conversation.objects.filter(contact__in=person.contacts)
    own.update(subject="", last_preview="")
    Thread.objects.filter(strand__conversation__in=own).update(title="", opener_key="")
    return keys


def _empty_items(person: Person) -> list[str]:
    """Destroy the raw bytes; the rows stay for the ledger. Returns the keys of what lies in files."""
    items = _items(person)
    keys = [key for key in items.values_list("storage_key", flat=True) if key]
    items.update(ciphertext=None, wrapped_key=None, storage_key="", envelope={}, sender_auth={}, failure="")
    return keys


def _clear_ours(person: Person) -> None:
    """What we wrote to them stays, without their names, addresses and what we quoted; decisions about them go whole."""
    pattern = _mentions(person)
    conversations = _conversations(person)
    for message in _ours(person).iterator():
        is_about_them = message.author_machine == telling.MACHINE_NAME
        message.text = "" if is_about_them else _cleared(message.text, pattern)
        message.html = markdown.render(message.text) if message.html else ""
        message.subject, message.to, message.cc, message.bcc = "", [], [], []
        message.delivered_to, message.quoted = [], ""
        message.own_words = _cleared(message.own_words, pattern)
        changed = ["text", "own_words", "html", "subject", "to", "cc", "bcc", "delivered_to", "quoted"]
        message.save(update_fields=changed)
    for note in Note.objects.filter(conversation__in=conversations).iterator():
        note.text = _cleared(note.text, pattern)
        note.html = markdown.render(note.text) if note.html else ""
        note.save(update_fields=["text", "html"])
    for draft in Draft.objects.filter(conversation__in=conversations).iterator():
        draft.text, draft.cc, draft.bcc = _cleared(draft.text, pattern), [], []
        draft.translated = draft.translated_of = ""
        draft.save(update_fields=["text", "translated", "translated_of", "cc", "bcc"])
    for review in Review.objects.filter(conversation__in=conversations).iterator():
        review.text, review.own_words = _cleared(review.text, pattern), _cleared(review.own_words, pattern)
        review.cc, review.bcc = [], []
        review.save(update_fields=["text", "own_words", "cc", "bcc"])


def _mentions(person: Person) -> re.Pattern[str]:
    words = [*person.addresses, *person.names, *(name.split()[0] for name in person.names if name.split())]
    alternatives = "|".join(re.escape(word) for word in dict.fromkeys(words) if len(word) > 2)
    return re.compile(rf"(?i)(?<!\w)(?:{alternatives})(?!\w)" if alternatives else r"(?!)")


def _cleared(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(FORMER, _QUOTED.sub("", text))


def _forget_copies(person: Person) -> None:
    """What other slices made of their words: the index, gaps, suggestions, phrasings, kept mail."""
    theirs = list(_theirs(person).values_list("pk", flat=True))
    conversations = list(_conversations(person).values_list("pk", flat=True))
    MessageText.objects.filter(conversation__in=conversations).delete()
    Passage.objects.filter(conversation__in=conversations).delete()
    ContactText.objects.filter(contact__in=person.contacts).delete()
    Question.objects.filter(message__in=theirs).delete()
    Suggestion.objects.filter(message__in=theirs).delete()
    Diagnosis.objects.filter(message__in=theirs).delete()
    Phrasing.objects.filter(from_message__in=theirs).delete()
    Translation.objects.filter(message__in=theirs).delete()
    for address in person.addresses:
        KeptMail.objects.filter(recipient__iexact=address).delete()
        StoppedAddress.objects.filter(address__iexact=address).delete()
    for pk in _ours(person).values_list("pk", flat=True):
        index_message(pk)
    for pk in Note.objects.filter(conversation__in=conversations).values_list("pk", flat=True):
        index_note(pk)


def _empty_moderation(person: Person, *, keep_evidence: bool) -> None:
    """Decisions stay as numbers; what was said goes, and evidence unless the law wants it. Marks end by themselves."""
    about = Q(contact__in=person.contacts)
    if not keep_evidence:
        kept = Evidence.objects.filter(case__contact__in=person.contacts)
        kept.update(ciphertext=b"", wrapped_key=b"", detectors={})
    Appeal.objects.filter(sanction__contact__in=person.contacts).update(text="", answer="")
    Report.objects.filter(Q(case__contact__in=person.contacts) | Q(identity__in=person.identities)).update(words="")
    sanctions = Sanction.objects.filter(about)
    Mark.objects.filter(sanction__in=sanctions.filter(overturned_at__isnull=False)).delete()
    sanctions.update(words="", skip_reason="", pattern_reason="", end_reason="", notice_hold="")


def _erase_audit(person: Person) -> int:
    found = sum(erase_personal("contact", one.pk, by=MACHINE) for one in person.contacts)
    return found + sum(erase_personal("contact", one.pk, by=MACHINE) for one in person.identities)


def _empty_person(person: Person) -> None:
    """The rows stay, because messages hang on them; nothing in them leads to anybody."""
    for identity in person.identities:
        contacts.ContactIdentity.objects.filter(pk=identity.pk).update(
            key=f"erased:{identity.pk}", address="", name=FORMER
        )
    contacts.Evidence.objects.filter(identity__in=person.identities).delete()
    contacts.Merge.objects.filter(Q(source__in=person.contacts) | Q(target__in=person.contacts)).update(reason="")
    contacts.Contact.objects.filter(pk__in=[one.pk for one in person.contacts]).update(
        name=FORMER, language="", organization=None
    )


def replay(digests: Iterable[str]) -> Counter[str]:
    """After a backup was restored: erase again whoever was erased since it was made (P-07); how many people."""
    known, done = set(digests), Counter[str]()
    for identity in contacts.ContactIdentity.objects.exclude(address="").order_by("pk"):
        if finding.digest(identity.channel, identity.address) in known:
            person = finding.find(f"{identity.channel}:{identity.address}")
            if person is not None:
                erase(person)
                done["people"] += 1
    return done
