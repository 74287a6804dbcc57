"""What changes in this slice, by who does it: the machine proposes, people decide, both are measured."""

from firstline.answers.actions.answering import answer, hear, judge
from firstline.answers.actions.cataloguing import EntryRefused, drop_entry, save_entry
from firstline.answers.actions.deciding import SuggestionGone, add_to_draft, dismiss, insert
from firstline.answers.actions.permitting import NotProven, set_policy
from firstline.answers.actions.rereading import read_again
from firstline.answers.actions.suggesting import suggest, try_again

__all__ = [
    "EntryRefused",
    "NotProven",
    "SuggestionGone",
    "add_to_draft",
    "answer",
    "dismiss",
    "drop_entry",
    "hear",
    "insert",
    "judge",
    "read_again",
    "save_entry",
    "set_policy",
    "suggest",
    "try_again",
]
