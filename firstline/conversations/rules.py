"""Pure decisions about conversations: into which one a mail goes, whose turn it is, what may not be sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from firstline.evidence import secrets

AuthResult = Literal["pass", "none", "fail"]

WAIT_FOR_CONTACT = timedelta(days=14)
WAIT_FOR_ENGINEERING = timedelta(days=7)
PREVIEW_LENGTH = 160


class Join(StrEnum):
    """What becomes of an inbound message."""

    APPEND = "append"
    GUEST_NOTE = "guest_note"
    NEW = "new"
    QUIET = "quiet"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Inbound:
    """What the decision table needs to know of a mail. Ids are of this database; None means "there is none".

    `from_us`: one of the desk's own addresses; `from_agent`: a person of the team. `token_strand`, `token_identity`:
    what a valid reply token names. `token_invalid`: there was a token, not a valid one. `listed`: it came through a
    list or forwarder that nobody named, and nothing proves the writer. `verification_mail`: a service's sign-up code.
    `referenced`: strands whose Message-IDs it names, nearest first. `participations`: strands in which the sender
    takes part.
    """

    sender_auth: AuthResult
    sender_identity: int | None
    ambiguous: bool = False
    automatic: bool = False
    listed: bool = False
    from_us: bool = False
    from_agent: bool = False
    token_strand: int | None = None
    token_identity: int | None = None
    token_invalid: bool = False
    verification_mail: bool = False
    spam: bool = False
    referenced: tuple[int, ...] = ()
    participations: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the message goes. `strand` for append, guest_note and quiet; `related` is a hint for agents only."""

    join: Join
    strand: int | None = None
    cause: str = ""
    related: int | None = None
    may_reopen: bool = False
    verified: bool = False


def match(mail: Inbound) -> Verdict:
    """The inbound decision table of trust-and-safety.md 4.1; the first row that fits wins. The subject never joins
    (S-04).
    """
    if mail.ambiguous:
        return Verdict(Join.QUARANTINE, cause="ambiguous_sender", related=_nearest(mail))
    if mail.automatic:
        return _automatic(mail)
    if mail.from_us or (mail.from_agent and mail.sender_auth != "pass"):
        return Verdict(Join.QUARANTINE, cause="from_support_address", related=_nearest(mail))
    if mail.listed and mail.token_strand is None:
        return Verdict(Join.NEW, cause="through_list", related=_nearest(mail))
    if mail.sender_auth == "fail":
        return Verdict(
            Join.QUARANTINE, cause="failed_email_authentication", related=mail.token_strand or _nearest(mail)
        )
    if mail.verification_mail and _aims_at_a_conversation(mail):
        return Verdict(Join.QUARANTINE, cause="verification_mail", related=_nearest(mail))
    if mail.token_strand is not None:
        return _with_token(mail, mail.token_strand)
    own = next((strand for strand in mail.referenced if strand in mail.participations), None)
    verified = mail.sender_auth == "pass"
    if own is not None and not mail.token_invalid:
        return Verdict(Join.APPEND, strand=own, may_reopen=True, verified=verified)
    if mail.spam:
        return Verdict(Join.QUARANTINE, cause="spam", related=_nearest(mail))
    return Verdict(Join.NEW, related=_nearest(mail), verified=verified)


def _aims_at_a_conversation(mail: Inbound) -> bool:
    """Whether it is addressed to a conversation in which its writer takes no part: the ticket trick (S-07)."""
    takes_part = any(strand in mail.participations for strand in mail.referenced)
    owns = mail.token_strand is not None and mail.token_identity == mail.sender_identity
    aims = mail.token_strand is not None or mail.token_invalid or bool(mail.referenced)
    return aims and not owns and not takes_part


def _automatic(mail: Inbound) -> Verdict:
    """Stored, no acknowledgement, no reopening; beside its conversation when it can be told, else alone."""
    if mail.sender_auth == "fail":
        return Verdict(Join.QUIET, related=_nearest(mail))
    owned = mail.token_strand if mail.token_identity == mail.sender_identity else None
    own = owned or next((strand for strand in mail.referenced if strand in mail.participations), None)
    return Verdict(Join.QUIET, strand=own, related=None if own else _nearest(mail), verified=mail.sender_auth == "pass")


def _with_token(mail: Inbound, strand: int) -> Verdict:
    is_own = mail.token_identity == mail.sender_identity
    verified = mail.sender_auth == "pass"
    if is_own:
        return Verdict(Join.APPEND, strand=strand, may_reopen=True, verified=verified)
    if verified:
        return Verdict(Join.GUEST_NOTE, strand=strand, cause="token_of_another", verified=True)
    return Verdict(Join.QUARANTINE, cause="failed_email_authentication", related=strand)


def _nearest(mail: Inbound) -> int | None:
    return mail.referenced[0] if mail.referenced else None


def preview(text: str) -> str:
    """The beginning of a message on one line, at most 160 characters, for list rows."""
    line = " ".join(text[: PREVIEW_LENGTH * 4].split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"


def wake_time(status: str, now: datetime) -> datetime | None:
    """When a conversation that waits on somebody else comes back by itself, so that nothing is dropped (ground.md
    G5).
    """
    if status == "waiting_on_contact":
        return now + WAIT_FOR_CONTACT
    if status == "waiting_on_engineering":
        return now + WAIT_FOR_ENGINEERING
    return None


def reply_subject(subject: str) -> str:
    """`Re: ` before a subject that has none yet; one line, as headers need it."""
    line = " ".join(subject.split()) or "Your message"
    return line if re.match(r"(?i)(re|aw|sv|antw|odp|vs)\s*(\[\d+\])?\s*:", line) else f"Re: {line}"


def secrets_in_draft(text: str, _audience: str) -> list[str]:
    """One sentence for each kind of credential in a draft: it must not leave the desk (P-12)."""
    kinds = sorted({secret.kind for secret in secrets.find(text)})
    return [
        f"Held back: this holds what looks like a secret ({kind.replace('_', ' ')}). Take it out before you send."
        for kind in kinds
    ]


def wants_attachment(text: str, attachments: Sequence[object]) -> bool:
    """Whether the text speaks of an attachment that is not there."""
    own_words = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    return not attachments and re.search(r"(?i)\b(attached|attachment|enclosed)\b", own_words) is not None
