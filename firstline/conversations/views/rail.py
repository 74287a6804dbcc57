"""The counters beside the views, all in one statement, each stopping at a thousand."""

import functools
from typing import Any

from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.conversations.models import VIEW_FILTERS, Conversation, SavedView
from firstline.conversations.views import prepared
from firstline.conversations.views.prepared import Statement
from firstline.core.templatetags.desk import capped

LIMIT = 1000
COUNTED = [view for view in VIEW_FILTERS if view != "resolved"]
TITLES = {
    "mine": _("Mine"),
    "unassigned": _("Unassigned"),
    "mentions": _("Mentions"),
    "open": _("Our turn"),
    "waiting-on-contact": _("Waiting on contact"),
    "waiting-on-engineering": _("Waiting on engineering"),
    "tell-the-contact": _("Tell the contact"),
    "snoozed": _("Snoozed"),
    "drafts": _("Drafts"),
    "spam": _("Spam"),
    "resolved": _("Resolved"),
}


def counts(user: User) -> dict[str, str]:
    """How many conversations each counted view holds for this person, "999+" from a thousand on; zero is left empty."""
    found = _statement(len(user.team_ids)).run(user)[0]
    return {view.replace("-", "_"): capped(count) if count else "" for view, count in zip(COUNTED, found, strict=True)}


def saved_views(user: User) -> list[SavedView]:
    """The saved views that the person finds in the rail."""
    return list(SavedView.objects.visible_to(user).only("pk", "name", "owner"))


@functools.cache
def _statement(teams: int) -> Statement:
    somebody = prepared.somebody(teams)
    visible = Conversation.objects.visible_to(somebody).order_by()
    parts: list[str] = []
    parameters: list[Any] = []
    for view in COUNTED:
        sql, values = visible.in_view(view, somebody).values("pk")[:LIMIT].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  # both parts come from the ORM
        parameters += values
    return Statement(f"SELECT {', '.join(parts)}", tuple(parameters))
