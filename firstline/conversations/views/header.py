"""The conversation's header: whose turn it is, who looks after it, and the menus to change that."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from firstline.accounts.doors import person
from firstline.accounts.models import User
from firstline.conversations.forms import preset
from firstline.conversations.models import Conversation, Priority, Resolution, Status
from firstline.core import clock

LOOKS = {
    Status.OPEN: "open",
    Status.WAITING_ON_CONTACT: "waiting",
    Status.WAITING_ON_ENGINEERING: "engineering",
    Status.TELL_CONTACT: "tell",
    Status.RESOLVED: "resolved",
    Status.SPAM: "spam",
}


def header(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the header and its menus show."""
    now = clock.now()
    is_snoozed = conversation.is_snoozed(now)
    is_new = conversation.status == Status.OPEN and conversation.first_response_at is None
    return {
        "status_look": "snoozed" if is_snoozed else "new" if is_new else LOOKS[Status(conversation.status)],
        "is_snoozed": is_snoozed,
        "is_new": is_new,
        "tags": list(conversation.tags.order_by("name")),
        "team": _team(conversation, person(request)),
        "statuses": [one for one in Status if one not in (Status.RESOLVED, Status.SPAM)],
        "priorities": list(Priority),
        "resolutions": [one for one in Resolution if one not in (Resolution.ANSWERED, Resolution.SANCTIONED)],
        "tomorrow": preset("tomorrow", now),
        "next_week": preset("week", now),
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu of people."""

    pk: int
    name: str
    initials: str
    is_me: bool
    is_assignee: bool


def _team(conversation: Conversation, user: User) -> list[Choice]:
    people = colleagues(conversation, user)
    return [
        Choice(one.pk, one.name, one.initials, one.pk == user.pk, one.pk == conversation.assignee_id) for one in people
    ]


def colleagues(conversation: Conversation, user: User) -> list[User]:
    """Who may be given the conversation: active people of the teams that its inbox is granted to, oneself first."""
    found = User.objects.filter(is_active=True, teams__inboxes=conversation.inbox_id).distinct().order_by("name")
    people = [one for one in found.only("name", "roles", "is_active") if one.can("conversations.view")]
    return sorted(people, key=lambda one: one.pk != user.pk)
