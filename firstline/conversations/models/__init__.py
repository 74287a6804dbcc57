"""The conversation and everything that belongs to it."""

from firstline.conversations.models.attachment import Attachment, DownloadTicket
from firstline.conversations.models.conversation import (
    NEWEST_FIRST,
    VIEW_FILTERS,
    Conversation,
    ConversationQuerySet,
    Draft,
    Participant,
    Reader,
    ReadMark,
    Strand,
    Tag,
)
from firstline.conversations.models.message import ExternalId, Message, MessageQuerySet, Note, SealedSecret
from firstline.conversations.models.vocabulary import (
    ENDED,
    OURS,
    UNRESOLVED,
    Audience,
    Delivery,
    DraftMode,
    ParticipantRole,
    Priority,
    Resolution,
    Status,
)

__all__ = [
    "ENDED",
    "NEWEST_FIRST",
    "OURS",
    "UNRESOLVED",
    "VIEW_FILTERS",
    "Attachment",
    "Audience",
    "Conversation",
    "ConversationQuerySet",
    "Delivery",
    "DownloadTicket",
    "Draft",
    "DraftMode",
    "ExternalId",
    "Message",
    "MessageQuerySet",
    "Note",
    "Participant",
    "ParticipantRole",
    "Priority",
    "ReadMark",
    "Reader",
    "Resolution",
    "SealedSecret",
    "Status",
    "Strand",
    "Tag",
]
