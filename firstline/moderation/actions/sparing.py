"""Whoever a severe message names does not have to read it: somebody else gets it (W-10)."""

from firstline.accounts.models import User
from firstline.conversations.actions import assigning
from firstline.conversations.models import COVERED_FROM, Message
from firstline.events.recording import MACHINE
from firstline.moderation import rules
from firstline.moderation.actions import routing
from firstline.moderation.models import Case


def spare(case: Case, message: Message) -> None:
    """Note whom of the team a severe message names; what they have in hand of it goes to the next person."""
    if case.severity < COVERED_FROM:
        return
    team = list(User.objects.filter(is_active=True, teams__inboxes=case.inbox_id).distinct())
    words = rules.words_of(f"{message.subject}\n{message.text}")
    named = [one for one in team if rules.names(one.name, words)]
    if not named:
        return
    case.aimed_at.add(*named)
    if case.assignee_id in {one.pk for one in named}:
        routing.assign(case)
    conversation = message.conversation
    if conversation.assignee_id in {one.pk for one in named}:
        assigning.assign(conversation, next(iter(routing.eligible(case)), None), by=MACHINE)
