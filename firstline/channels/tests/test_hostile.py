"""S-18: whatever a mail's HTML is made of, the child ends within its own limit, and the next mail is read."""

from collections.abc import Callable

import pytest

from firstline.channels import email
from firstline.channels.base import Envelope
from firstline.channels.tests.hostile import INPUTS

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("make", INPUTS.values(), ids=INPUTS)
def test_s18_a_hostile_mail_becomes_a_message_and_the_next_one_is_read(make: Callable[[], bytes]) -> None:
    parsed = email.parse(make(), Envelope())
    assert parsed.kind == "message"
    assert parsed.sender is not None
    following = email.parse(b"From: Noor <noor@example.net>\r\n\r\nHello", Envelope())
    assert following.text == "Hello"
    assert "too_slow" not in following.flags
