"""A mail service's reports about our own mail, from the signed webhook to what agents see of the message."""

import pytest
from django.test import Client

from firstline.channels import registry
from firstline.channels.port import HookRequest
from firstline.channels.tests.test_esp import KEY, mailgun_event, mailgun_mail
from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.inboxes.actions import change_settings
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def everybody() -> People:
    return factories.people()


def sent(everybody: People) -> Message:
    """Ada's answer to Casey, gone."""
    conversation = factories.conversation(everybody)
    reply = replying.reply(conversation, by=everybody.ada, text="Sign in again.")
    Message.objects.filter(pk=reply.pk).update(send_at=clock.now())
    delivering.deliver(reply.pk)
    reply.refresh_from_db()
    assert reply.state == Delivery.SENT
    return reply


def arrives(everybody: People, request: HookRequest) -> str:
    """The webhook is opened as at the door, kept and processed; its outcome."""
    told = {"in_via": "mailgun", "webhook_secret": KEY, "address": everybody.inbox.address}
    (arrival,) = registry.get("email").open_hook(request, told)
    item = accept(everybody.inbox, arrival.raw, arrival.envelope).item_id
    return process(item)


def about(message: Message, **event: str) -> HookRequest:
    """What Mailgun says of this message."""
    return mailgun_event(**{"user-variables": {"message_id": message.message_id}}, **event)


def test_a_permanent_failure_makes_the_message_bounced(everybody: People) -> None:
    message = sent(everybody)
    assert arrives(everybody, about(message, event="failed", severity="permanent", reason="bounce")) == "bounce"
    message.refresh_from_db()
    assert message.state == Delivery.BOUNCED
    assert message.conversation.status == "open"


@pytest.mark.parametrize(
    ("event", "kind"), [("delivered", Kind.MESSAGE_DELIVERED), ("complained", Kind.MESSAGE_COMPLAINED)]
)
def test_what_is_no_failure_is_noted_once(everybody: People, event: str, kind: Kind) -> None:
    message = sent(everybody)
    assert arrives(everybody, about(message, event=event)) == "state_change"
    assert arrives(everybody, about(message, event=event, id="again")) == "state_change"
    assert [one.subject_id for one in Event.objects.filter(kind=kind)] == [message.pk]
    message.refresh_from_db()
    assert message.state == Delivery.SENT


def test_a_report_about_nothing_of_ours_changes_nothing(everybody: People) -> None:
    sent(everybody)
    assert arrives(everybody, mailgun_event(event="delivered")) == "bounce"
    assert not Event.objects.filter(kind=Kind.MESSAGE_DELIVERED).exists()
    assert InboundItem.objects.exclude(outcome="pending").count() == 1


def test_a_mail_comes_through_the_webhook_door_once(everybody: People) -> None:
    values = {"address": everybody.inbox.address, "in_via": "mailgun", "webhook_secret": KEY}
    change_settings(everybody.inbox, by=everybody.lena, values=values)
    request = mailgun_mail()
    for _ in range(2):
        taken = Client().post("/hooks/desk/", request.body, content_type=FORM)
        assert taken.status_code == 202
    run_reactions()
    assert Conversation.objects.get().subject == "404 when I publish"
    refused = Client().post("/hooks/desk/", mailgun_mail(signature="0").body, content_type=FORM)
    assert refused.status_code == 403
    assert InboundItem.objects.count() == 1
