"""A network that exists only here: it keeps a list of posts, and sometimes does not answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from firstline.channels import registry
from firstline.channels.base import Address, ChannelError, Envelope, Ignored, Parsed, ParsedMessage, Setting, Thread
from firstline.channels.port import Arrival, Channel, Listed


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wrote there; `root` is the post that opened the thread, '' for one that opens its own."""

    name: str
    at: datetime
    text: str = "The registry answers 503."
    root: str = ""
    is_left_out: bool = False

    def arrival(self) -> Arrival:
        """The post as the network sends it."""
        body = {"name": self.name, "at": self.at.isoformat(), "text": self.text, "root": self.root or self.name}
        return Arrival(json.dumps({**body, "left_out": self.is_left_out}).encode(), Envelope())


@dataclass
class Toy(Channel):
    """Posts in, nothing out; `posts_there` is what the network has."""

    kind = "toy"
    posts = True
    posts_there: list[Post] = field(default_factory=list)
    answers: bool = True

    @property
    def settings(self) -> Sequence[Setting]:
        """Only who we are there."""
        return (Setting("address", "Handle", required=True),)

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """A post is a message of its thread."""
        body = json.loads(raw)
        if body["left_out"]:
            return Ignored("not_for_us")
        at, casey = datetime.fromisoformat(body["at"]), Address("Casey", "casey", "501")
        thread = Thread(key=body["root"], title="503", opener=casey, state="open", updated_at=at)
        message = ParsedMessage(
            external_id=body["name"], sender=casey, text=body["text"], reply_text=body["text"], date=at, updated_at=at
        )
        return message.within(thread)

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Everything since then; the key of a version is the post's name with its time."""
        for post in self.posts_there:
            if post.at >= since:
                arrival = post.arrival()
                yield Listed(post.name, post.at, Arrival(arrival.raw, arrival.envelope, f"{post.name}@{post.at}"))
        if not self.answers:
            raise ChannelError("The toy network does not answer.", permanent=False)


@contextmanager
def network() -> Iterator[Toy]:
    """The network for the duration of a test."""
    channel = Toy()
    registry.register(channel)
    try:
        yield channel
    finally:
        registry._channels.pop(channel.kind)
