"""Which panels of other slices have something to say beside a conversation."""

import functools
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.conversations.views import prepared
from firstline.conversations.views.prepared import Statement


def shown(conversation: Conversation, user: User) -> dict[str, Any]:
    """Every panel by its place, and the names of those that nothing points at: they are `silent`, and not asked.

    One statement for all that have a gate in `config/panels.py`.
    """
    gates = _gates()
    found = _statement().run(user, {prepared.ITSELF: conversation.pk})[0] if gates else ()
    silent = {name for name, is_there in zip(gates, found, strict=True) if not is_there}
    return {"panels": import_string(settings.PANELS), "silent": silent}


@functools.cache
def _gates() -> dict[str, list[str]]:
    found: dict[str, list[str]] = import_string(settings.PANEL_GATES)
    return found


@functools.cache
def _statement() -> Statement:
    questions, parameters = [], []
    for paths in _gates().values():
        parts = [_points_here(path) for path in paths]
        questions.append(" OR ".join(f"EXISTS ({sql})" for sql, _given in parts))
        parameters += [one for _sql, given in parts for one in given]
    return Statement(f"SELECT {', '.join(questions)}", tuple(parameters))


def _points_here(path: str) -> tuple[str, tuple[Any, ...]]:
    """Whether a row points at the conversation: "app.Model.lookup" as a statement."""
    app, model, lookup = path.split(".")
    rows = apps.get_model(app, model)._default_manager.filter(**{lookup: prepared.ITSELF}).order_by().values("pk")
    sql, parameters = rows.query.sql_with_params()
    return sql, tuple(parameters)
