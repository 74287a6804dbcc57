"""An acknowledgement is no way to write to others: not in our name, not with their words, not without end (S-10 to
S-13).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.core import mail
from pytest_django import Settings

from firstline.accounts.actions import create_user
from firstline.accounts.permissions import Role
from firstline.channels.base import Envelope
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Message
from firstline.core import clock, sealing
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, KeptMail, StoppedAddress
from firstline.intake.actions import accept, acknowledge, acknowledging, process
from firstline.intake.models import Acknowledgement, AcknowledgementHour
from firstline.intake.tests.mails import raw_mail
from tests.factories import contact
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OURS = "mx.desk.example.net"
ADDRESS = "support@desk.example.net"


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    """An inbox that acknowledges, at noon; our border server's word is believed."""
    settings.AUTHSERV_ID = OURS
    with clock.at(NOON):
        yield inboxes.create_inbox(channel="email", name="support", address=ADDRESS, options={"acknowledge": "1"})


def arrives(
    inbox: Inbox,
    sender: str = "Casey Moss <casey@example.org>",
    *,
    proof: str = "",
    mail_from: str = "casey@example.org",
    at: datetime = NOON,
    headers: dict[str, str] | None = None,
    text: str = "Buy cheap pills at grim.example",
) -> str:
    """A mail with our server's word on top, and everything that follows from it; the item's outcome."""
    domain = sender.rpartition("@")[2].rstrip(">")
    results = f"Authentication-Results: {OURS}; {proof or f'dkim=pass header.d={domain}'}\r\n"
    raw = raw_mail(sender=sender, to=ADDRESS, subject="PILLS, cheap", text=text, headers=headers)
    raw = raw.replace(b"Mon, 23 Nov 2026 09:14:00 +0000", format_datetime(at).encode())
    with clock.at(at):
        accepted = accept(inbox, results.encode() + raw, Envelope("192.0.2.1", "mx", mail_from, (ADDRESS,)))
        outcome = process(accepted.item_id)
        with clock.at(at + acknowledging.PAUSE):
            run_reactions()
    return outcome


def sent() -> list[str]:
    """To whom something left, oldest first."""
    return list(KeptMail.objects.order_by("pk").values_list("recipient", flat=True))


def test_s10_a_proved_writer_is_told_once_and_in_our_words_alone(inbox: Inbox) -> None:
    assert arrives(inbox) == "new"
    kept = KeptMail.objects.get()
    raw = sealing.unseal(kept.ciphertext, kept.wrapped_key).decode()
    assert kept.recipient == "casey@example.org"
    assert not [word for word in ("PILLS", "pills", "grim.example", "Casey", "Moss") if word in raw]
    assert "Auto-Submitted: auto-replied\r\n" in raw
    assert "a person reads it" in raw
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.first_response_at, conversation.last_is_ours) == ("open", None, False)
    acknowledge(Message.objects.earliest("pk").pk)
    assert sent() == ["casey@example.org"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"proof": "dkim=none; spf=none"}, "nothing proves the writer"),
        ({"proof": "dkim=pass header.d=open.example"}, "another domain's signature"),
        ({"proof": "dkim=fail header.d=example.org; dmarc=fail (p=reject)"}, "proved to be false"),
        ({"headers": {"Auto-Submitted": "auto-generated"}}, "a machine wrote it"),
        ({"headers": {"Auto-Submitted": "auto-replied"}}, "a machine answered"),
        ({"headers": {"List-Id": "<users.example.org>"}}, "a list"),
        ({"headers": {"List-Unsubscribe": "<mailto:no@example.org>"}}, "a newsletter"),
        ({"headers": {"Precedence": "bulk"}}, "bulk"),
        ({"headers": {"Precedence": "junk"}}, "junk"),
        ({"headers": {"X-Auto-Response-Suppress": "All"}}, "it asks for silence"),
        ({"headers": {"Return-Path": "<>"}}, "a null sender, by the last server's word"),
        ({"mail_from": ""}, "a null sender, by the envelope"),
        ({"sender": f"Desk <{ADDRESS}>"}, "our own address"),
        ({"sender": "Ada <ada@desk.example.net>"}, "one of the team"),
        ({"at": NOON - timedelta(days=3)}, "taken in long after"),
    ],
)
def test_s10_nobody_else_is_told(inbox: Inbox, told: dict[str, str], why: str) -> None:
    create_user("ada@desk.example.net", name="Ada Brook", roles=[Role.AGENT])
    if "at" in told:
        raw = raw_mail(to=ADDRESS).replace(b"Mon, 23 Nov 2026", b"Fri, 20 Nov 2026")
        process(
            accept(inbox, f"Authentication-Results: {OURS}; dkim=pass header.d=example.org\r\n".encode() + raw).item_id
        )
        run_reactions(until=NOON + timedelta(hours=1))
    else:
        arrives(inbox, **told)  # type: ignore[arg-type]  # the table's own arguments
    assert sent() == [], why


def test_s10_an_inbox_that_was_not_told_to_stays_silent(inbox: Inbox) -> None:
    other = inboxes.create_inbox(channel="email", name="billing", address="billing@desk.example.net")
    assert arrives(other) == "new"
    assert sent() == []


def test_s10_who_was_answered_needs_no_acknowledgement(inbox: Inbox) -> None:
    ada = create_user("ada@desk.example.net", name="Ada Brook", roles=[Role.AGENT])
    proof = f"Authentication-Results: {OURS}; dkim=pass header.d=example.org\r\n".encode()
    raw = raw_mail(to=ADDRESS).replace(b"09:14:00", b"12:00:00")
    process(accept(inbox, proof + raw).item_id)
    replying.reply(Conversation.objects.get(), by=ada, text="It is a dead token: run npm login again.")
    with clock.at(NOON + acknowledging.PAUSE):
        run_reactions()
    assert Message.objects.filter(author_machine="acknowledgement").count() == 0


def test_s11_an_address_hears_once_a_day_and_a_domain_three_times_a_minute(inbox: Inbox) -> None:
    for number in range(3):
        arrives(inbox, text=f"Again, {number}", at=NOON + timedelta(hours=number))
    assert sent() == ["casey@example.org"]
    arrives(inbox, text="The next day", at=NOON + timedelta(hours=25))
    assert sent() == ["casey@example.org"] * 2
    for number in range(5):
        arrives(inbox, f"P <person{number}@crowd.example>", at=NOON + timedelta(hours=26, seconds=number))
    assert len(sent()) == 2 + 3
    assert Acknowledgement.objects.filter(address__contains="example").count() == 0


def test_s11_a_replay_of_ten_thousand_addresses_stops_at_the_breaker_and_alerts_once(inbox: Inbox) -> None:
    create_user("lena@desk.example.net", name="Lena Hill", roles=[Role.LEAD, Role.ADMIN])
    limit = acknowledging.BREAKER * acknowledging.FEWEST_USUAL
    now = acknowledging._hold_hour(NOON)
    passed = [acknowledging._passes(now, f"victim@domain-{number}.example") for number in range(10_000)]
    assert sum(passed) == limit
    assert Event.objects.filter(kind=Kind.ACKNOWLEDGEMENTS_STOPPED).count() == 1
    run_reactions()
    assert [one.to for one in mail.outbox] == [["lena@desk.example.net"]]
    assert "Acknowledgements are stopped" in mail.outbox[0].subject


def test_s11_the_breaker_closes_after_an_hour_below_the_limit(inbox: Inbox) -> None:
    AcknowledgementHour.objects.create(hour=NOON - timedelta(hours=1), asked=900, sent=60, stopped=True)
    assert arrives(inbox) == "new"
    assert sent() == []
    later = NOON + timedelta(hours=1)
    arrives(inbox, "Noor <noor@example.com>", at=later)
    assert sent() == ["noor@example.com"]
    assert Event.objects.filter(kind=Kind.ACKNOWLEDGEMENTS_STOPPED).count() == 0


def test_the_words_are_the_inboxs_and_a_time_is_named_only_when_it_was_measured(inbox: Inbox) -> None:
    inbox.settings = {**inbox.settings, "acknowledge_text": "Hello from Orbit. We are three people."}
    inbox.save()
    assert acknowledging.letter(inbox) == "Hello from Orbit. We are three people."
    for number in range(20):
        created = NOON - timedelta(days=2)
        Conversation.objects.create(
            contact_id=contact(f"person{number}").contact_id,
            inbox=inbox,
            created_at=created,
            waiting_since=created,
            first_response_at=created + timedelta(minutes=11 * (number + 1)),
        )
    assert acknowledging.letter(inbox).endswith("\n\nFour of five answers come within 3 hours.")


def test_s13_who_said_that_it_was_not_them_gets_nothing(inbox: Inbox) -> None:
    StoppedAddress.objects.create(address="casey@example.org", stopped_at=NOON)
    assert arrives(inbox) == "new"
    assert sent() == []


def test_s13_whoever_proved_nothing_finds_the_link_in_what_we_send(inbox: Inbox) -> None:
    ada = create_user("ada@desk.example.net", name="Ada Brook", roles=[Role.AGENT])
    arrives(inbox, proof="dkim=none")
    replying.reply(Conversation.objects.get(), by=ada, text="It is a dead token: run npm login again.")
    with clock.at(NOON + timedelta(minutes=5)):
        run_reactions()
    kept = KeptMail.objects.get()
    raw = sealing.unseal(kept.ciphertext, kept.wrapped_key).decode()
    assert "Did you not write to us?" in raw
