"""Rows of several tables by one statement are those that Django would have saved."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from firstline.contacts.models import Contact, ContactIdentity
from firstline.conversations.models import Conversation, Delivery, Message, Strand
from firstline.core import clock
from firstline.core.statements import insert_together
from tests.factories import People

pytestmark = pytest.mark.django_db


def test_rows_of_one_statement_equal_those_that_django_saves(people: People) -> None:
    def rows(address: str) -> list[Contact | ContactIdentity | Conversation | Strand | Message]:
        contact = Contact(name="Casey")
        identity = ContactIdentity(contact=contact, channel="email", key=address, address=address)
        conversation = Conversation(subject="Hallo", contact=contact, inbox=people.inbox, waiting_since=clock.now())
        strand = Strand(conversation=conversation, inbox=people.inbox)
        message = Message(
            conversation=conversation,
            strand=strand,
            author_identity=identity,
            text="naïve 🎈 %s",
            state=Delivery.RECEIVED,
            flags=["spam"],
            to=[{"name": "", "email": "a@b.example"}],
        )
        return [contact, identity, conversation, strand, message]

    together, saved = rows("one@x.example"), rows("two@x.example")
    with CaptureQueriesContext(connection) as queries:
        insert_together(*together)
    for row in saved:
        row.save()
    assert len(queries) <= 1  # Django does not even see it
    ids = {"id", "contact", "conversation", "strand", "author_identity", "key", "address"}
    times = {"created_at", "written_at", "waiting_since", "sort_at", "last_message_at"}
    for one, other in zip(together, saved, strict=True):
        one.refresh_from_db()
        assert {key: value for key, value in model_to_dict(one).items() if key not in ids | times} == {
            key: value for key, value in model_to_dict(other).items() if key not in ids | times
        }
    message = Message.objects.get(pk=together[-1].pk)
    assert message.author_identity == together[1]
    assert message.strand.conversation.contact == together[0]


def test_a_row_that_is_known_is_left_out_where_that_was_asked(people: People) -> None:
    first, again = (Contact(name=name) for name in ("first", "again"))
    insert_together(first, ContactIdentity(contact=first, channel="email", key="k", address="k"))
    same = ContactIdentity(contact=again, channel="email", key="k", address="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together(again, same)
    again = Contact(name="again")
    same = ContactIdentity(contact=again, channel="email", key="k", address="k")
    insert_together(again, same, unless_known=ContactIdentity)
    assert again.pk is not None
    assert same.pk is None
