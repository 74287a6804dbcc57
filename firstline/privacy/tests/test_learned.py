"""D-07: what the desk learned from people's words holds nothing of an erased person after the next lesson."""

from collections.abc import Callable

import pytest

from firstline.answers.actions import learning
from firstline.answers.models import SortingKind, SortingModel
from firstline.conversations.actions import tagging
from firstline.models_ai import embedder
from firstline.models_ai.embedder import ModelMissing
from firstline.privacy.actions import erasing, finding
from firstline.search.rules.sorting import from_bytes
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
WORD = "vermillionotter"


def available() -> bool:
    """Whether this machine has the model that sorting learns with."""
    try:
        embedder.load()
    except ModelMissing:
        return False
    return True


def asked(people: People, sender: str, subject: str, tag: str) -> None:
    message = factories.arrives(
        people.inbox, factories.contact(sender), factories.mail(subject, f"{subject}, please help.")
    )
    tagging.add_tag(message.conversation, tag, by=people.ada)


@pytest.fixture
def people(run_reactions: Callable[..., int]) -> People:
    """Forty questions of Casey's, and six of somebody who will be erased."""
    everybody = factories.people()
    for number in range(20):
        asked(everybody, "casey", f"The invoice of month {number}", "billing")
        asked(everybody, "casey", f"I forgot the password of account {number}", "login")
    for number in range(6):
        asked(everybody, "zorblax", f"My {WORD} package is gone, number {number}", "login")
    run_reactions()
    return everybody


@pytest.mark.skipif(not available(), reason="the embedding model is not installed")
def test_d07_an_erased_person_is_in_no_later_model(people: People) -> None:
    first = learning.learn(SortingKind.TOPIC)
    assert first is not None
    assert first.rows == 46
    assert any(WORD in gram for gram in from_bytes(bytes(first.content)).words.columns)
    person = finding.find("zorblax@contact.example")
    assert person is not None
    erasing.erase(person)
    second = learning.learn(SortingKind.TOPIC)
    assert second is not None
    assert second.rows == 40
    first.refresh_from_db()
    assert bytes(first.content) == b""
    learned = from_bytes(bytes(second.content))
    grams = [*learned.words.columns, *learned.pieces.columns]
    assert not [gram for gram in grams if WORD[:8] in gram]


@pytest.mark.skipif(not available(), reason="the embedding model is not installed")
def test_d07_a_model_whose_teachers_are_gone_is_emptied(people: People) -> None:
    assert learning.learn(SortingKind.TOPIC) is not None
    for address in ("zorblax@contact.example", "casey@contact.example"):
        person = finding.find(address)
        assert person is not None
        erasing.erase(person)
    assert learning.learn(SortingKind.TOPIC) is None
    assert {bytes(one.content) for one in SortingModel.objects.all()} == {b""}
