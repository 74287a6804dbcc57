"""Views and habits: how people arrange their desk."""

from typing import Any

from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.models import Habit, SavedView, ViewAudience
from firstline.core import clock

NARROW, WIDE = 240, 640
"""Bounds of a pane's width in pixels."""


class ViewRefused(Exception):
    """The view can't be kept like this; the message is a sentence for the person."""


def save_view(view: SavedView | None, *, by: User, **wanted: Any) -> SavedView:
    """Keep a view under its name; `wanted` are the fields of SavedView. Raises ViewRefused."""
    kept = view or SavedView(owner=by)
    for name, value in wanted.items():
        setattr(kept, name, value)
    if kept.audience == ViewAudience.TEAM:
        if not by.team_ids:
            raise ViewRefused(_("You are in no team, so there is nobody to share it with."))
        kept.team_id = kept.team_id if kept.team_id in by.team_ids else by.team_ids[0]
    else:
        kept.team_id = None
    kept.updated_at = clock.now()
    kept.save()
    return kept


def delete_view(view: SavedView) -> None:
    """Take it out of every rail."""
    view.delete()


def set_habit(*, by: User, **habits: Any) -> None:
    """Remember how a person likes the desk: `after_send`, `list_width`, `context_width` (pixels, held in bounds)."""
    for pane in ("list_width", "context_width"):
        if habits.get(pane):
            habits[pane] = min(max(habits[pane], NARROW), WIDE)
    Habit.objects.update_or_create(user=by, defaults=habits)
