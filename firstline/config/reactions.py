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
examine = Reaction("upkeep.examine", queue="search", priority=-5)
foresee = Reaction("savings.foresee", queue="search", priority=-5)
act_upstream = Reaction("upstream.perform", queue="delivery", priority=15)
follow_upstream = Reaction("upstream.follow", queue="delivery")
pull_in = Reaction("intake.pull_in", queue="intake")
answer = Reaction("answers.answer", queue="answers", priority=5)
follow = Reaction("answers.follow", queue="answers")
set_clock = Reaction("sla.follow", priority=8)
tell = Reaction("notifications.tell", priority=2)
mind_shift = Reaction("shifts.follow", priority=4)
run_rules = Reaction("automation.follow", priority=6)
mail_news = Reaction("notifications.mail", queue="delivery")
push_news = Reaction("notifications.push", queue="delivery", priority=5)
set_all_clocks = Reaction("sla.reckon_all")
try_again = Reaction("answers.try_again", queue="answers")
read_abroad = Reaction("search.read_in_other_languages", queue="search", priority=-5)
read_again = Reaction("answers.read_again", queue="answers", priority=-5)
replay = Reaction("answers.replay", queue="answers", priority=-10)
tell_admins = Reaction("inboxes.tell_admins", queue="delivery")
check_ledger = Reaction("ledger.check")
tell_of_gaps = Reaction("ledger.tell_of_gaps", queue="delivery")
acknowledge = Reaction("intake.acknowledge", queue="delivery")
tell_of_stop = Reaction("intake.tell_of_stop", queue="delivery")

look = Reaction("moderation.look")
advise = Reaction("privacy.advise", queue="delivery")
tell_platform = Reaction("privacy.tell_platform", queue="delivery")
care = Reaction("moderation.care", priority=20)
call_second = Reaction("moderation.call_second", queue="delivery", priority=20)
tell_stuck = Reaction("moderation.tell_stuck", queue="delivery")

confirm_address = Reaction("ask.confirm_address", queue="delivery")

send_help = Reaction("escalations.send", queue="delivery")
nudge_engineer = Reaction("escalations.nudge", queue="delivery")
read_issue = Reaction("escalations.read_issue", queue="delivery")
look_at_issues = Reaction("escalations.look_at_issues", queue="delivery")

tell_author = Reaction("quality.tell", queue="delivery")
plan_survey = Reaction("surveys.plan", priority=-5)

look_elsewhere = Reaction("handles.look_elsewhere", queue="answers")

call_out = Reaction("paging.call_out", priority=30)
ring = Reaction("paging.ring", queue="delivery", priority=30)
pass_on = Reaction("paging.pass_on", priority=30)
answered_elsewhere = Reaction("paging.answered", priority=30)
quiet_pagers = Reaction("paging.quiet", queue="delivery", priority=20)

tell_everybody = Reaction("incidents.tell", queue="delivery")
write_status = Reaction("incidents.write_status", priority=10)

REACTIONS: dict[Kind, list[Reaction]] = {
    Kind.INBOUND_ACCEPTED: [process],
    Kind.MESSAGE_RECEIVED: [suggest, index, set_clock, tell, run_rules, mind_shift],
    Kind.MESSAGE_EDITED: [index],
    Kind.MESSAGE_COVERED: [index, look],
    Kind.CARE_SEEN: [care],
    Kind.SECRET_SEALED: [advise, tell_platform],
    Kind.CARE_ASKED: [call_second, call_out],
    Kind.SANCTION_STUCK: [tell_stuck],
    Kind.MESSAGE_UNCOVERED: [suggest, index],
    Kind.THREAD_PULLED_IN: [pull_in],
    Kind.THREAD_ACT_ASKED: [act_upstream],
    Kind.CONVERSATION_TAGGED: [follow_upstream],
    Kind.CONVERSATION_UNTAGGED: [follow_upstream],
    Kind.REPLY_QUEUED: [deliver],
    Kind.MESSAGE_SENT: [index, follow, set_clock],
    Kind.MESSAGE_FAILED: [set_clock, tell],
    Kind.MESSAGE_BOUNCED: [set_clock, tell],
    Kind.NOTE_ADDED: [index, tell],
    Kind.CONVERSATION_RESOLVED: [index, follow, follow_upstream, set_clock, run_rules, plan_survey],
    Kind.CONVERSATION_REOPENED: [follow, follow_upstream, set_clock, run_rules],
    Kind.CONVERSATION_STATUS_CHANGED: [set_clock, run_rules],
    Kind.CONVERSATION_WOKEN: [set_clock],
    Kind.CONVERSATION_PRIORITY_CHANGED: [set_clock, run_rules],
    Kind.CONVERSATION_MERGED: [set_clock],
    Kind.CONVERSATION_SPLIT: [set_clock],
    Kind.CONVERSATION_ASSIGNED: [tell],
    Kind.CLOCK_AT_RISK: [tell],
    Kind.CLOCK_MISSED: [tell],
    Kind.PUSH_ASKED: [push_news],
    Kind.NOTIFICATION_MADE: [mail_news],
    Kind.CONVERSATION_CREATED: [run_rules, look_elsewhere],
    Kind.REVIEW_ASKED: [tell],
    Kind.REVIEW_REMARKED: [tell],
    Kind.REVIEW_EDITED: [tell],
    Kind.REVIEW_APPROVED: [tell],
    Kind.CLOCKS_CHANGED: [set_all_clocks],
    Kind.ANSWER_REVIEWED: [tell_author],
    Kind.SUGGESTION_MADE: [answer],
    Kind.REPLAY_ASKED: [replay],
    Kind.SIGNATURE_CHANGED: [read_again],
    Kind.LANGUAGE_MET: [read_abroad],
    Kind.ARTICLE_DRAFTED: [foresee],
    Kind.ARTICLE_PUBLISHED: [index, try_again, examine],
    Kind.ARTICLE_CHANGED: [index, examine],
    Kind.ARTICLE_RETIRED: [index],
    Kind.ARTICLE_STALED: [index],
    Kind.ARTICLE_TRUSTED: [index],
    Kind.RELEASE_RECORDED: [examine, look_at_issues],
    Kind.PHRASING_ADDED: [index],
    Kind.ADDRESS_CLAIMED: [confirm_address],
    Kind.INBOX_CHANGED: [tell_admins],
    Kind.MAILBOX_FAILED: [tell_admins],
    Kind.GRANT_DIED: [tell_admins],
    Kind.LEDGER_CHECK_ASKED: [check_ledger],
    Kind.LEDGER_GAP_FOUND: [tell_of_gaps],
    Kind.HELP_ASKED: [send_help],
    Kind.ISSUE_LINKED: [read_issue],
    Kind.THREAD_CLOSED: [look_at_issues],
    Kind.THREAD_REOPENED: [look_at_issues],
    Kind.HELP_NUDGED: [nudge_engineer],
    Kind.ACKNOWLEDGEMENT_ASKED: [acknowledge],
    Kind.ACKNOWLEDGEMENTS_STOPPED: [tell_of_stop],
    Kind.INCIDENT_SUSPECTED: [tell, call_out],
    Kind.INCIDENT_UPDATE_DUE: [tell],
    Kind.INCIDENT_DECLARED: [write_status, answered_elsewhere],
    Kind.INCIDENT_DISMISSED: [answered_elsewhere],
    Kind.CARE_TAKEN: [answered_elsewhere],
    Kind.MALWARE_REPORTED: [call_out],
    Kind.PAGE_CALLED: [ring],
    Kind.PAGE_WAITED: [pass_on],
    Kind.PAGE_ANSWERED: [quiet_pagers],
    Kind.INCIDENT_UPDATED: [write_status],
    Kind.INCIDENT_LEARNED: [write_status],
    Kind.INCIDENT_TELLING_ASKED: [tell_everybody],
    Kind.STATUS_PAGE_CHANGED: [write_status],
}
