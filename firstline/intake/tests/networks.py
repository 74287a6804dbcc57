"""What the tests of the networks share: an inbox, a look at its source, an answer of Ada's."""

from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Message
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import actions, polling
from firstline.intake.models import InboundItem
from tests.factories import People
from tests.fakes.network import START


def made(everybody: People, channel: str, address: str, **options: str) -> Inbox:
    """An inbox that takes everything since the fakes' clock began."""
    teams = [*everybody.ada.teams.all()]
    inbox = inboxes.create_inbox(channel=channel, name=channel, address=address, options=options, teams=teams)
    inboxes.mailbox_of(inbox)
    Mailbox.objects.filter(inbox=inbox).update(begins_at=START)
    return inbox


def look(inbox: Inbox) -> list[str]:
    """Look as a process does that has just started; the outcomes of what came."""
    before = set(InboundItem.objects.values_list("pk", flat=True))
    polling.take_new(Mailbox.objects.get(inbox=inbox))
    return processed(before)


def processed(before: set[int]) -> list[str]:
    """The outcomes of everything that came since."""
    came = InboundItem.objects.exclude(pk__in=before).order_by("pk").values_list("pk", flat=True)
    return [actions.process(pk) for pk in list(came)]


def look_again(inbox: Inbox) -> list[str]:
    """The same when it is time to look at the newest posts once more."""
    mailbox = Mailbox.objects.get(inbox=inbox)
    mailbox.place.pop("looked_again", None)
    mailbox.save(update_fields=["place"])
    return look(inbox)


def reply(everybody: People, text: str, conversation: Conversation | None = None) -> Message:
    """Ada answers; it is queued, not sent."""
    return replying.reply(conversation or Conversation.objects.get(), by=everybody.ada, text=text)


def send(message: Message) -> Message:
    """Let a queued answer go, and read what became of it."""
    delivering.deliver(message.pk)
    message.refresh_from_db()
    return message
