"""The words of messages, notes and contacts."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Cast

from firstline.contacts.models import Contact
from firstline.conversations.actions import covering
from firstline.conversations.models import Conversation, Message, Note
from firstline.search.models import ContactText, MessageText, Passage
from firstline.search.rules import lexemes, passages

ROW = ("inbox_ids", "sealed", "created_at", "tsv")


def words_of(literal: str) -> Cast:
    """A tsvector literal as an expression to be stored."""
    return Cast(Value(literal), SearchVectorField())


def inbox_ids(conversation: Conversation) -> list[int]:
    """Every inbox that a strand of the conversation stands in, sorted."""
    strands = conversation.strands.order_by().values_list("inbox_id", flat=True).distinct()
    return sorted({conversation.inbox_id, *strands})


@transaction.atomic
def index_message(message_id: int) -> None:
    """Store the words of one message, and of the contact who wrote it; twice is once, one that is gone nothing."""
    message = Message.objects.select_related("conversation", "author_identity").filter(pk=message_id).first()
    if message is None:
        return
    if covering.reason_of(message):
        MessageText.objects.filter(message=message).delete()  # W-01: nobody finds by words what is covered
        return
    marks = passages.marks(message.text, attachments=message.attachments.count(), secrets=message.secrets.count())
    subject = message.subject or message.conversation.subject
    row = _row(message.conversation, lexemes.tsvector(subject, message.text, marks))
    row.message, row.created_at = message, message.created_at
    MessageText.objects.bulk_create([row], update_conflicts=True, unique_fields=["message"], update_fields=ROW)
    _share_visibility(message.conversation, row)
    if message.author_identity is not None:
        index_contact(message.author_identity.contact_id)


def forget_message(message_id: int) -> None:
    """Drop what the index holds of a message that was covered, its conversation's question included."""
    MessageText.objects.filter(message=message_id).delete()
    Passage.objects.filter(conversation__messages=message_id).delete()


@transaction.atomic
def index_note(note_id: int) -> None:
    """Store the words of one note; twice is once."""
    note = Note.objects.select_related("conversation").filter(pk=note_id).first()
    if note is None:
        return
    marks = passages.marks(note.text, attachments=note.attachments.count(), note=True)
    row = _row(note.conversation, lexemes.tsvector(note.conversation.subject, note.text, marks))
    row.note, row.created_at = note, note.created_at
    MessageText.objects.bulk_create([row], update_conflicts=True, unique_fields=["note"], update_fields=ROW)
    _share_visibility(note.conversation, row)


def index_contact(contact_id: int) -> None:
    """Store the words by which a contact is found: name, organisation, addresses."""
    contact = Contact.objects.select_related("organization").filter(pk=contact_id).first()
    if contact is None:
        return
    identities = list(contact.identities.values_list("name", "address"))
    names = " ".join(_once([contact.name, *(name for name, _address in identities)]))
    organization = contact.organization.name if contact.organization else ""
    addresses = " ".join(address for _name, address in identities)
    literal = lexemes.tsvector(f"{names} {organization}", addresses)
    ContactText.objects.bulk_create(
        [ContactText(contact=contact, tsv=words_of(literal))],
        update_conflicts=True,
        unique_fields=["contact"],
        update_fields=["tsv"],
    )


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _row(conversation: Conversation, literal: str) -> MessageText:
    return MessageText(
        conversation=conversation,
        inbox_ids=inbox_ids(conversation),
        sealed=conversation.sealed,
        tsv=words_of(literal),
    )


def _share_visibility(conversation: Conversation, row: MessageText) -> None:
    """A conversation that reached a further inbox or was sealed: its other rows follow."""
    rows = MessageText.objects.filter(conversation=conversation)
    rows.exclude(inbox_ids=row.inbox_ids, sealed=row.sealed).update(inbox_ids=row.inbox_ids, sealed=row.sealed)
