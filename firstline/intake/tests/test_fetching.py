"""A real Dovecot is read: what is new, once, in order, marked or moved; and what happens when things break."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from imapclient import IMAPClient

from firstline.channels.base import ChannelError
from firstline.channels.email import accounts, imap
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import fetching
from firstline.intake.models import InboundItem, SeenItem
from firstline.intake.reconciling import with_mailbox
from firstline.intake.tests.mails import raw_mail
from tests import servers
from tests.journeys.desk import wait_for
from tests.servers import dovecot
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.journey
ADDRESS = "support@orbit.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    servers.needed(dovecot.PROGRAM)
    with dovecot.running() as running:
        yield running


def made(server: Dovecot, user: str, **options: str) -> Inbox:
    told = {
        "in_via": "imap",
        "imap_server": server.server,
        "imap_user": user,
        "imap_password": dovecot.PASSWORD,
        "imap_from": "all",
        **options,
    }
    return inboxes.create_inbox(channel="email", name=user, address=f"{user}@orbit.example", options=told)


def opened(inbox: Inbox) -> imap.Mailbox:
    return imap.Mailbox(accounts.imap_account(inboxes.settings_to_send(inbox)))


def mail(number: int) -> bytes:
    return raw_mail(sender="Casey <casey@contact.example>", to=ADDRESS, subject=f"number {number}")


def client(server: Dovecot, user: str, folder: str = "INBOX") -> IMAPClient:
    found = IMAPClient("127.0.0.1", port=server.imap_port, ssl=False)
    found.login(user, dovecot.PASSWORD)
    found.select_folder(folder)
    return found


@pytest.mark.django_db
def test_new_mail_is_taken_once_and_marked(server: Dovecot) -> None:
    inbox = made(server, "once")
    server.deliver("once", *(mail(number) for number in range(25)))
    mailbox = inboxes.mailbox_of(inbox)
    with opened(inbox) as box:
        assert fetching.take_new(mailbox, box) == 25
        assert fetching.take_new(mailbox, box) == 0
    server.deliver("once", mail(25))
    with opened(inbox) as box:
        assert fetching.take_new(mailbox, box) == 1
    assert InboundItem.objects.filter(inbox=inbox).count() == 26
    assert all(one.repeats == 0 for one in SeenItem.objects.filter(inbox=inbox))
    with client(server, "once") as seen:
        assert len(seen.search(["KEYWORD", imap.KEYWORD.decode()])) == 26
        assert seen.search(["UNSEEN"]) == []


@pytest.mark.django_db
def test_what_was_there_before_stays_unless_it_is_wanted(server: Dovecot) -> None:
    server.deliver("later", mail(1))
    inbox = made(server, "later", imap_from="")
    mailbox = inboxes.mailbox_of(inbox)
    with opened(inbox) as box:
        inboxes.place_at(mailbox, box.validity, box.next_uid - 1)
        assert fetching.take_new(mailbox, box) == 0
        server.deliver("later", mail(2))
        box.wait(5, lambda: False)
        assert fetching.take_new(mailbox, box) == 1


@pytest.mark.django_db
def test_taken_mail_is_moved_when_the_inbox_says_so(server: Dovecot) -> None:
    inbox = made(server, "mover", imap_after="move", imap_move_to="Taken")
    server.deliver("mover", mail(1), mail(2))
    with opened(inbox) as box:
        assert fetching.take_new(inboxes.mailbox_of(inbox), box) == 2
    with client(server, "mover") as left:
        assert left.search() == []
    with client(server, "mover", "Taken") as taken:
        assert len(taken.search()) == 2


@pytest.mark.django_db
def test_a_new_uidvalidity_offers_everything_again_and_nothing_comes_twice(server: Dovecot) -> None:
    inbox = made(server, "restored")
    server.deliver("restored", mail(1), mail(2))
    mailbox = inboxes.mailbox_of(inbox)
    with opened(inbox) as box:
        before = box.validity
        fetching.take_new(mailbox, box)
    dovecot.uidvalidity_changes(server, "restored")
    with opened(inbox) as box:
        assert box.validity != before
        assert fetching.take_new(mailbox, box) == 2
    assert InboundItem.objects.filter(inbox=inbox).count() == 2
    mailbox.refresh_from_db()
    assert mailbox.uidvalidity == box.validity


@pytest.mark.django_db
def test_the_servers_own_list_is_compared_with_ours(server: Dovecot) -> None:
    inbox = made(server, "listed")
    server.deliver("listed", mail(1))
    with opened(inbox) as box:
        fetching.take_new(inboxes.mailbox_of(inbox), box)
    server.deliver("listed", mail(2))
    now = clock.now()
    found = with_mailbox(inbox, now - timedelta(hours=1), now)
    assert (found.listed, found.missing, found.taken) == (2, (), 1)  # the second is on its way: taken in, no alarm
    InboundItem.objects.filter(inbox=inbox).first().delete()  # type: ignore[union-attr]  # it was just counted
    found = with_mailbox(inbox, now - timedelta(hours=1), now)
    assert len(found.missing) == 1
    assert (found.healed, found.gone, found.taken) == (found.missing, (), 0)
    assert InboundItem.objects.filter(inbox=inbox).count() == 2
    assert with_mailbox(inbox, now - timedelta(hours=1), now).missing == ()
    with client(server, "listed") as marked:
        assert marked.search(["UNSEEN"]) == []


@pytest.mark.django_db
def test_a_mail_that_was_never_fetched_is_found_late_or_passed_over(server: Dovecot) -> None:
    inbox = made(server, "skipped")
    server.deliver("skipped", mail(1))
    mailbox, later = inboxes.mailbox_of(inbox), clock.now() + timedelta(minutes=20)
    assert len(with_mailbox(inbox, later - timedelta(hours=1), later).healed) == 1
    server.deliver("skipped", mail(2))
    with opened(inbox) as box:
        inboxes.place_at(mailbox, box.validity, box.next_uid - 1)
    now = clock.now()
    assert len(with_mailbox(inbox, now - timedelta(hours=1), now).healed) == 1
    assert InboundItem.objects.filter(inbox=inbox).count() == 2


@pytest.mark.django_db
def test_a_mailbox_that_cannot_be_asked_is_named(server: Dovecot) -> None:
    inbox = made(server, "nobody", imap_server="127.0.0.1:1")
    found = with_mailbox(inbox, clock.now() - timedelta(hours=1), clock.now())
    assert "can't be reached" in found.unreached


@pytest.mark.django_db
def test_one_process_reads_a_mailbox_at_a_time(server: Dovecot) -> None:
    mailbox = inboxes.mailbox_of(made(server, "held"))
    assert inboxes.hold(mailbox, "one")
    assert inboxes.hold(mailbox, "one")
    assert not inboxes.hold(mailbox, "two")
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert inboxes.hold(mailbox, "two")
    inboxes.let_go(mailbox, "two")
    assert inboxes.hold(mailbox, "one")


@pytest.mark.django_db
def test_a_wrong_password_is_said_without_the_password(server: Dovecot) -> None:
    inbox = made(server, "refused", imap_password="not this one")
    with pytest.raises(imap.Refused) as caught:
        opened(inbox)
    assert "not this one" not in caught.value.sentence
    assert caught.value.permanent
    inbox = made(server, "away", imap_server="127.0.0.1:1")
    with pytest.raises(ChannelError, match="can't be reached"):
        opened(inbox)


@pytest.mark.django_db(transaction=True)
def test_readers_listen_by_idle_and_come_back_after_an_outage(server: Dovecot) -> None:
    inbox = made(server, "live")
    readers = fetching.Readers()
    readers.start()
    try:
        wait_for(lambda: Mailbox.objects.filter(inbox=inbox, connected_at__isnull=False).exists(), "it listens")
        server.deliver("live", mail(1))
        wait_for(lambda: InboundItem.objects.filter(inbox=inbox).count() == 1, "IDLE woke it", 5)
        server.stop()
        wait_for(lambda: Mailbox.objects.filter(inbox=inbox, failing_since__isnull=False).exists(), "it says so")
        server.start()
        server.deliver("live", mail(2))
        wait_for(lambda: InboundItem.objects.filter(inbox=inbox).count() == 2, "it came back", 30)
        assert not Mailbox.objects.filter(inbox=inbox, failing_since__isnull=False).exists()
    finally:
        readers.stop(5)
        connection.close()
