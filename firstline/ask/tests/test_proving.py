"""An address is claimed until its owner answers for it; then, and only then, it is theirs."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from firstline.ask import actions
from firstline.ask.models import AddressLink
from firstline.channels.web.asked import judge
from firstline.contacts.models import ContactIdentity, Evidence
from firstline.conversations.actions import delivering, noting, replying
from firstline.conversations.models import Conversation, Message, Participant
from firstline.core import clock, sealing
from firstline.inboxes.actions import stop
from firstline.inboxes.actions.stopping import not_me_link
from firstline.inboxes.models import Inbox, KeptMail, StoppedAddress
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from tests import factories
from tests.factories import People

ADDRESS = "casey@contact.example"
SECRET_WORD = "zanzibar"


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()


@pytest.fixture
def asked(form: Inbox, people: People, run_reactions: Callable[..., int]) -> Conversation:
    """Somebody asked in Casey's name, and Casey has a conversation of her own."""
    factories.arrives(people.inbox, people.casey, factories.mail("Mine", "Only between us."))
    ask(form, ADDRESS)
    run_reactions()
    return Conversation.objects.get(inbox=form)


def ask(form: Inbox, address: str, stamp: str = "one") -> None:
    """A question from an address."""
    question = judge({"type": "question", "email": address, "text": f"A question about {SECRET_WORD}."})
    actions.ask(form, question, stamp=stamp, peer="")


def letters(address: str = ADDRESS) -> list[str]:
    """The letters that the desk itself wrote to an address."""
    return [one.message().as_string() for one in mail.outbox if address in one.to]


def path(letter: str, page: str) -> str:
    """The path of the link to a page in a letter."""
    found = re.search(rf"(/ask/{page}/[\w-]+/)", letter)
    assert found is not None, letter
    return found.group(1)


def test_the_letter_is_plain_goes_once_and_says_how_to_end_all_letters(
    form: Inbox, asked: Conversation, run_reactions: Callable[..., int]
) -> None:
    (letter,) = letters()
    assert "Auto-Submitted: auto-generated" in letter
    assert SECRET_WORD not in letter
    assert "ends all mail to this address: http" in letter
    ask(form, ADDRESS, "two")
    run_reactions()
    assert len(letters()) == 1


def test_the_link_asks_first_and_proves_once(client: Client, people: People, asked: Conversation) -> None:
    link = path(letters()[0], "confirm")
    assert "Yes, it was me" in client.get(link).content.decode()
    assert Conversation.objects.get(pk=asked.pk).unverified
    client.post(link)
    proved = Conversation.objects.get(pk=asked.pk)
    assert not proved.unverified
    assert proved.contact_id == people.casey.contact_id
    assert Participant.objects.get(strand__conversation=asked).identity_id == people.casey.pk
    message = asked.messages.get()
    assert message.author_identity is not None
    assert message.author_identity.channel == "web"  # what was said stays said by the one that claimed
    assert {one.kind for one in Evidence.objects.all()} == {"claimed", "mail_link"}
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404


def test_a_link_that_is_over_or_nobodys_proves_nothing(client: Client, asked: Conversation) -> None:
    link = path(letters()[0], "confirm")
    AddressLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    for address in (link, "/ask/confirm/made-up/", "/ask/confirm/%20/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert Conversation.objects.get(pk=asked.pk).unverified


def test_whoever_ended_all_letters_gets_none(form: Inbox, people: People, run_reactions: Callable[..., int]) -> None:
    token = not_me_link("noor@contact.example").rstrip("/").rpartition("/")[2]
    stop(token)
    ask(form, "noor@contact.example")
    run_reactions()
    assert letters("noor@contact.example") == []
    assert StoppedAddress.objects.get().stopped_at is not None


def test_many_addresses_of_a_domain_get_three_letters_a_minute(
    form: Inbox, people: People, run_reactions: Callable[..., int]
) -> None:
    for number in range(6):
        ask(form, f"person{number}@flood.example", f"stamp {number}")
    run_reactions()
    assert InboundItem.objects.filter(outcome="new").count() == 6
    assert len([one for one in mail.outbox if one.to[0].endswith("@flood.example")]) == 3


def test_an_answer_by_mail_from_that_address_proves_it_and_joins(
    people: People, asked: Conversation, run_reactions: Callable[..., int]
) -> None:
    reply = replying.reply(asked, by=people.ada, text="Here is how.")
    run_reactions(reply.send_at)
    assert reply.send_at is not None
    Message.objects.filter(pk=reply.pk).update(send_at=clock.now() - timedelta(seconds=1))
    delivering.deliver(reply.pk)
    kept = KeptMail.objects.get(recipient=ADDRESS)
    sent = sealing.unseal(bytes(kept.ciphertext), bytes(kept.wrapped_key)).decode()
    assert "Here is how." in sent
    to = re.search(r"support\+[\w-]+@orbit\.example", sent.replace("=\n", ""))
    assert to is not None
    raw = (
        f"From: Casey <{ADDRESS}>\r\nTo: {to.group(0)}\r\nSubject: Re\r\nMessage-ID: <r1@contact.example>\r\n\r\n"
        "Thanks, that helped.\r\n"
    ).encode()
    assert process(accept(people.inbox, raw).item_id) == "threaded"
    joined = Conversation.objects.get(pk=asked.pk)
    assert joined.messages.latest("pk").author_identity_id == people.casey.pk
    assert joined.contact_id == people.casey.contact_id
    assert Evidence.objects.filter(kind="mail_reply", identity=people.casey).exists()


def test_an_automatic_answer_proves_nothing(people: People, asked: Conversation) -> None:
    participant = Participant.objects.get(strand__conversation=asked)
    to = delivering.reply_address(people.inbox.address, participant)
    raw = (
        f"From: {ADDRESS}\r\nTo: {to}\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n"
        "Message-ID: <r2@contact.example>\r\n\r\nI am away.\r\n"
    ).encode()
    process(accept(people.inbox, raw).item_id)
    assert not Evidence.objects.filter(kind="mail_reply").exists()
    assert Conversation.objects.get(pk=asked.pk).unverified


def test_ones_own_questions_open_by_a_link_once_in_the_browser_that_asked(
    client: Client, people: People, asked: Conversation
) -> None:
    other, mine = Client(), reverse("ask:mine")
    assert "Give the address" in client.get(mine).content.decode()
    client.post(mine, {"email": ADDRESS})
    link = path(letters()[-1], "mine")
    assert other.get(link).status_code == 404
    assert other.post(link).status_code == 404
    assert "Show my questions" in client.get(link).content.decode()
    assert SECRET_WORD not in client.get(mine).content.decode()
    client.post(link)
    shown = client.get(mine).content.decode()
    assert SECRET_WORD in shown
    assert "Only between us." in shown
    assert client.post(link).status_code == 404
    assert "Give the address" in other.get(mine).content.decode()
    client.post(mine, {"leave": "1"})
    assert SECRET_WORD not in client.get(mine).content.decode()


def test_an_address_that_never_asked_looks_the_same_and_gets_nothing(client: Client, form: Inbox) -> None:
    known = client.post(reverse("ask:mine"), {"email": "nobody@contact.example"})
    assert "Look into your mail." in known.content.decode()
    assert letters("nobody@contact.example") == []


def test_notes_sealed_conversations_and_what_was_said_aside_are_not_shown(
    client: Client, people: People, asked: Conversation
) -> None:
    noting.add_note(asked, by=people.ada, text="Looks like a forger.")
    replying.ask_aside(asked, by=people.ada, to="rui@vendor.example", subject="", text="Do you know them?")
    client.post(reverse("ask:mine"), {"email": ADDRESS})
    client.post(path(letters()[-1], "mine"))
    shown = client.get(reverse("ask:mine")).content.decode()
    assert "forger" not in shown
    assert "Do you know them?" not in shown
    Conversation.objects.filter(pk=asked.pk).update(sealed=True)
    assert SECRET_WORD not in client.get(reverse("ask:mine")).content.decode()
    assert ContactIdentity.objects.filter(channel="web").count() == 1
