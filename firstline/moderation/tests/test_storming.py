"""M-15: a crowd comes; strangers are covered and slowed, known people are not, and it all ends by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import Team
from firstline.contacts.models import Contact
from firstline.conversations.models import Conversation, Cover, Message, Status
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.inboxes.actions import create_inbox
from firstline.moderation.actions import storming
from firstline.moderation.models import Brigade, Case, Limit
from firstline.moderation.tests.test_upstream import Blocks, running
from tests import factories
from tests.factories import People


@pytest.fixture
def brigade(people: People) -> Brigade:
    """Casey has been known for a month; then Ada switches it on by one click."""
    Contact.objects.filter(pk=people.casey.contact_id).update(created_at=clock.now() - timedelta(days=30))
    people.casey.refresh_from_db()
    ada = Client()
    ada.force_login(people.ada)
    ada.post(reverse("moderation:begin_brigade"), {"inbox": people.inbox.pk, "hours": "24"})
    ada.post(reverse("moderation:begin_brigade"), {"inbox": people.inbox.pk, "hours": "24"})
    assert "End it now" in ada.get(reverse("moderation:index")).content.decode()
    return Brigade.objects.get()


def writes(people: People, name: str, times: int = 1) -> list[Message]:
    return [
        factories.arrives(people.inbox, factories.contact(name), factories.mail("Why", f"Why did you do it? {number}"))
        for number in range(times)
    ]


def test_m15_strangers_are_covered_and_slowed_and_known_people_are_not(
    people: People, brigade: Brigade, run_reactions: Callable[..., int]
) -> None:
    crowd = writes(people, "stranger", 5)
    known = factories.arrives(people.inbox, people.casey, factories.mail("404", "npm publish says 404."))
    run_reactions()
    covers = {one.message_id: one.is_held for one in Cover.objects.filter(version=storming.VERSION)}
    assert covers == {one.pk: number >= 3 for number, one in enumerate(crowd)}
    assert Cover.objects.filter(message=known).first() is None
    assert not Case.objects.exists()
    assert Conversation.objects.filter(status=Status.OPEN, messages__in=crowd).count() == 3


def test_m15_it_ends_by_itself_and_what_was_only_covered_for_it_is_shown(people: People, brigade: Brigade) -> None:
    (message,) = writes(people, "stranger")
    assert storming.end_due() == 0
    with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
        assert storming.end_due() == 1
        assert not Cover.objects.filter(message=message, uncovered_at=None).exists()
        (later,) = writes(people, "latecomer")
    assert not Cover.objects.filter(message=later).exists()
    kinds = AuditEntry.objects.filter(subject_id=brigade.pk).values_list("kind", flat=True)
    assert {Kind.BRIGADE_BEGUN, Kind.BRIGADE_ENDED} <= set(kinds)


def test_m15_another_inbox_and_another_team_know_nothing_of_it(people: People, brigade: Brigade) -> None:
    mail = factories.mail("Why", "Why did you do it?")
    other = factories.arrives(people.other_inbox, factories.contact("stranger"), mail)
    assert not Cover.objects.filter(message=other).exists()
    rita = Client()
    rita.force_login(people.rita)
    assert rita.post(reverse("moderation:end_brigade", args=[brigade.pk])).status_code == 404


def test_m15_github_limits_who_may_write_and_is_freed_again(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = Blocks()
    with running(blocks) as url:
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", url.removeprefix("http://"))
        team = Team.objects.get(name="Desk")
        inbox = create_inbox(channel="github", name="issues", address="orbit/cli", teams=[team])
        inbox.settings = {"repository": "orbit/cli", "api_url": url, "token": "made-up"}
        inbox.save(update_fields=["settings"])
        found = storming.begin(inbox, by=people.ada, hours=72)
        blocks.broken = 1
        assert storming.limit_due() == 0
        assert storming.limit_due() == 1
        found.refresh_from_db()
        assert (found.limit, found.why) == (Limit.DONE, "")
        storming.end(found, by=people.ada)
        assert storming.limit_due() == 1
    path = "/repos/orbit/cli/interaction-limits"
    assert blocks.asked == [f"PUT {path}", f"PUT {path}", f"DELETE {path}"]
