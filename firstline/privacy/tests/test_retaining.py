"""What was kept long enough goes, each class at its time, counted before, twice as once (P-06)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from firstline.channels.base import Envelope
from firstline.conversations.actions import covering, statuses
from firstline.conversations.models import Conversation, Cover, Message, Reason, Reveal
from firstline.core import clock
from firstline.intake.actions import accept
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from firstline.moderation.actions import deciding, reporting
from firstline.moderation.models import Evidence, Outcome
from firstline.privacy.actions import retaining
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
TOKEN = "npm_" + "Ab3Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o"


@pytest.fixture
def people(run_reactions: Callable[..., int]) -> People:
    everybody = factories.people()
    for sender, text in (("casey", "npm says 404"), ("noor", f"token {TOKEN}"), ("desk", "kept aside")):
        address = everybody.inbox.address if sender == "desk" else f"{sender}@contact.example"
        raw = raw_mail(sender=address, to=everybody.inbox.address, text=text)
        accept(everybody.inbox, raw, Envelope(rcpt_to=(everybody.inbox.address,)))
    run_reactions()
    return everybody


def left() -> int:
    return InboundItem.objects.filter(wrapped_key__isnull=False).count()


@pytest.mark.parametrize(("days", "kept"), [(6, 3), (8, 2), (31, 1), (91, 0)])
def test_p06_raw_mail_goes_after_7_30_and_90_days(people: People, days: int, kept: int) -> None:
    now = clock.now() + timedelta(days=days)
    assert retaining.run(now, dry_run=True)["raw_items"] == 3 - kept
    assert left() == 3
    assert retaining.run(now)["raw_items"] == 3 - kept
    assert left() == kept
    assert retaining.run(now)["raw_items"] == 0
    assert InboundItem.objects.count() == 3


def test_p06_w12_what_somebody_looked_at_is_forgotten_after_180_days(people: People) -> None:
    message = Message.objects.filter(author_identity__address__startswith="casey").get()
    reporting.report_by_agent(message, by=people.ada, reason=Reason.HATE)
    covering.reveal(Cover.objects.get(), by=people.ada, paragraphs=1)
    retaining.run(clock.now() + timedelta(days=179))
    assert Reveal.objects.exists()
    retaining.run(clock.now() + timedelta(days=181))
    assert not Reveal.objects.exists()


def test_p06_evidence_and_old_conversations_go_after_24_months(people: People) -> None:
    message = Message.objects.filter(author_identity__address__startswith="casey").get()
    case = reporting.report_by_agent(message, by=people.ada, reason=Reason.SPAM)
    decision = deciding.Decision("warn", Reason.SPAM, pattern_reason="A wave.")
    deciding.decide(case, decision, by=people.ada)
    statuses.resolve(message.conversation, by=people.ada)
    retaining.run(clock.now() + timedelta(days=720))
    assert Evidence.objects.exclude(ciphertext=b"").exists()
    later = clock.now() + timedelta(days=731)
    assert retaining.run(later)["conversations"] == 1
    assert retaining.run(later)["conversations"] == 0
    assert not Evidence.objects.exclude(ciphertext=b"").exists()
    message.refresh_from_db()
    assert (message.text, Conversation.objects.get(pk=message.conversation_id).last_preview) == ("", "")
    assert Message.objects.exclude(text="").exists()
    assert Outcome.ACTIONED in {case.outcome for case in [type(case).objects.get()]}
