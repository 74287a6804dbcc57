"""Settings › Ledger and the nightly check: the sums add up, gaps are told, and who may not look does not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.intake import standing, tasks
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem, LedgerCheck
from firstline.intake.queries import ledger
from firstline.intake.tests.mails import raw_mail
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
PAGE = "/settings/ledger/"


@pytest.fixture
def everybody() -> People:
    return factories.people()


def signed_in(everybody: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(everybody, name))
    return client


def arrived(everybody: People, *, sender: str = "Casey <casey@contact.example>", subject: str = "404") -> InboundItem:
    raw = raw_mail(sender=sender, to=everybody.inbox.address, subject=subject)
    item_id = accept(everybody.inbox, raw).item_id
    process(item_id)
    return InboundItem.objects.get(pk=item_id)


def lost(everybody: People) -> None:
    """One mail that the door took and that is gone without a trace."""
    accept(everybody.inbox, raw_mail(to=everybody.inbox.address))
    InboundItem.objects.update(outcome="new")
    InboundItem.objects.create(inbox=everybody.other_inbox, size=1, outcome="new")


def test_what_arrived_is_answered_open_resolved_or_left_out(everybody: People) -> None:
    answered, waiting, refused = (arrived(everybody, subject=name) for name in ("one", "two", "three"))
    assert answered.conversation is not None
    arrived(everybody, sender=everybody.inbox.address, subject="from ourselves")
    replying.reply(answered.conversation, by=everybody.ada, text="Sign in again.")
    with clock.at(clock.now() + timedelta(minutes=5)):
        run_reactions()
    Conversation.objects.filter(pk=refused.conversation_id or 0).update(
        status="resolved", resolution="not_ours", waiting_since=None
    )
    now = clock.now()
    since = now - timedelta(days=1)
    table = standing.table(ledger(since=since, now=now).inboxes, since=since)
    assert table.total == standing.Standing(received=4, answered=1, open=1, reason=1, rule=1, missing=0)
    assert [day for day, _ in table.days] == [now.date()]
    assert table.outcomes == [("quarantined:from_support_address", 1)]
    assert waiting.outcome == "new"
    assert standing.table(ledger(since=since, now=now).inboxes, since=since, inbox="partners").total.received == 0


def test_the_page_says_it_in_words(everybody: People) -> None:
    arrived(everybody)
    arrived(everybody, sender=everybody.inbox.address)
    shown = signed_in(everybody, "lena").get(PAGE).content.decode()
    assert "2 received since" in shown
    assert "2 accounted for" in shown
    assert "An address of this team, and no proof" in shown
    assert "The first check runs tonight" in shown
    assert signed_in(everybody, "lena").get(PAGE, {"inbox": "nobody", "days": "x"}).status_code == 404
    assert "Nothing arrived" in signed_in(everybody, "lena").get(PAGE, {"inbox": "partners"}).content.decode()


def test_only_leads_and_admins_look(everybody: People) -> None:
    assert signed_in(everybody, "ada").get(PAGE).status_code == 403
    assert signed_in(everybody, "ada").post(reverse("intake:check_ledger")).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_a_whole_ledger_is_proved_at_night_and_nobody_is_woken(everybody: People) -> None:
    arrived(everybody)
    tasks.check_ledger(timestamp=0)
    run_reactions()
    check = LedgerCheck.objects.get()
    assert (check.is_ok, check.received, check.by) == (True, 1, None)
    assert mail.outbox == []
    shown = signed_in(everybody, "lena").get(PAGE).content.decode()
    assert "Nothing missing, nothing twice." in shown
    assert "0 missing" in shown


def test_a_gap_is_an_event_a_letter_and_a_banner(everybody: People) -> None:
    lost(everybody)
    tasks.check_ledger(timestamp=0)
    run_reactions()
    check = LedgerCheck.objects.get()
    day = clock.now().date().isoformat()
    assert check.gaps == [{"kind": "missing", "count": -1, "inbox": "partners", "day": day}]
    assert Event.objects.get(kind=Kind.LEDGER_GAP_FOUND).subject_id == check.pk
    (letter,) = mail.outbox
    assert letter.to == [everybody.lena.email]
    assert f"partners, {day}: 1 more than the door remembers" in letter.body
    shown = signed_in(everybody, "lena").get(PAGE).content.decode()
    assert "Not everything is accounted for." in shown
    assert "1 gap<" in shown


def test_somebody_checks_now(everybody: People) -> None:
    arrived(everybody)
    response = signed_in(everybody, "lena").post(reverse("intake:check_ledger"), follow=True)
    assert "Checked: nothing is missing." in response.content.decode()
    assert LedgerCheck.objects.get().by == everybody.lena
    assert standing.nights(clock.now()) == []


def test_of_a_night_with_two_checks_the_later_counts(everybody: People) -> None:
    for hour in (3, 4):
        with clock.at(datetime(2026, 11, 23, hour, tzinfo=UTC)):
            tasks.check_ledger(timestamp=0)
    (night,) = standing.nights(datetime(2026, 11, 24, tzinfo=UTC))
    assert night.at.hour == 4
