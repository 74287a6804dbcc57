"""Settings › Ledger and its checks: the sums add up, gaps are told, and who may not look does not."""

from datetime import UTC, datetime, timedelta

from django.core import mail
from django.test import Client
from django.urls import reverse

from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.actions import create_inbox
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from firstline.intake.tests import toy
from firstline.intake.tests.mails import raw_mail
from firstline.intake.tests.toy import Post
from firstline.ledger import standing, tasks
from firstline.ledger.models import GIVEN_UP_AFTER, Check
from firstline.ledger.queries import ledger
from tests.factories import People
from tests.jobs import run_reactions

PAGE = "/settings/ledger/"


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


def page(everybody: People, **query: str) -> str:
    return signed_in(everybody, "lena").get(PAGE, query).content.decode()


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
    shown = page(everybody)
    assert "2 received since" in shown
    assert "2 accounted for" in shown
    assert "An address of this team, and no proof" in shown
    assert "The first check runs tonight" in shown
    assert signed_in(everybody, "lena").get(PAGE, {"inbox": "nobody", "days": "x"}).status_code == 404
    assert "Nothing arrived" in page(everybody, inbox="partners")


def test_only_leads_and_admins_look(everybody: People) -> None:
    for client, expected in ((signed_in(everybody, "ada"), 403), (Client(), 302)):
        assert client.get(PAGE).status_code == expected
        assert client.post(reverse("ledger:check")).status_code == expected
        assert client.get(reverse("ledger:state")).status_code == expected


def test_a_whole_ledger_is_proved_at_night_and_nobody_is_woken(everybody: People) -> None:
    arrived(everybody)
    tasks.check_nightly(timestamp=0)
    run_reactions()
    check = Check.objects.get()
    assert (check.is_ok, check.received, check.by, check.ends) == (True, 1, None, {"open": 1})
    assert mail.outbox == []
    shown = page(everybody)
    assert "Nothing missing, nothing twice." in shown
    assert "against the own" not in shown  # the journal holds nothing: this mail did not come by the listener
    assert "The mail listener’s journal" in shown
    assert "0 missing" in shown


def test_a_gap_is_an_event_a_letter_and_a_banner(everybody: People) -> None:
    lost(everybody)
    tasks.check_nightly(timestamp=0)
    run_reactions()
    check = Check.objects.get()
    day = clock.now().date().isoformat()
    assert [(gap["kind"], gap["count"], gap["inbox"], gap["day"]) for gap in check.gaps] == [
        ("missing", -1, "partners", day)
    ]
    assert Event.objects.get(kind=Kind.LEDGER_GAP_FOUND).subject_id == check.pk
    (letter,) = mail.outbox
    assert letter.to == [everybody.lena.email]
    assert f"partners, {day}: 1 more than the door remembers" in letter.body
    shown = page(everybody)
    assert "Not everything is accounted for." in shown
    assert "1 gap<" in shown


def test_what_a_source_had_and_the_desk_missed_is_taken_in_told_and_named(everybody: People) -> None:
    now = clock.now()
    with toy.network() as network:
        with clock.at(now - timedelta(days=2)):
            create_inbox(channel="toy", name="orbit", address="orbit")
        network.posts_there = [Post("p1", now - timedelta(hours=1))]
        tasks.check_nightly(timestamp=0)
        run_reactions()
        assert "taken in by the check (p1)" in mail.outbox[0].body
        shown = page(everybody)
        assert "Something had been missing, and is here now." in shown
        assert "<code>p1</code>" in shown
        assert "1 taken in late" in shown
        tasks.check_nightly(timestamp=0)
        assert Check.objects.latest("pk").is_ok
        assert "against the own list of 1 source;" in page(everybody)


def test_a_source_that_does_not_answer_is_never_fine(everybody: People) -> None:
    with toy.network() as network:
        create_inbox(channel="toy", name="orbit", address="orbit")
        network.answers = False
        tasks.check_nightly(timestamp=0)
        run_reactions()
        check = Check.objects.get()
        assert (check.is_ok, check.gaps) == (False, [])
        assert "orbit: The toy network does not answer." in mail.outbox[0].body
        shown = page(everybody)
        assert "not every source could be asked" in shown
        assert "The toy network does not answer." in shown
        assert "not every source reached" in shown


def test_somebody_checks_now_and_the_page_says_so_until_it_is_done(everybody: People) -> None:
    arrived(everybody)
    lena = signed_in(everybody, "lena")
    for _again in range(2):
        assert lena.post(reverse("ledger:check")).url == PAGE  # type: ignore[attr-defined]  # a redirect has it
    assert Check.objects.get().by == everybody.lena
    assert "Checking." in page(everybody)
    running = lena.get(reverse("ledger:state"))
    assert "HX-Refresh" not in running.headers
    run_reactions()
    done = lena.get(reverse("ledger:state"))
    assert done.headers["HX-Refresh"] == "true"
    assert "Nothing missing, nothing twice." in done.content.decode()
    assert standing.nights(clock.now()) == []


def test_a_check_whose_worker_died_is_given_up(everybody: People) -> None:
    lena = signed_in(everybody, "lena")
    lena.post(reverse("ledger:check"))
    with clock.at(clock.now() + GIVEN_UP_AFTER + timedelta(seconds=1)):
        shown = lena.get(reverse("ledger:state")).content.decode()
        assert "did not come to its end" in shown
        lena.post(reverse("ledger:check"))
    assert Check.objects.count() == 2


def test_of_a_night_with_two_checks_the_later_counts(everybody: People) -> None:
    for hour in (3, 4):
        with clock.at(datetime(2026, 11, 23, hour, tzinfo=UTC)):
            tasks.check_nightly(timestamp=0)
    (night,) = standing.nights(datetime(2026, 11, 24, tzinfo=UTC))
    assert night.at.hour == 4
