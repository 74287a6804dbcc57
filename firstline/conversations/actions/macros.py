"""Macros: kept by the team, used by whoever answers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import assigning, statuses, tagging
from firstline.conversations.models import Conversation, Macro, Status
from firstline.core import clock
from firstline.evidence import secrets


def save_macro(
    macro: Macro | None,
    *,
    by: User,
    name: str,
    text: str = "",
    tags: Sequence[str] = (),
    takes: bool = False,
    status: str = "",
    snooze: str = "",
) -> Macro:
    """Make or change a macro, secrets in its text masked (P-10). Raises IntegrityError when the name is taken."""
    kept = macro or Macro(created_by=by)
    kept.name, kept.text = name.strip(), secrets.mask(text).text
    kept.tags, kept.takes, kept.status, kept.snooze = list(tags), takes, status, snooze
    kept.updated_at = clock.now()
    kept.save()
    return kept


def delete_macro(macro: Macro) -> None:
    """Take it away for everyone; what it did stays."""
    macro.delete()


@transaction.atomic
def apply(macro: Macro, conversation: Conversation, *, by: User, snooze_until: datetime | None = None) -> None:
    """Do what the macro says besides its text, which goes into the composer and is not sent by this."""
    if macro.takes:
        assigning.assign(conversation, by, by=by)
    for tag in macro.tags:
        tagging.add_tag(conversation, tag, by=by)
    if macro.status and macro.status != Status.RESOLVED:
        statuses.set_status(conversation, macro.status, by=by)
    if macro.snooze:
        statuses.snooze(conversation, snooze_until, by=by)
