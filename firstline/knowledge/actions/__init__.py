"""Every write about articles."""

from firstline.knowledge.actions.discarding import StillNeeded, discard
from firstline.knowledge.actions.doubting import ask_review, send_back, set_stale, set_true
from firstline.knowledge.actions.phrasings import add_phrasing, remove_phrasing
from firstline.knowledge.actions.proposing import (
    Proposal,
    ProposalRefused,
    attach_question,
    propose_from_conversation,
    removed_from,
)
from firstline.knowledge.actions.publishing import (
    NothingToPublish,
    publish,
    record_reason,
    record_vote,
    restore,
    retire,
)
from firstline.knowledge.actions.starting import PACKS, Installed, UnknownPack, install_pack
from firstline.knowledge.actions.writing import (
    SlugTaken,
    StaleDraft,
    create_category,
    draft_article,
    first_language,
    save_details,
    save_draft,
)

__all__ = [
    "PACKS",
    "Installed",
    "NothingToPublish",
    "Proposal",
    "ProposalRefused",
    "SlugTaken",
    "StaleDraft",
    "StillNeeded",
    "UnknownPack",
    "add_phrasing",
    "ask_review",
    "attach_question",
    "create_category",
    "discard",
    "draft_article",
    "first_language",
    "install_pack",
    "propose_from_conversation",
    "publish",
    "record_reason",
    "record_vote",
    "remove_phrasing",
    "removed_from",
    "restore",
    "retire",
    "save_details",
    "save_draft",
    "send_back",
    "set_stale",
    "set_true",
]
