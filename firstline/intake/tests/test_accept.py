"""The door: taken once, durably, sealed."""

import pytest

from firstline.channels.base import Envelope
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake.actions import Offered, accept, accept_many, raw_of
from firstline.intake.models import InboundItem, SeenItem
from firstline.intake.tests.mails import raw_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return create_inbox(channel="email", name="support", address="support@localhost")


def test_accept_keeps_the_bytes_sealed_and_queues_one_job(inbox: Inbox) -> None:
    raw = raw_mail()
    accepted = accept(inbox, raw, Envelope(peer_ip="127.0.0.1", mail_from="casey@example.org"))
    item = InboundItem.objects.get(pk=accepted.item_id)
    assert raw_of(item) == raw
    assert b"npm publish" not in bytes(item.ciphertext or b"")
    assert item.envelope["mail_from"] == "casey@example.org"
    assert Event.objects.filter(kind=Kind.INBOUND_ACCEPTED, subject_id=item.pk).count() == 1


def test_the_same_bytes_twice_are_one_item_and_count_as_repeated(inbox: Inbox) -> None:
    raw = raw_mail()
    first, again = accept(inbox, raw), accept(inbox, raw)
    assert again.is_repeat
    assert first.item_id == again.item_id
    assert SeenItem.objects.get().repeats == 1


def test_a_batch_may_hold_the_same_mail_twice(inbox: Inbox) -> None:
    raw, other = raw_mail(), raw_mail()
    accepted = accept_many([Offered(inbox.pk, one) for one in (raw, other, raw)])
    assert [one.is_repeat for one in accepted] == [False, False, True]
    assert accepted[0].item_id == accepted[2].item_id
    assert InboundItem.objects.count() == 2


def test_one_mail_to_two_inboxes_is_an_item_in_each(inbox: Inbox) -> None:
    second = create_inbox(channel="email", name="security", address="security@localhost")
    raw = raw_mail()
    assert not accept(inbox, raw).is_repeat
    assert not accept(second, raw).is_repeat


def test_a_big_item_goes_to_storage_and_comes_back(inbox: Inbox) -> None:
    raw = raw_mail(files={"log.bin": bytes(range(256)) * 6000})
    item = InboundItem.objects.get(pk=accept(inbox, raw).item_id)
    assert item.ciphertext is None
    assert item.storage_key
    assert raw_of(item) == raw
