"""The port: what a channel must do, and what it is asked with. A new channel is one file that subclasses `Channel`.

docs/guides/add-a-channel.md walks through it. Nothing here knows Django or the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from firstline.channels.base import Envelope, OutgoingMessage, Parsed, ParsedMessage, SenderAuth, Setting, Thread, Trust

if TYPE_CHECKING:
    from firstline.channels.email.oauth import Provider

ActKind = Literal[
    "close",
    "reopen",
    "lock",
    "unlock",
    "label",
    "unlabel",
    "assign",
    "unassign",
    "hide",
    "unhide",
    "block",
    "unblock",
    "limit",
    "unlimit",
]


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request to `/hooks/<inbox>/`: header names in lower case, the body byte for byte, the query's first values."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that a webhook or a listing brings. `key` is the source's id of it: the same key is the same item.

    `address` names the inbox that it is for where one webhook serves several; '' for the one that was called.
    """

    raw: bytes = field(repr=False)
    envelope: Envelope
    key: str = ""
    address: str = ""


class HookRefused(Exception):
    """The request can't be believed: 401 when it shows nothing to believe, 403 when what it shows is wrong. 422 when it
    can't be used: `problems` say why, by field.
    """

    def __init__(self, status: Literal[401, 403, 422], reason: str, problems: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.problems = dict(problems or {})


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing that the source has, with the version it is at; `arrival` brings it in when the desk lacks it."""

    external_id: str
    updated_at: datetime | None
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class Polled:
    """One look at a source that is asked: what came, where the next look begins, whether more lies there already.

    `place` is the channel's own, kept until the next look; no text of anybody is in it. `used` counts what was paid
    for, by the names in `Channel.prices`.
    """

    arrivals: Sequence[Arrival]
    place: Mapping[str, str]
    more: bool = False
    used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Room:
    """How much a text takes: `used` of `limit` signs as the network counts them, in how many posts (0: too many)."""

    used: int
    limit: int
    posts: int


@dataclass(frozen=True, slots=True)
class Session:
    """What signing in gave. The tokens show in no repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int = 3600


@dataclass(frozen=True, slots=True)
class Act:
    """What the desk does to a thread upstream. `value` is a label, a login or a reason; `ref` means one message."""

    kind: ActKind
    thread: Thread
    value: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` things of this `name` (`post`: something written where others read it, `call`: any request) in
    `seconds`.
    """

    name: Literal["post", "call"]
    count: int
    seconds: int


class Channel:
    """One way in and out; what a channel does not say of itself is as below.

    `kind` is its name in an inbox, in `firstline inbox create --channel` and in the ledger. With `posts` a message goes
    to a thread that others read: one copy, at once, without an undo window. `acts` is what it can do upstream, `events`
    are the names that its webhooks may bear. `prices` are what its calls cost, in US dollars. With `signs_in` it
    is given a fresh `access_token` among its settings. With `forgets` what is deleted there leaves the desk as well.
    `answers_by` is the kind of the channel that carries the answers, '' for itself; whoever writes then only claims the
    address that they gave. With `gives_receipts` a webhook's answer says where each item can be followed.
    """

    kind: str = ""
    posts: bool = False
    acts: frozenset[ActKind] = frozenset()
    limits: tuple[Limit, ...] = ()
    events: frozenset[str] = frozenset()
    max_hook_bytes: int = 25 * 1024 * 1024
    prices: Mapping[str, Decimal] = {}
    signs_in: bool = False
    forgets: bool = False
    answers_by: str = ""
    gives_receipts: bool = False

    @property
    def settings(self) -> Sequence[Setting]:
        """What an inbox of this channel needs to be told."""
        return ()

    def address(self, settings: Mapping[str, str]) -> str:
        """What tells an inbox of this channel from another: an address, a repository, a handle."""
        return settings.get("address", "")

    def account(self, settings: Mapping[str, str]) -> str:
        """Whose limits these settings work within, without any secret: inboxes of one app or token share them."""
        return self.address(settings)

    def parse(self, raw: bytes, envelope: Envelope) -> Parsed:
        """Read raw bytes. Never raises for anything that the outside may send: what is wrong becomes a flag."""
        raise NotImplementedError

    def parse_quickly(self, raw: bytes, envelope: Envelope) -> Parsed:
        """The same for the lane that others wait in. Raises TakesLong for what should be read in the slow one."""
        return self.parse(raw, envelope)

    def verify(self, raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
        """Say whether the sender is real. Computed once, stored with its inputs, reused by a replay.

        A network vouches for its own accounts, and the door has checked that the network speaks.
        """
        return SenderAuth("pass", "network", {"event": envelope.event})

    def open_hook(self, request: HookRequest, settings: Mapping[str, str]) -> Sequence[Arrival]:
        """The items of a webhook request whose signature is right. Raises HookRefused: nothing of it is then kept."""
        raise HookRefused(403, "This inbox takes no webhooks.")

    def pace(self, settings: Mapping[str, str]) -> int:
        """How many seconds lie between two looks at a source that is asked; 0 when it comes by itself."""
        return 0

    def poll(self, place: Mapping[str, str], settings: Mapping[str, str]) -> Polled:
        """One look, a page at most, behind `place`; the first one finds only `begins_at` in it, a moment in ISO 8601.
        May run twice from the same place. Raises ChannelError.
        """
        raise NotImplementedError

    def listen(self, settings: Mapping[str, str]) -> Iterator[None] | None:
        """Rings when there is something to look for; None when the source has no bell. Raises ChannelError."""
        return None

    def check(self, settings: Mapping[str, str]) -> str:
        """Ask the source who we are there, and say it in a sentence. Raises ChannelError; NotImplementedError."""
        raise NotImplementedError

    def consents(self, settings: Mapping[str, str]) -> bool:
        """Whether an owner of the account allows the desk in by OAuth, in the browser."""
        return False

    def provider(self, settings: Mapping[str, str]) -> Provider:
        """Where they do so. Raises ValueError with a sentence when a setting is missing."""
        raise NotImplementedError

    def sign_in(self, settings: Mapping[str, str], refresh: str) -> Session:
        """A new session by the refresh token ('' when there is none yet). Raises ChannelError."""
        raise NotImplementedError

    def sign_hook(self, body: bytes, event: str, settings: Mapping[str, str]) -> HookRequest:
        """The request as the source would have sent it, for recorded payloads (`firstline intake webhook`)."""
        raise NotImplementedError

    def answer_challenge(self, query: Mapping[str, str], settings: Mapping[str, str]) -> Mapping[str, str] | None:
        """What a GET at the webhook's address must be answered by, for sources that test it so; None for all others."""
        return None

    def is_own(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether an account or app of ours wrote it. What bears a marker of ours is judged by the caller."""
        return False

    def left_out(self, thread: Thread, text: str, settings: Mapping[str, str]) -> str:
        """Which rule of the inbox leaves a new thread to others: a word for the ledger, '' to take it in."""
        return ""

    def is_helper(self, parsed: ParsedMessage, settings: Mapping[str, str]) -> bool:
        """Whether the writer answers for the place: a maintainer, a member of its organisation, a listed helper."""
        return False

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Hand one copy to the outside and return its external id. Raises ChannelError."""
        raise NotImplementedError

    def find(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """The external id of what an unclear try has left outside after all, '' when it left nothing. Raises
        ChannelError.
        """
        return ""

    def room(self, text: str, reader: str, settings: Mapping[str, str], *, is_public: bool = True) -> Room | None:
        """How much of what a post may hold this text takes, as an answer to `reader`; None where nothing limits it."""
        return None

    def charges(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> Mapping[str, int]:
        """What sending it will cost, by the names in `prices`."""
        return {}

    def charge_name(self, name: str) -> str:
        """One of the names in `prices`, in the reader's language."""
        return name

    def act(self, act: Act, settings: Mapping[str, str]) -> None:
        """Do something upstream. Doing it twice is as doing it once. Raises ChannelError."""
        raise NotImplementedError

    def is_so(self, act: Act, settings: Mapping[str, str]) -> bool:
        """Whether what an act would bring about is so already; its inverse is then left out. Raises ChannelError."""
        return False

    def reconcile(self, since: datetime, settings: Mapping[str, str]) -> Iterator[Listed]:
        """Everything that the source has and that changed since then. May run any number of times. Raises
        ChannelError.
        """
        return iter(())

    def keeps_list(self, settings: Mapping[str, str]) -> bool:
        """Whether `reconcile` can be asked: the source keeps such a list, and the inbox holds the key to it."""
        return type(self).reconcile is not Channel.reconcile

    def redeliver(self, since: datetime, settings: Mapping[str, str]) -> int:
        """Ask the source to send again what it could not deliver since then; how many. Raises ChannelError."""
        return 0


def hook_secrets(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The webhook secrets that count: the current one, and the one before it while the source is being changed over."""
    return tuple(filter(None, (settings.get("webhook_secret", ""), settings.get("webhook_secret_before", ""))))
