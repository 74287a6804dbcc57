"""What every channel speaks: plain, frozen dataclasses, one protocol, one kind of error.

Nothing here knows Django or the database, so that parsing can run in a small child process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

MessageKind = Literal["message", "bounce", "auto_reply", "complaint"]
AuthResult = Literal["pass", "none", "fail"]
SettingKind = Literal["text", "email", "url", "secret", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: the display name as its writer set it ('' when none) and the addr-spec."""

    name: str
    email: str

    @property
    def domain(self) -> str:
        """The part after the last `@`, in lower case; '' when there is none."""
        return self.email.rpartition("@")[2].lower() if "@" in self.email else ""


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """One file. `name` is for showing only: NFKC, without control, zero-width or direction marks (S-22)."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report: whom it is about, RFC 3463 status ('' unknown), the Message-ID of our mail in it."""

    recipient: str
    status: str
    permanent: bool
    original_message_id: str


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """One message from outside, whatever the channel.

    `external_id` is the channel's own id ('<…>' for mail, '' when the sender gave none). `sender` is None when
    it can't be told for certain; `sender_problem` then says why (`ambiguous_sender`) and `flags` hold the detail.
    `shown_sender` is then the best guess, for people to look at and for nothing else.
    `html` is already sanitised. `text` is the whole plain text; `reply_text` and `quoted_text` are its two parts.
    """

    external_id: str = ""
    sender: Address | None = None
    shown_sender: Address | None = None
    sender_problem: str = ""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    reply_text: str = ""
    quoted_text: str = ""
    html: str = ""
    attachments: tuple[ParsedAttachment, ...] = ()
    kind: MessageKind = "message"
    auto_reason: str = ""
    bounce: Bounce | None = None
    list_or_bulk: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What only the door knows of a delivery (ground.md G2). Empty strings where a source has no such thing."""

    peer_ip: str = ""
    helo: str = ""
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    tls: bool = False

    def to_json(self) -> str:
        """One compact JSON object; the inverse of `from_json`."""
        return json.dumps(
            {
                "peer_ip": self.peer_ip,
                "helo": self.helo,
                "mail_from": self.mail_from,
                "rcpt_to": list(self.rcpt_to),
                "tls": self.tls,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Envelope:
        """Read what `to_json` wrote; unknown keys are ignored. Raises ValueError or TypeError for anything else."""
        values = json.loads(text or "{}")
        if not isinstance(values, dict):
            raise TypeError("An envelope is a JSON object.")
        return cls(
            peer_ip=str(values.get("peer_ip", "")),
            helo=str(values.get("helo", "")),
            mail_from=str(values.get("mail_from", "")),
            rcpt_to=tuple(str(one) for one in values.get("rcpt_to", [])),
            tls=bool(values.get("tls", False)),
        )


@dataclass(frozen=True, slots=True)
class SenderAuth:
    """Whether the sender is who the message says, why, and every input the verdict was taken from (ground.md G2)."""

    result: AuthResult
    reason: str
    inputs: dict[str, str] = field(default_factory=dict)


class Resolver(Protocol):
    """The only way to DNS. Answers never come from a cache of ours; tests give a zone."""

    def txt(self, name: str) -> list[bytes]:
        """The TXT records of `name`, [] when there is none. Raises ResolverUnreachable when nobody answered."""
        ...


class ResolverUnreachable(Exception):
    """No DNS server answered: the verdict on a sender is then `none`, never `fail`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What `verify` may believe: our own authserv-id ('' believes no header), a resolver, shared webhook secrets."""

    authserv_id: str = ""
    resolver: Resolver | None = None
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingAttachment:
    """One file of a message that leaves."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One copy of a message that leaves: `recipient` is whom this copy goes to, `to` and `cc` what its header shows.

    `message_id` ('<…>') is fixed before the first try (ground.md G13). `reply_to` is the bare address with the
    reply token, '' for none. `automatic` marks what no person wrote (RFC 3834): its return path is empty.
    """

    message_id: str
    sender: Address
    recipient: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    date: datetime
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[OutgoingAttachment, ...] = ()
    automatic: bool = False


class ChannelError(Exception):
    """What broke outside while sending or fetching.

    `permanent` says that another try can't help; `unclear` that the other side may have taken the message all the same
    (ground.md G13); `sentence` is fit to be shown to an agent and holds no secret.
    """

    def __init__(self, sentence: str, *, permanent: bool, unclear: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.unclear = unclear


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a channel's inbox form. `label` and `help` may be lazy translations."""

    name: str
    label: str
    kind: SettingKind = "text"
    required: bool = False
    default: str = ""
    secret: bool = False
    help: str = ""


@runtime_checkable
class Channel(Protocol):
    """One way in and out. `kind` is its name in an inbox, in `firstline inbox create --channel` and in the ledger."""

    kind: str

    @property
    def settings(self) -> Sequence[Setting]:
        """What an inbox of this channel needs to be told."""
        ...

    def parse(self, raw: bytes, envelope: Envelope) -> ParsedMessage:
        """Read raw bytes. Never raises for anything that the outside may send: what is wrong becomes a flag."""
        ...

    def verify(self, raw: bytes, parsed: ParsedMessage, envelope: Envelope, trust: Trust) -> SenderAuth:
        """Say whether the sender is real. Computed once, stored with its inputs, reused by a replay."""
        ...

    def send(self, outgoing: OutgoingMessage, settings: Mapping[str, str]) -> str:
        """Hand one copy to the outside and return its external id. Raises ChannelError."""
        ...
