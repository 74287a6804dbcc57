"""`firstline ledger check`, as it is called and read by others."""

import argparse
import json
from datetime import timedelta
from typing import Any

import pytest

from firstline.core import clock
from firstline.core.commands import DONE, NOT_SO, Commands
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake import journal
from firstline.intake.actions import accept, process, refuse
from firstline.intake.journal import Entry
from firstline.intake.models import InboundItem
from firstline.intake.tests import toy
from firstline.intake.tests.mails import raw_mail
from firstline.intake.tests.toy import Post
from firstline.ledger import commands


def check(*more: str) -> int:
    """Run it, as `firstline` would."""
    known = Commands()
    commands.add(known)
    found = known.find(["ledger", "check"])
    assert found is not None
    options: argparse.Namespace = found[0].parser().parse_args(list(more))
    return found[0].run(options)


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """The one object on standard output."""
    return json.loads(capsys.readouterr().out)


def test_everything_is_accounted_for(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    accept(inbox, raw_mail())
    raw = raw_mail()
    accept(inbox, raw)
    accept(inbox, raw)
    refuse("support@localhost", inbox, "552", count=2)
    refuse("nobody@localhost", None, "550")
    assert check("--json") == DONE
    found = printed(capsys)
    assert (found["ok"], found["refused"], found["gaps"], found["dropped"]) == (True, {"550": 1}, [], 0)
    assert [(one["inbox"], one["source"], one["listed"]) for one in found["sources"]] == [("support", "journal", 0)]
    assert found["inboxes"] == [
        {
            "name": "support",
            "received": 2,
            "outcomes": {"pending": 2},
            "missing": 0,
            "duplicated": 1,
            "late": 0,
            "refused": {"552": 2},
            "days": {clock.now().date().isoformat(): {"received": 2, "outcomes": {"pending": 2}, "missing": 0}},
        }
    ]


def test_what_is_late_is_said(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    item = accept(inbox, raw_mail()).item_id
    InboundItem.objects.filter(pk=item).update(received_at=clock.now() - timedelta(hours=1))
    assert check("--json") == NOT_SO
    found = printed(capsys)
    assert (found["inboxes"][0]["late"], found["gaps"][0]["kind"]) == (1, "late")
    assert check("--json", "--since", (clock.now() + timedelta(days=1)).isoformat()) == DONE
    assert printed(capsys)["inboxes"][0]["received"] == 0


def test_a_mail_that_was_taken_and_is_gone_is_named(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    kept = accept(inbox, raw_mail())
    journal.note([Entry(clock.now(), inbox.pk, kept.key, 812)])
    assert check() == DONE
    InboundItem.objects.filter(pk=kept.item_id).delete()
    assert check() == NOT_SO
    said = capsys.readouterr().out
    assert "GAP support: 1 that the sender was told we keep, and that are gone from the database" in said
    assert f"812 bytes {kept.key[:12]}" in said
    assert check("--json") == NOT_SO
    assert printed(capsys)["gaps"][0]["kind"] == "lost"


def test_sources_are_named_in_words(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    process(accept(inbox, raw_mail()).item_id)
    create_inbox(channel="github", name="issues", address="o/r", options={"repository": "o/r", "webhook_secret": "s"})
    with toy.network() as network:
        with clock.at(clock.now() - timedelta(days=1)):
            create_inbox(channel="toy", name="orbit", address="orbit")
        network.posts_there = [Post("p1", clock.now() - timedelta(hours=1)), Post("p2", clock.now())]
        assert check() == NOT_SO
        said = capsys.readouterr().out
        assert "issues: keeps no list to compare with" in said
        assert "orbit: 2 in the network's own list, 0 missing, 1 taken in late, 1 on the way" in said
        assert "Conversations: 3 open" in said
        assert check() == DONE
        network.answers = False
        assert check() == NOT_SO
    assert "could not be read: The toy network does not answer." in capsys.readouterr().out
