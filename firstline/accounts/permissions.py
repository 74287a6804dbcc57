"""Roles are named sets of permissions. Code asks `user.can("conversations.reply", obj)`, never for a role (ground.md
G7).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is at the desk; a person may be several."""

    AGENT = "agent", _("Agent")
    TRAINEE = "trainee", _("Trainee")
    LEAD = "lead", _("Lead")
    SAFETY = "safety", _("Safety")
    ADMIN = "admin", _("Admin")


_TRAINEE = frozenset(
    {
        "conversations.view",
        "conversations.reply",
        "conversations.note",
        "conversations.assign",
        "conversations.resolve",
        "conversations.tag",
        "articles.view",
        "articles.edit",
    }
)
_AGENT = _TRAINEE | {
    "replies.send_alone",
    "replies.approve",
    "contacts.merge",
    "incidents.manage",
    "moderation.view",
    "moderation.decide",
}
_LEAD = _AGENT | {
    "articles.publish",
    "articles.retire",
    "answers.decide",
    "secrets.reveal",
    "originals.view",
    "ledger.view",
    "ledger.judge",
    "clocks.manage",
    "rules.manage",
    "replies.lift",
    "surveys.view",
    "thanks.tidy",
    "quality.review",
    "surveys.manage",
    "engineers.manage",
}
_ADMIN = frozenset(
    {
        "people.manage",
        "inboxes.manage",
        "outbox.view",
        "ledger.view",
        "ledger.judge",
        "originals.view",
        "desk.configure",
        "surveys.manage",
        "clocks.manage",
        "rules.manage",
        "engineers.manage",
    }
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.TRAINEE.value: _TRAINEE,
    Role.AGENT.value: _AGENT | {"articles.publish", "secrets.reveal", "originals.view"},
    Role.LEAD.value: _LEAD,
    Role.SAFETY.value: frozenset({"conversations.view", "moderation.view", "moderation.decide", "moderation.sealed"}),
    Role.ADMIN.value: _ADMIN,
}


def granted(roles: list[str]) -> frozenset[str]:
    """Everything that these roles allow together."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))
