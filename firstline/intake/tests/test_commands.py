"""The commands of the door, as they are called and read by others."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands
from firstline.inboxes import actions as inbox_actions
from firstline.inboxes.models import Inbox
from firstline.intake import commands
from firstline.intake.actions import accept
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from firstline.ledger.queries import ledger
from tests import shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return inbox_actions.create_inbox(channel="email", name="support", address="support@localhost")


def run(line: str, *more: str) -> int:
    """Run one command line, as `firstline` would; wrong options are wrong use."""
    known = Commands()
    commands.add(known)
    found = known.find(line.split())
    assert found is not None
    command, rest = found
    options: argparse.Namespace = command.parser().parse_args([*rest, *more])
    return command.run(options)


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one object on standard output."""
    return json.loads(capsys.readouterr().out)


def test_load_files_folders_and_mboxes(inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, three = raw_mail(text="one"), raw_mail(text="two"), raw_mail(text="three")
    (tmp_path / "one.eml").write_bytes(one)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "again").write_bytes(one)
    mbox = b"".join(
        b"From casey@example.org Mon Nov 23 09:14:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n"
        for raw in (two, three)
    )
    (tmp_path / "all.mbox").write_bytes(mbox)
    assert run("intake load --inbox support --json", str(tmp_path)) == DONE
    found = printed(capsys)
    assert (found["received"], found["duplicated"], found["outcomes"]) == (3, 1, {"new": 3})
    assert run("intake load --inbox support --json", str(tmp_path / "one.eml")) == DONE
    assert printed(capsys)["outcomes"] == {"new": 1}
    assert InboundItem.objects.count() == 3


def test_load_refuses_what_is_not_there(inbox: Inbox, tmp_path: Path) -> None:
    assert run("intake load --inbox nothing", str(tmp_path)) == NOT_SO
    assert run("intake load --inbox support", str(tmp_path / "missing")) == NOT_SO
    assert InboundItem.objects.count() == 0


def test_an_mbox_is_split_where_a_mail_begins() -> None:
    first = b"From a Mon Nov 23 09:14:00 2026\nSubject: x\n\nFrom here on\n>From quoted\n\n"
    data = first + b"From b Mon Nov 23 09:15:00 2026\nSubject: y\n\nz\n"
    assert list(commands.split_mbox(data)) == [b"Subject: x\n\nFrom here on\nFrom quoted", b"Subject: y\n\nz\n"]
    assert list(commands.split_mbox(b"Subject: x\n\nFrom b Mon 2026\n")) == [b"Subject: x\n\nFrom b Mon 2026\n"]


def test_replay(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    item = accept(inbox, b"Subject: nobody wrote this\r\n\r\nx\r\n").item_id
    assert run("replay --json", str(item)) == DONE
    assert printed(capsys) == {"id": item, "outcome": "quarantined:ambiguous_sender"}
    assert run("replay", str(item + 1000)) == NOT_SO


def test_outbox_shows_the_mails_that_were_kept(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    inbox_actions.keep_mail("casey@example.org", raw_mail(to="casey@example.org", subject="Re: x", text="Try npm ci"))
    assert run("mail outbox --json") == DONE
    (mail,) = printed(capsys)["mails"]
    assert (mail["recipient"], mail["subject"], mail["text"].strip()) == ("casey@example.org", "Re: x", "Try npm ci")
    assert mail["message_id"].startswith("<")
    assert run("mail outbox") == DONE
    assert "Try npm ci" in capsys.readouterr().out


def test_inboxes_are_made_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("inbox create --channel email --name security --json --set", "address=Security@desk.test") == DONE
    wanted = {"name": "security", "channel": "email", "address": "security@desk.test", "active": True}
    assert printed(capsys) == wanted
    assert run("inbox list --json") == DONE
    assert printed(capsys) == {"inboxes": [wanted]}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--channel", "pigeon", "--name", "x"], WRONG_USE),
        (["--channel", "email", "--name", "x"], WRONG_USE),
        (["--channel", "email", "--name", "not a slug", "--set", "address=a@b.c"], WRONG_USE),
        (["--channel", "email", "--name", "x", "--set", "address=a@b.c", "--set", "colour=red"], WRONG_USE),
    ],
)
def test_inboxes_that_can_not_be(arguments: list[str], status: int) -> None:
    assert run("inbox create", *arguments) == status
    assert not Inbox.objects.exists()


def test_two_inboxes_can_not_have_one_address(inbox: Inbox) -> None:
    assert run("inbox create --channel email --name other --set address=support@localhost") == NOT_SO


@pytest.mark.corpus
def test_every_file_of_the_corpus_gets_an_outcome(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    """0 exceptions, every item has an outcome, and the ledger agrees."""
    assert run("intake load --inbox support --json", str(shared.data("mail"))) == DONE
    found = printed(capsys)
    assert found["failed"] == 0
    assert found["received"] > 900
    assert sum(found["outcomes"].values()) == found["received"]
    assert "pending" not in found["outcomes"]
    assert ledger(since=None, now=clock.now()).ok
