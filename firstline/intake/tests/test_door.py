"""The door of a real desk: mails by smtplib into the database, many at once, and what happens when it is away."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from firstline.channels.base import Envelope
from firstline.inboxes.actions import create_inbox
from firstline.intake import door as doors
from firstline.intake import journal
from firstline.intake.actions import raw_of
from firstline.intake.door import DeskDoor, base_address
from firstline.intake.models import InboundItem, Refusal, SeenItem
from firstline.intake.smtp import Listener
from firstline.intake.tests.mails import raw_mail

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def listening(door: DeskDoor) -> Iterator[int]:
    """A listener with this door in a thread of its own; gives its port."""
    loop = asyncio.new_event_loop()
    listener = Listener(door, hostname="mx.desk.test")
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    door.start()
    try:
        yield asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(listener.stop(2), loop).result(10)
        assert door.stop(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _send(port: int, mails: list[bytes], recipients: list[str]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for raw in mails:
            client.sendmail("casey@example.org", recipients, raw)


def test_mails_over_several_connections_are_all_kept_once() -> None:
    create_inbox(channel="email", name="support", address="support@desk.test")
    mails = [raw_mail(text=f"mail {number}") for number in range(60)]
    with listening(DeskDoor()) as port:
        senders = [
            threading.Thread(
                target=_send, args=(port, mails[start::6] + mails[start : start + 1], ["support@desk.test"])
            )
            for start in range(6)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    kept = {raw_of(item) for item in InboundItem.objects.all()}
    assert kept == set(mails)
    assert InboundItem.objects.count() == 60
    assert sum(SeenItem.objects.values_list("repeats", flat=True)) == 6


def test_an_inbox_made_a_moment_ago_and_an_address_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_RECHECK_SECONDS", 0.0)
    with listening(DeskDoor()) as port:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            _send(port, [raw_mail()], ["support@desk.test"])
        create_inbox(channel="email", name="support", address="support@desk.test")
        _send(port, [raw_mail()], ["Support+token@Desk.test"])
    item = InboundItem.objects.get()
    assert item.envelope["rcpt_to"] == ["Support+token@Desk.test"]
    assert SeenItem.objects.get().key in {one.key for one in journal.read(item.received_at - timedelta(minutes=1))}
    refusal = Refusal.objects.get()
    assert (refusal.code, refusal.count, refusal.inbox, refusal.address) == ("550", 1, None, "")


def test_one_mail_to_two_inboxes() -> None:
    create_inbox(channel="email", name="support", address="support@desk.test")
    create_inbox(channel="email", name="security", address="security@desk.test")
    with listening(DeskDoor()) as port:
        _send(port, [raw_mail()], ["support@desk.test", "security@desk.test"])
    assert set(InboundItem.objects.values_list("inbox__name", flat=True)) == {"support", "security"}


def test_while_the_database_is_away_the_sender_keeps_the_mail() -> None:
    create_inbox(channel="email", name="support", address="support@desk.test")
    with listening(DeskDoor()) as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail("casey@example.org")
        assert client.rcpt("support@desk.test")[0] == 250
        _rename("intake_inbounditem", "elsewhere")
        try:
            assert client.data(raw_mail())[0] == 451
        finally:
            _rename("elsewhere", "intake_inbounditem")
        client.mail("casey@example.org")
        client.rcpt("support@desk.test")
        assert client.data(raw_mail())[0] == 250
    assert InboundItem.objects.count() == 1


def _rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


def test_a_dead_connection_is_replaced_without_the_sender_noticing() -> None:
    inbox = create_inbox(channel="email", name="support", address="support@desk.test")
    with listening(DeskDoor()) as port:
        _send(port, [raw_mail()], ["support@desk.test"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        _send(port, [raw_mail()], ["support@desk.test"])
    assert InboundItem.objects.filter(inbox=inbox).count() == 2


def test_one_bad_mail_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the database refuses about one mail, those that came with it are kept."""
    inbox = create_inbox(channel="email", name="support", address="support@desk.test")
    door = DeskDoor()

    async def offer() -> list[BaseException | None]:
        good = [door.take([inbox.pk], raw_mail(), Envelope()) for _ in range(3)]
        bad = door.take([inbox.pk + 1000], raw_mail(), Envelope())
        waiting = [asyncio.create_task(one) for one in (*good, bad)]
        await asyncio.sleep(0)
        door.start()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = asyncio.run(offer())
    assert door.stop(10)
    assert [type(answer).__name__ for answer in answers] == ["NoneType", "NoneType", "NoneType", "Unavailable"]
    assert InboundItem.objects.count() == 3


def test_base_address() -> None:
    assert base_address(" Support+a+b@Desk.Test ") == "support@desk.test"
    assert base_address("nothing") == "@nothing"
