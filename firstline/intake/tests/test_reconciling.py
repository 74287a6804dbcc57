"""What the sources have beside what the desk has: what it lacks is named, and taken in where the source gives it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from firstline.conversations.models import Message
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake import journal, reconciling
from firstline.intake.actions import Offered, accept, accept_many, process
from firstline.intake.journal import Entry
from firstline.intake.models import InboundItem, SeenItem
from firstline.intake.reconciling import Compared, compare_all
from firstline.intake.tests import toy
from firstline.intake.tests.mails import raw_mail
from firstline.intake.tests.toy import Post, Toy

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def network() -> Iterator[Toy]:
    with toy.network() as channel:
        yield channel


def inbox_since(begin: datetime, *, channel: str, name: str, **options: str) -> Inbox:
    address = f"{name}@localhost" if channel == "email" else name
    with clock.at(begin):
        return create_inbox(channel=channel, name=name, address=address, options=options)


def compared(inbox: Inbox, now: datetime) -> Compared:
    (found,) = [one for one in compare_all(now - 8 * DAY, now) if one.inbox == inbox.name]
    return found


def arrives(inbox: Inbox, post: Post) -> None:
    arrival = post.arrival()
    (kept,) = accept_many([Offered(inbox.pk, arrival.raw, arrival.envelope)])
    process(kept.item_id)


def test_what_a_network_has_and_the_desk_lacks_is_taken_in_and_named(network: Toy) -> None:
    now = clock.now()
    inbox = inbox_since(now - 3 * DAY, channel="toy", name="orbit")
    known, lost, late = Post("p1", now - DAY), Post("p2", now - HOUR, root="p1"), Post("p3", now - timedelta(minutes=1))
    network.posts_there = [known, lost, late, Post("p4", now - 2 * HOUR, is_left_out=True)]
    arrives(inbox, known)
    found = compared(inbox, now)
    assert found == Compared("orbit", "list", listed=4, missing=("p2",), healed=("p2",), taken=1)
    assert found.gone == ()
    assert set(Message.objects.values_list("original__external_id", flat=True)) == {"p1", "p2", "p3"}
    again = compared(inbox, now)
    assert again == Compared("orbit", "list", listed=4)
    assert InboundItem.objects.count() == 4
    assert not SeenItem.objects.exclude(repeats=0).exists()


def test_a_message_whose_rows_are_gone_comes_back(network: Toy) -> None:
    now = clock.now()
    inbox = inbox_since(now - 3 * DAY, channel="toy", name="orbit")
    network.posts_there = [Post("p1", now - DAY)]
    arrives(inbox, network.posts_there[0])
    Message.objects.all().delete()
    InboundItem.objects.all().delete()
    assert compared(inbox, now).healed == ("p1",)
    assert Message.objects.count() == 1


def test_what_was_written_before_the_inbox_was_there_stays_there(network: Toy) -> None:
    now = clock.now()
    inbox = inbox_since(now - 2 * HOUR, channel="toy", name="orbit")
    network.posts_there = [Post("old", now - DAY)]
    network.reconcile = lambda since, settings: iter(Toy(network.posts_there).reconcile(now - 8 * DAY, settings))  # type: ignore[method-assign]  # a thread that changed lists its old posts
    found = compared(inbox, now)
    assert (found.listed, found.missing, InboundItem.objects.count()) == (1, (), 0)


def test_a_network_that_does_not_answer_is_named_and_what_it_said_before_is_kept(
    network: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "_CHUNK", 4)
    now = clock.now()
    inbox = inbox_since(now - 3 * DAY, channel="toy", name="orbit")
    network.posts_there, network.answers = [Post(f"p{number}", now - HOUR) for number in range(6)], False
    found = compared(inbox, now)
    assert found.unreached == "The toy network does not answer."
    assert len(found.healed) == Message.objects.count() == 4


def test_a_list_that_makes_no_sense_spoils_no_other(network: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    toys = inbox_since(now - DAY, channel="toy", name="orbit")
    mails = inbox_since(now - DAY, channel="email", name="support")
    network.posts_there = [Post("p1", now - HOUR)]
    monkeypatch.setattr(network, "parse", lambda raw, envelope: json.loads(b"{}")["nothing"])
    assert compared(toys, now).unreached == "KeyError"
    assert compared(mails, now) == Compared("support", "journal")


def test_a_source_without_a_list_says_so() -> None:
    now = clock.now()
    hooks = inbox_since(now - DAY, channel="email", name="hooks", in_via="mailgun", webhook_secret="s")
    github = inbox_since(now - DAY, channel="github", name="issues", repository="o/r", webhook_secret="s")
    assert compared(hooks, now) == Compared("hooks", "none")
    assert compared(github, now) == Compared("issues", "none")


def test_a_mail_that_was_answered_with_250_and_has_no_row_is_a_gap() -> None:
    now = clock.now()
    inbox = inbox_since(now - DAY, channel="email", name="support")
    kept, lost = accept(inbox, raw_mail()), accept(inbox, raw_mail())
    moment = (now - HOUR).replace(microsecond=0)
    journal.note([Entry(moment, inbox.pk, one.key, 900) for one in (kept, lost)])
    assert compared(inbox, now) == Compared("support", "journal", listed=2)
    InboundItem.objects.filter(pk=lost.item_id).delete()
    found = compared(inbox, now)
    name = f"{moment:%Y-%m-%dT%H:%M:%SZ} 900 bytes {lost.key[:12]}"
    assert (found.missing, found.gone, found.healed) == ((name,), (name,), ())


def test_the_journal_outlives_a_torn_line_and_forgets_after_five_weeks(home: Path) -> None:
    now = clock.now()
    for days in (40, 34, 0):
        journal.note([Entry(now - days * DAY, 1, "k" * 64, 5)])
    newest = max((home / "journal").iterdir())
    with newest.open("a") as file:
        file.write("\nnonsense\n2026-11-24T10:00:00+00:00 1 kk")
    assert [one.at for one in journal.read(now - 90 * DAY)] == [now - 40 * DAY, now - 34 * DAY, now]
    assert [one.at for one in journal.read(now - DAY)] == [now]
    assert journal.forget(now) == 1
    assert len(list((home / "journal").iterdir())) == 2
    assert newest.stat().st_mode & 0o777 == 0o600


def test_settings_that_cannot_be_opened_are_no_list_and_spoil_no_other(network: Toy) -> None:
    now = clock.now()
    sealed = inbox_since(now - DAY, channel="github", name="issues", repository="o/r", webhook_secret="s")
    mails = inbox_since(now - DAY, channel="email", name="support")
    Inbox.objects.filter(pk=sealed.pk).update(
        settings={"repository": "o/r", "webhook_secret": {**sealed.settings["webhook_secret"], "sealed": "A" * 56}}
    )
    assert "cannot be opened" in compared(sealed, now).unreached
    assert compared(mails, now) == Compared("support", "journal")
