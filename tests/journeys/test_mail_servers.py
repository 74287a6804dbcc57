"""The desk between real mail servers: in by LMTP and IMAP, out by SMTP, back as a report; killed on the way."""

import functools
import json
import os
import signal
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from imapclient import IMAPClient

from firstline.operations.postgres import Cluster
from tests import servers
from tests.journeys.desk import Desk, a_mail, free_port, new_home, wait_for
from tests.journeys.test_up import role
from tests.servers import dovecot, postfix
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.journey

CASEY = "Casey Rivers <casey@contact.example>"
MANY = 200
REPLY = """
from firstline.accounts.models import User
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation
conversation = Conversation.objects.get(subject={subject!r})
print(replying.reply(conversation, by=User.objects.first(), text={text!r}).pk)
"""


@dataclass
class Site:
    """A desk with a mail server before it and a mailbox server behind that."""

    desk: Desk
    boxes: Dovecot
    mails: Postfix

    def send(self, mail: EmailMessage, to: str) -> EmailMessage:
        """Hand a mail to Postfix, as Casey's provider would."""
        with smtplib.SMTP("127.0.0.1", self.mails.port, timeout=30) as client:
            client.send_message(mail, from_addr=str(mail["From"].addresses[0].addr_spec), to_addrs=[to])
        return mail

    def found(self, expression: str) -> Any:
        """A value out of the desk's own database, as JSON."""
        code = (
            "import json\nfrom firstline.conversations.models import *\nfrom firstline.intake.models import *\n"
            "from firstline.inboxes.models import *\n"
            f"print(json.dumps({expression}))"
        )
        return json.loads(self.desk.shell(code).strip().splitlines()[-1])

    def wait(self, expression: str, seconds: float = 60) -> Any:
        """Until the expression is true."""
        return wait_for(lambda: self.found(expression), f"{expression}\n{self.mails.log()}", seconds)

    def mailbox(self, user: str) -> list[EmailMessage]:
        """What lies in somebody's mailbox."""
        from email import message_from_bytes, policy

        with IMAPClient("127.0.0.1", port=self.boxes.imap_port, ssl=False) as client:
            client.login(user, dovecot.PASSWORD)
            client.select_folder("INBOX", readonly=True)
            uids = client.search()
            raws = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return [message_from_bytes(row[b"BODY[]"], policy=policy.default) for _uid, row in sorted(raws.items())]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    servers.needed(dovecot.PROGRAM, postfix.MASTER)
    lmtp = free_port()
    with dovecot.running() as boxes:
        routes = {"orbit.example": lmtp, "dead.example": lmtp, "contact.example": boxes.lmtp_port}
        with postfix.running(routes) as mails:
            told = {
                "FIRSTLINE_LMTP_PORT": str(lmtp),
                "FIRSTLINE_OUTGOING_SMTP": f"smtp://127.0.0.1:{mails.port}",
                "FIRSTLINE_SUPPORT_ADDRESS": "support@orbit.example",
                "FIRSTLINE_UNDO_SECONDS": "0",
                "FIRSTLINE_DNS": "off",
            }
            desk = Desk(new_home(), told)
            try:
                yield Site(desk.start(), boxes, mails)
            finally:
                desk.remove()


def fetched(site: Site, name: str) -> None:
    """An inbox whose mail is fetched by IMAP."""
    options = {
        "address": f"{name}@contact.example",
        "in_via": "imap",
        "imap_server": site.boxes.server,
        "imap_user": name,
        "imap_password": dovecot.PASSWORD,
        "imap_from": "all",
    }
    words = [word for key, value in options.items() for word in ("--set", f"{key}={value}")]
    site.desk.command("inbox", "create", "--channel", "email", "--name", name, *words)


def test_in_by_lmtp_out_by_smtp_and_back_by_imap(site: Site) -> None:
    site.send(a_mail(CASEY, "404 when I publish", "npm says 404."), "support@orbit.example")
    site.wait("Conversation.objects.filter(subject='404 when I publish').count()")
    fetched(site, "help")
    asked = site.send(a_mail(CASEY, "Lost my token", "Where is it?", to="help@contact.example"), "help@contact.example")
    site.wait("Conversation.objects.filter(subject='Lost my token').count()")
    site.desk.shell(REPLY.format(subject="Lost my token", text="Make a new one."))
    (reply,) = wait_for(lambda: site.mailbox("casey"), f"the reply arrives\n{site.mails.log()}", 60)
    assert "Make a new one." in str(reply.get_body(("plain",)))
    assert reply["In-Reply-To"] == asked["Message-ID"]
    back_to = str(reply["Reply-To"])
    assert back_to.startswith("help+")
    site.send(a_mail(CASEY, "Re: Lost my token", "Thanks!", to=back_to, answers=reply), back_to)
    site.wait("Conversation.objects.get(subject='Lost my token').messages.count() == 3")
    assert site.found("Conversation.objects.count()") == 2


def test_a_test_mail_goes_out_and_opens_its_inbox_when_it_is_back(site: Site) -> None:
    fetched(site, "round")
    made = "Inbox.objects.get(name='round')"
    site.desk.shell(
        f"from firstline.inboxes.actions import *; from firstline.inboxes.models import *; send_test_mail({made})"
    )
    site.wait(f"{made}.opened_at is not None")
    assert site.found(f"list({made}.items.values_list('outcome', flat=True))") == ["ignored:test_mail"]


def test_a_mail_that_can_not_arrive_comes_back_as_a_bounce(site: Site) -> None:
    site.send(a_mail("Noor <gone@dead.example>", "I will be gone", "Bye."), "support@orbit.example")
    site.wait("Conversation.objects.filter(subject='I will be gone').count()")
    message = int(site.desk.shell(REPLY.format(subject="I will be gone", text="Hello?")).strip())
    site.wait(f"Message.objects.get(pk={message}).state == 'bounced'")
    assert "5.1.1" in site.found(f"Message.objects.get(pk={message}).failure")
    assert site.found("InboundItem.objects.filter(outcome='bounce').count()") == 1
    assert site.found("Conversation.objects.get(subject='I will be gone').status") == "open"


def taken(database: "psycopg.Connection[tuple[int]]") -> int:
    """How many mails of the big mailbox are in the database."""
    query = "SELECT count(*) FROM intake_inbounditem i JOIN inboxes_inbox b ON b.id = i.inbox_id WHERE b.name = 'bulk'"
    row = database.execute(query).fetchone()
    return row[0] if row else 0


def _has(database: "psycopg.Connection[tuple[int]]", count: int) -> bool:
    return taken(database) >= count


def test_the_intake_is_killed_while_it_takes_200_mails(site: Site) -> None:
    site.boxes.deliver(
        "bulk",
        *(a_mail(f"writer{one}@casey.example", f"Bulk {one}", f"Number {one}.").as_bytes() for one in range(MANY)),
    )
    fetched(site, "bulk")
    items = "InboundItem.objects.filter(inbox__name='bulk').count()"
    kills: list[int] = []
    with psycopg.connect(Cluster(site.desk.home).url("app"), autocommit=True) as database:
        for reached in (1, 61):
            wait_for(functools.partial(_has, database, reached), f"{reached} mails are taken", 90)
            os.kill(wait_for(lambda: role(site.desk, "intake"), "the intake runs"), signal.SIGKILL)
            kills.append(taken(database))
    site.wait(f"{items} >= {MANY}", 120)
    site.wait("not InboundItem.objects.filter(outcome='pending').exists()", 120)
    assert all(0 < count < MANY for count in kills), kills
    assert site.found(items) == MANY
    assert site.found("Conversation.objects.filter(subject__startswith='Bulk').count()") == MANY
    assert json.loads(site.desk.command("ledger", "check", "--json"))["ok"]
