"""What every channel speaks: plain, frozen dataclasses and one kind of error (`port.py` is what each must do).

Nothing here knows Django or the database, so that parsing can run in a small child process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Protocol

MessageKind = Literal["message", "bounce", "auto_reply", "complaint"]
AuthResult = Literal["pass", "none", "fail"]
SettingKind = Literal["text", "paragraphs", "email", "url", "secret", "integer", "boolean"]
ChangeKind = Literal[
    "edited",
    "deleted",
    "transferred",
    "described",
    "closed",
    "reopened",
    "locked",
    "unlocked",
    "labelled",
    "answered",
    "unanswered",
    "place_renamed",
    "made_private",
    "published",
    "label_defined",
    "label_dropped",
    "released",
    "installed",
    "uninstalled",
]


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a channel: the display name as its writer set it ('' when none) and the addr-spec or handle.

    `key` is the account's own id on networks where a handle can be given to somebody else; '' means the address is it.
    """

    name: str
    email: str
    key: str = ""

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
class ForwardVerification:
    """A mail service asks whether it may forward to this inbox: its name, its code and its link ('' when none)."""

    provider: str
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class Thread:
    """An outside thread (an issue, a discussion, a post with its answers) as its source describes it at `updated_at`.

    `key` tells it apart for good, on its channel's own terms; `was` is the key it had elsewhere before; `address` and
    `ref` are what its channel needs to reach it and mean nothing to anybody else. None in `is_locked`, `labels`,
    `assignees` and `reactions` means "the source did not say".
    """

    key: str
    address: str = ""
    ref: str = ""
    url: str = ""
    title: str = ""
    kind: str = ""
    place: str = ""
    is_public: bool = True
    opener: Address | None = None
    opener_role: str = ""
    form: str = ""
    state: str = ""
    state_reason: str = ""
    is_locked: bool | None = None
    labels: tuple[str, ...] | None = None
    assignees: tuple[str, ...] | None = None
    reactions: Mapping[str, int] | None = None
    answer_url: str = ""
    closed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    was: str = ""
    first: ParsedMessage | None = field(default=None, repr=False)

    def opened_by(self, first: ParsedMessage) -> Thread:
        """The same with the message that opened it."""
        return replace(self, first=first)


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """One message from outside, whatever the channel.

    `external_id` is the channel's own id ('<…>' for mail, '' when the sender gave none). `sender` is None when
    it can't be told for certain; `sender_problem` then says why (`ambiguous_sender`) and `flags` hold the detail.
    `shown_sender` is then the best guess, for people to look at and for nothing else.
    `html` is already sanitised; the picture at `remote_pictures[n]` stands as `cid:remote.n` in it. `text` is the whole
    plain text; `reply_text` and `quoted_text` are its two parts.
    `spam_reasons` says why the flag `spam` stands, `forward_verification` what set-up has to show of such a mail.
    `thread` is set by channels that know the outside thread by its id; the table of mail (`conversations.rules`) is
    then not asked. `sender_role` is what the place says of the writer (`member`, `none`, …); `by_app` the id of the
    program that posted for them; `marker` the hidden mark of a message of ours. `tags` are put on the conversation that
    it opens; `language` is what its writer chose to write in, as an IETF tag.
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
    remote_pictures: tuple[str, ...] = ()
    attachments: tuple[ParsedAttachment, ...] = ()
    kind: MessageKind = "message"
    auto_reason: str = ""
    bounce: Bounce | None = None
    list_or_bulk: bool = False
    flags: tuple[str, ...] = ()
    spam_reasons: tuple[str, ...] = ()
    forward_verification: ForwardVerification | None = None
    thread: Thread | None = None
    ref: str = ""
    sender_role: str = ""
    sender_is_machine: bool = False
    by_app: str = ""
    marker: str = ""
    url: str = ""
    updated_at: datetime | None = None
    reactions: Mapping[str, int] | None = None
    tags: tuple[str, ...] = ()
    language: str = ""

    def within(self, thread: Thread) -> ParsedMessage:
        """The same, said in this thread."""
        return replace(self, thread=thread)


@dataclass(frozen=True, slots=True)
class StateChange:
    """Something happened to what is known already: a thread, one message, or the place they live in.

    `message` is the message as it stands after the change, where one was meant. `moved_to` is the thread under its new
    key. `value` is the one word that the kind needs (a label, a release's version, an id), `before` what it was.
    """

    kind: ChangeKind
    at: datetime | None = None
    by: Address | None = None
    thread: Thread | None = None
    message: ParsedMessage | None = None
    moved_to: Thread | None = None
    place: str = ""
    value: str = ""
    before: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing that a desk acts upon; `rule` is one lower-case word that the ledger keeps: `ignored:RULE`."""

    rule: str


Parsed = ParsedMessage | StateChange | Ignored


@dataclass(frozen=True, slots=True)
class Envelope:
    """What only the door knows of a delivery (ground.md G2). Empty strings where a source has no such thing.

    `event` and `delivery` are a webhook's: what it speaks of, and the source's own id of this delivery.
    """

    peer_ip: str = ""
    helo: str = ""
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    tls: bool = False
    event: str = ""
    delivery: str = ""

    def to_json(self) -> str:
        """One compact JSON object; the inverse of `from_json`."""
        return json.dumps(
            {
                "peer_ip": self.peer_ip,
                "helo": self.helo,
                "mail_from": self.mail_from,
                "rcpt_to": list(self.rcpt_to),
                "tls": self.tls,
                "event": self.event,
                "delivery": self.delivery,
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
            event=str(values.get("event", "")),
            delivery=str(values.get("delivery", "")),
        )


@dataclass(frozen=True, slots=True)
class SenderAuth:
    """Whether the sender is who the message says, why, and every input the verdict was taken from (ground.md G2)."""

    result: AuthResult
    reason: str
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def through(self) -> str:
        """The domain of the named forwarder that vouches for the writer, '' for none."""
        return self.inputs.get("through", "")

    @property
    def writer(self) -> Address | None:
        """Who wrote, restored by that forwarder from a From that it had rewritten; None when From says it."""
        found = self.inputs.get("writer", "")
        return Address(self.inputs.get("writer_name", ""), found) if found else None

    @property
    def listed_unverified(self) -> bool:
        """Whether it came through a list or a forwarder that nobody named, so that nothing proves the writer."""
        return bool(self.inputs.get("listed_unverified"))


class Resolver(Protocol):
    """The only way to DNS. Answers never come from a cache of ours; tests give a zone."""

    def txt(self, name: str) -> list[bytes]:
        """The TXT records of `name`, [] when there is none. Raises ResolverUnreachable when nobody answered."""
        ...


class ResolverUnreachable(Exception):
    """No DNS server answered: the verdict on a sender is then `none`, never `fail`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What `verify` may believe: our own authserv-id ('' believes no header), a resolver, shared webhook secrets, and
    the domains of the forwarders that an admin named.
    """

    authserv_id: str = ""
    resolver: Resolver | None = None
    secrets: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()


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
    `thread` is where a post goes on channels that post; `sender.name` is then the name shown under it.
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
    thread: Thread | None = None


class TakesLong(Exception):
    """Reading it takes so long that others should not wait behind it (S-18)."""


class ChannelError(Exception):
    """What broke outside while sending or fetching.

    `permanent` says that another try can't help; `unclear` that the other side may have taken the message all the same
    (ground.md G13); `sentence` is fit to be shown to an agent and holds no secret. `retry_after` is how many seconds
    the other side asked to be left alone, 0 when it did not say.
    """

    def __init__(self, sentence: str, *, permanent: bool, unclear: bool = False, retry_after: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.unclear = unclear
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a channel's inbox form. `label`, `help`, `group` the words of `choices` may be lazy translations.

    `when` names the values of another setting with which this one means anything: ("in_via", ("imap", "oauth")).
    """

    name: str
    label: str
    kind: SettingKind = "text"
    required: bool = False
    default: str = ""
    secret: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    group: str = ""
    when: tuple[str, tuple[str, ...]] = ("", ())
