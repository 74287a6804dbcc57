"""What follows from what: the table of contents of the system.

Each reaction is a job of its own, queued in the transaction that recorded the event; it takes only `event_id` and may
run twice.
"""

from firstline.events.kinds import Kind
from firstline.events.recording import Reaction

process = Reaction("intake.process", queue="intake", priority=10)
deliver = Reaction("conversations.deliver", queue="delivery", priority=20)
suggest = Reaction("answers.suggest", queue="answers", priority=5)
index = Reaction("search.index", queue="search")
pull_in = Reaction("intake.pull_in", queue="intake")
answer = Reaction("answers.answer", queue="answers", priority=5)
follow = Reaction("answers.follow", queue="answers")
try_again = Reaction("answers.try_again", queue="answers")
replay = Reaction("answers.replay", queue="answers", priority=-10)
tell_admins = Reaction("inboxes.tell_admins", queue="delivery")
tell_of_gaps = Reaction("intake.tell_of_gaps", queue="delivery")

REACTIONS: dict[Kind, list[Reaction]] = {
    Kind.INBOUND_ACCEPTED: [process],
    Kind.MESSAGE_RECEIVED: [suggest, index],
    Kind.MESSAGE_EDITED: [index],
    Kind.THREAD_PULLED_IN: [pull_in],
    Kind.REPLY_QUEUED: [deliver],
    Kind.MESSAGE_SENT: [index, follow],
    Kind.NOTE_ADDED: [index],
    Kind.CONVERSATION_RESOLVED: [index, follow],
    Kind.CONVERSATION_REOPENED: [follow],
    Kind.SUGGESTION_MADE: [answer],
    Kind.REPLAY_ASKED: [replay],
    Kind.ARTICLE_PUBLISHED: [index, try_again],
    Kind.ARTICLE_CHANGED: [index],
    Kind.ARTICLE_RETIRED: [index],
    Kind.PHRASING_ADDED: [index],
    Kind.INBOX_CHANGED: [tell_admins],
    Kind.MAILBOX_FAILED: [tell_admins],
    Kind.GRANT_DIED: [tell_admins],
    Kind.LEDGER_GAP_FOUND: [tell_of_gaps],
}
