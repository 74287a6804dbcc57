"""The weekly sample: drawn by lot and always the same, judged by a person, let in when that was wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.models import Inbox
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from firstline.ledger import actions, sampling, tasks
from firstline.ledger.models import Sample, SampledItem
from firstline.ledger.rules import Week, sample_size, share_wrong
from firstline.upstream.models import KeptItem, Thread
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = date(2026, 11, 16)
IN_THE_WEEK = datetime(2026, 11, 18, 9, tzinfo=UTC)
AFTER_IT = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)


def left_out(inbox: Inbox, count: int, outcome: str = "quarantined:spam") -> None:
    InboundItem.objects.bulk_create(
        [InboundItem(inbox=inbox, received_at=IN_THE_WEEK, size=1, outcome=outcome) for _number in range(count)]
    )


def spam(everybody: People, *, text: str = "Buy now.") -> InboundItem:
    """A mail that was taken in and is kept aside: it says it is from ourselves."""
    with clock.at(IN_THE_WEEK):
        item = accept(everybody.inbox, raw_mail(sender=everybody.inbox.address, to=everybody.inbox.address, text=text))
        process(item.item_id)
    return InboundItem.objects.get(pk=item.item_id)


def signed_in(everybody: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(everybody, name))
    return client


def drawn(week: date = MONDAY) -> list[int]:
    return list(actions.draw(week).items.order_by("pk").values_list("item_id", flat=True))


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (7, 7), (20, 20), (21, 20), (400, 20), (401, 21), (2000, 100)]
)
def test_five_percent_at_least_twenty_or_all(population: int, size: int) -> None:
    assert sample_size(population) == size


def test_the_lot_falls_the_same_way_for_whoever_draws(everybody: People) -> None:
    left_out(everybody.inbox, 600)
    left_out(everybody.inbox, 5, "new")
    left_out(everybody.inbox, 5, "auto_reply")
    first = drawn()
    assert drawn() == first
    assert len(set(first)) == 30
    Sample.objects.all().delete()
    assert drawn() == first
    other = list(sampling.shuffled(sampling.left_out(MONDAY), date(2026, 11, 9)).values_list("pk", flat=True)[:30])
    assert other != first


def test_what_is_in_a_conversation_was_not_left_out(everybody: People) -> None:
    item = spam(everybody)
    left_out(everybody.inbox, 1, "ignored:labels")
    assert sampling.left_out(MONDAY).count() == 2
    for _again in range(2):
        assert actions.let_in(item, by=everybody.lena)
        item.refresh_from_db()
    assert sampling.left_out(MONDAY).count() == 1
    assert Conversation.objects.count() == 1


def test_a_night_draws_the_week_that_is_over_and_leads_are_reminded(everybody: People) -> None:
    left_out(everybody.inbox, 3)
    with clock.at(AFTER_IT):
        for _night in range(2):
            tasks.draw_sample(timestamp=0)
        tasks.remind(timestamp=0)
    sample = Sample.objects.get()
    assert (sample.week, sample.population, sample.items.count()) == (MONDAY, 3, 3)
    (letter,) = mail.outbox
    assert letter.to == [everybody.lena.email]
    assert letter.subject == "3 left-out items to look at"
    SampledItem.objects.update(verdict="right", judged_at=clock.now())
    tasks.remind(timestamp=0)
    assert len(mail.outbox) == 1


def test_one_after_the_other_is_judged_and_the_wrong_ones_go_in(everybody: People) -> None:
    items = [spam(everybody), spam(everybody, text="Where is my package?")]
    actions.draw(MONDAY)
    lena = signed_in(everybody, "lena")
    for verdict in ("right", "wrong"):
        shown = lena.get(reverse("ledger:sample"), follow=True)
        assert "Was it right to leave this out?" in shown.content.decode()
        sampled = SampledItem.objects.filter(verdict="").order_by("pk").first()
        assert sampled is not None
        assert ("Buy now." if sampled.item_id == items[0].pk else "Where is my package?") in shown.content.decode()
        lena.post(reverse("ledger:judge", args=[sampled.pk]), {"verdict": verdict})
    assert Conversation.objects.count() == 1
    assert InboundItem.objects.filter(outcome="new").count() == 1
    assert Event.objects.filter(kind=Kind.LEDGER_SAMPLE_JUDGED).count() == 2
    assert "Every sample is read" in lena.get(reverse("ledger:sample")).content.decode()
    page = lena.get(reverse("ledger:page")).content.decode()
    assert "<strong>50.0 %</strong>" in page
    assert "from 2 of 2" in page


def test_a_thread_that_was_left_to_others_is_taken_in_whole(everybody: People) -> None:
    item = InboundItem.objects.create(inbox=everybody.inbox, received_at=IN_THE_WEEK, size=1, outcome="ignored:labels")
    thread = Thread.objects.create(inbox=everybody.inbox, address="o/r#1", left_by="labels")
    KeptItem.objects.create(thread=thread, item_id=item.pk)
    assert actions.let_in(item, by=everybody.lena)
    thread.refresh_from_db()
    assert thread.left_by == "pulled_in"
    assert Event.objects.filter(kind=Kind.THREAD_PULLED_IN, subject_id=thread.pk).exists()


def test_what_no_conversation_can_be_made_of_is_noted_and_said(everybody: People) -> None:
    left_out(everybody.inbox, 1, "ignored:star")
    (sampled,) = actions.draw(MONDAY).items.all()
    lena = signed_in(everybody, "lena")
    assert "erased when its time was over" in lena.get(reverse("ledger:sampled", args=[sampled.pk])).content.decode()
    response = lena.post(reverse("ledger:judge", args=[sampled.pk]), {"verdict": "wrong"}, follow=True)
    assert "Nothing of it can become a conversation" in response.content.decode()
    assert "Say whether" in (
        lena.post(reverse("ledger:judge", args=[sampled.pk]), {"verdict": "maybe"}, follow=True).content.decode()
    )
    sampled.refresh_from_db()
    assert (sampled.verdict, sampled.judged_by) == ("wrong", everybody.lena)


def test_what_may_hurt_stays_covered_and_other_teams_mail_stays_theirs(everybody: People) -> None:
    spam(everybody, text="You worthless idiot, I hope you die.")
    left_out(everybody.other_inbox, 1)
    ours, theirs = actions.draw(MONDAY).items.order_by("item__inbox__name")
    lena = signed_in(everybody, "lena")
    shown = lena.get(reverse("ledger:sampled", args=[ours.pk])).content.decode()
    assert "Covered: it may hurt to read." in shown
    assert shown.index("<details>") < shown.index("worthless idiot")
    assert lena.get(reverse("ledger:sampled", args=[theirs.pk])).status_code == 404
    lena.post(reverse("ledger:judge", args=[ours.pk]), {"verdict": "right"})
    assert "1 more lies in an inbox" in lena.get(reverse("ledger:sample")).content.decode()
    assert signed_in(everybody, "ada").get(reverse("ledger:sample")).status_code == 403


def test_weeks_count_by_what_was_left_out_in_them() -> None:
    half = share_wrong([Week(population=1000, read=50, wrong=5), Week(population=20, read=20, wrong=0)])
    assert half.share == pytest.approx(100 / 1020)
    alone = share_wrong([Week(population=1000, read=50, wrong=5)])
    assert (half.high - half.low) == pytest.approx(alone.high - alone.low, abs=0.01)
    assert half.low < 100 / 1020 < half.high
    assert share_wrong([]).share is None
    assert share_wrong([Week(0, 0, 0)]).high == 1.0


def test_a_week_that_is_half_read_says_nothing_yet(everybody: People) -> None:
    left_out(everybody.inbox, 4)
    items = list(actions.draw(MONDAY).items.all())
    for one in items[:3]:
        actions.judge(one, "right", by=everybody.lena)
    assert sampling.share().share is None
    actions.judge(items[3], "wrong", by=everybody.lena)
    assert sampling.share().share == 0.25
    actions.judge(items[3], "right", by=everybody.lena)
    assert sampling.share().share == 0


def test_no_sample_no_letter(everybody: People) -> None:
    with clock.at(AFTER_IT):
        tasks.draw_sample(timestamp=0)
        tasks.remind(timestamp=0)
    run_reactions()
    assert mail.outbox == []
    assert sampling.week_before(AFTER_IT.date()) == MONDAY
    assert sampling.week_before(date(2026, 11, 23) - timedelta(days=1)) == date(2026, 11, 9)
