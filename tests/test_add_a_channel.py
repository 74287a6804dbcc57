"""docs/guides/add-a-channel.md, followed: one new file, and a fifth network's post is a conversation."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import firstline.channels
from firstline.channels import registry
from firstline.conversations.models import Conversation
from firstline.inboxes.actions import create_inbox
from firstline.intake import recorded
from tests.factories import people

GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "add-a-channel.md"


@pytest.fixture
def pebble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The guide's code as the one new file of `channels/`."""
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert code is not None
    (tmp_path / "pebble.py").write_text(code.group(1))
    monkeypatch.setattr(firstline.channels, "__path__", [*firstline.channels.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    registry._discover.cache_clear()
    yield tmp_path
    registry._channels.pop("pebble", None)
    sys.modules.pop("firstline.channels.pebble", None)
    registry._discover.cache_clear()


def test_the_guides_channel_is_found_and_takes_posts(db: None, pebble: Path) -> None:
    people()
    assert "pebble" in registry.kinds()
    options = {"handle": "orbit", "webhook_secret": "s"}
    inbox = create_inbox(channel="pebble", name="pebble", address="orbit", options=options)
    post = {"id": "p1", "name": "Casey", "handle": "casey", "author_id": "501", "text": "The registry answers 503."}
    answer = {**post, "id": "p2", "root_id": "p1", "text": "And again."}
    outcomes: list[str] = []
    for event, body in [("post.created", post), ("post.created", answer), ("post.edited", {**answer, "text": "Twice."}),
                        ("like.created", {**post, "text": "Like."}), ("post.created", {"id": 1})]:  # fmt: skip
        file = pebble / f"{len(outcomes)}.payload"
        file.write_text(json.dumps(body))
        outcomes.append(recorded.send(inbox, file, event)["outcome"])
    assert outcomes == ["new", "threaded", "state_change", "ignored:other_event", "ignored:not_a_post"]
    messages = Conversation.objects.get().messages.order_by("pk")
    assert [one.text for one in messages] == ["The registry answers 503.", "Twice."]
