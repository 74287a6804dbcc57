"""A hundred seeded conversations become drafts: nothing that belonged to one person is left in any of them."""

import random

import pytest

from firstline.conversations.actions import replying
from firstline.conversations.models import Delivery, Message
from firstline.knowledge import actions
from firstline.knowledge.rules import packages
from tests import factories

pytestmark = pytest.mark.django_db

NUMBER, SEED = 100, 20260504
FIRST = ("Casey", "Noor", "Joana", "Zofia", "Mateusz", "Priya", "Anneliese", "Tadhg", "Björn", "Yuki")
LAST = ("Rivers", "Haddad", "Kowalczyk", "Okafor", "Lindqvist", "Tanaka", "Fernandes", "Brightwater")
SCOPES = ("acme-internal", "northwind", "bluefin.labs", "hq_tools")


def told(dice: random.Random, name: str) -> tuple[list[str], str]:
    """What belongs to one person, and a reply that an agent could write with all of it."""
    first = name.split()[0]
    mail = f"{first.lower()}.{dice.randrange(10**6)}@{dice.choice(SCOPES).replace('_', '-')}.example.net"
    token = "npm_" + "".join(dice.choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=36))
    package = f"@{dice.choice(SCOPES)}/billing-{dice.randrange(10**6)}"
    openings = (f"Hi {first},\n\n", f"Dear {name},\n\n", f"Hello {first}!\n\n", "")
    bodies = (
        f"Your package {package} is fine. The token {token} has expired; it was made by {mail}.",
        f"{first}, we looked at {package}: {mail} has to accept the invitation before you publish again.",
        f"Publishing works once you log in as {mail}:\n\n```sh\nnpm publish {package} --//r/:_authToken={token}\n```",
    )
    steps = "\n\n1. Run `npm login`.\n2. Publish again.\n\nBest,\nAda"
    return [first, mail, token, package], dice.choice(openings) + dice.choice(bodies) + steps


def test_nothing_of_one_person_is_left_in_a_hundred_drafts() -> None:
    everybody, dice, left = factories.people(), random.Random(SEED), []
    for number in range(NUMBER):
        name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
        private, reply = told(dice, name)
        sender = factories.contact(f"someone{number}", display=name)
        question = f"Publishing {private[3]} fails for me. {name}"
        conversation = factories.arrives(
            everybody.inbox, sender, factories.mail("Publishing fails", question)
        ).conversation
        sent = replying.reply(conversation, by=everybody.ada, text="Our answer.")
        # The composer holds tokens back; what was imported from another desk may hold them.
        Message.objects.filter(pk=sent.pk).update(state=Delivery.SENT, text=reply)
        article = actions.propose_from_conversation(conversation, by=everybody.ada).article
        words = [article.texts.get().title, article.texts.get().body, *article.phrasings.values_list("text", flat=True)]
        assert "npm login" in words[1]
        left += [secret for secret in private if secret in "\n".join(words)]
    assert left == []


def test_names_of_public_projects_stay() -> None:
    gone: list[str] = []
    new = packages.NEUTRAL
    text = "@types/node, @babel/core@7; @northwind%2fkit and @northwind/kit@1.2.0 are yours. mail@corp.example/x"
    assert packages.replace_private(text, gone.append) == (
        f"@types/node, @babel/core@7; {new} and {new}@1.2.0 are yours. mail@corp.example/x"
    )
    assert gone == ["@northwind%2fkit", "@northwind/kit"]
