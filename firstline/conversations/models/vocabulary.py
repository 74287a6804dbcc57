"""The words that conversations are described with."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Whose turn it is (ground.md G5). New and snoozed are views, not states."""

    OPEN = "open", _("Open")
    WAITING_ON_CONTACT = "waiting_on_contact", _("Waiting on contact")
    WAITING_ON_ENGINEERING = "waiting_on_engineering", _("Waiting on engineering")
    TELL_CONTACT = "tell_contact", _("Tell the contact")
    RESOLVED = "resolved", _("Resolved")
    SPAM = "spam", _("Spam")


OURS = (Status.OPEN, Status.TELL_CONTACT)


UNRESOLVED = (Status.OPEN, Status.TELL_CONTACT, Status.WAITING_ON_CONTACT, Status.WAITING_ON_ENGINEERING)


ENDED = (Status.RESOLVED, Status.SPAM)


class Resolution(models.TextChoices):
    """Why a conversation is resolved; it always has a reason."""

    ANSWERED = "answered", _("Answered")
    NO_ANSWER_NEEDED = "no_answer_needed", _("No answer needed")
    DUPLICATE = "duplicate", _("Duplicate")
    NOT_OURS = "not_ours", _("Not ours to answer")
    SANCTIONED = "sanctioned", _("Sanctioned")


class Priority(models.IntegerChoices):
    """How much it hurts."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class Audience(models.TextChoices):
    """Who can read a strand."""

    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")


class ParticipantRole(models.TextChoices):
    """How a person takes part. A Cc of an inbound mail is `mentioned`: they get nothing until an agent adds them
    (S-06).
    """

    REQUESTER = "requester"
    CC = "cc"
    BCC = "bcc"
    MENTIONED = "mentioned"


class Delivery(models.TextChoices):
    """Where a message of ours is on its way (ground.md G13); `received` for theirs."""

    RECEIVED = "received", _("received")
    QUEUED = "queued", _("queued")
    CANCELLED = "cancelled", _("taken back")
    SENDING = "sending", _("sending")
    UNCLEAR = "unclear", _("unclear")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("bounced")
    FAILED = "failed", _("not sent")


class DraftMode(models.TextChoices):
    """What a draft will become."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class NoteKind(models.TextChoices):
    """What a note tells of."""

    NOTE = "note", _("Note")
    CALL = "call", _("Call")


class LinkKind(models.TextChoices):
    """How two conversations belong together, read from the first one."""

    RELATED = "related", _("Related to")
    DUPLICATE = "duplicate", _("Duplicate of")
    FOLLOW_UP = "follow_up", _("Follows from")
    SPLIT = "split", _("Split from")


class WakeKind(models.TextChoices):
    """What a snooze can wait for besides a time."""

    ISSUE = "issue", _("an issue closes")
    RELEASE = "release", _("a release is out")


class AfterSend(models.TextChoices):
    """Where a sent reply leads."""

    STAY = "stay", _("Stay with the conversation")
    NEXT = "next", _("Go to the next one")
    LIST = "list", _("Go back to the list")


class ViewAudience(models.TextChoices):
    """Who finds a saved view in the rail."""

    MINE = "mine", _("Only me")
    TEAM = "team", _("My team")
    EVERYONE = "everyone", _("Everyone")


class ViewGroup(models.TextChoices):
    """What a saved view's heads say."""

    STATUS = "status", _("Whose turn it is")
    ASSIGNEE = "assignee", _("Assignee")
    PRIORITY = "priority", _("Priority")
    INBOX = "inbox", _("Inbox")
    PLAN = "plan", _("Plan")
    NONE = "none", _("No groups")


class ViewColumn(models.TextChoices):
    """What a row of a saved view says beside who and what about."""

    PREVIEW = "preview", _("The beginning of the last message")
    PLAN = "plan", _("Plan")
    WHEN = "when", _("When it last moved")
    CLOCK = "clock", _("Clock, promise or priority")
    ASSIGNEE = "assignee", _("Assignee")


class Reason(models.TextChoices):
    """Why something is covered, reported or sanctioned (trust-and-safety.md 1.3)."""

    FRUSTRATION = "frustration", _("Frustration")
    OFF_TOPIC = "off_topic", _("Off topic")
    DUPLICATE_FLOOD = "duplicate_flood", _("The same again and again")
    SPAM = "spam", _("Spam")
    LOW_QUALITY_GENERATED = "low_quality_generated", _("Generated without care")
    INSULT = "insult", _("Insults")
    HARASSMENT = "harassment", _("Harassment")
    HATE = "hate", _("Hate")
    SEXUAL = "sexual", _("Sexual content")
    IMPERSONATION = "impersonation", _("Impersonation")
    BAN_EVASION = "ban_evasion", _("Return of somebody who is banned")
    DOXXING = "doxxing", _("Private data of others")
    THREAT = "threat", _("Threats")
    MALWARE_OR_PHISHING = "malware_or_phishing", _("Malware or phishing")
    GRAPHIC_VIOLENCE = "graphic_violence", _("Graphic violence")
    SELF_HARM_RISK = "self_harm_risk", _("Somebody may be in danger")
    CSAE = "csae", _("Child abuse")
    ILLEGAL_OTHER = "illegal_other", _("Illegal in another way")


SEVERITY: Final[dict[str, int]] = {
    Reason.FRUSTRATION: 0,
    Reason.OFF_TOPIC: 0,
    Reason.DUPLICATE_FLOOD: 1,
    Reason.SPAM: 1,
    Reason.LOW_QUALITY_GENERATED: 1,
    Reason.INSULT: 1,
    Reason.HARASSMENT: 2,
    Reason.HATE: 2,
    Reason.SEXUAL: 2,
    Reason.IMPERSONATION: 2,
    Reason.BAN_EVASION: 2,
    Reason.DOXXING: 3,
    Reason.THREAT: 3,
    Reason.MALWARE_OR_PHISHING: 3,
    Reason.GRAPHIC_VIOLENCE: 3,
    Reason.SELF_HARM_RISK: 0,
    Reason.CSAE: 3,
    Reason.ILLEGAL_OTHER: 3,
}
COVERED_FROM: Final = 2
"""Severity from which a content is covered everywhere (W-01)."""
