"""Catching up after the desk, its network or the source was away: lost deliveries are asked for again, and what the
source lists is compared with what is here. Nothing of it is missed, nothing comes twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox
from firstline.intake import reconciling
from firstline.upstream.actions import catching_up
from firstline.upstream.actions.catching_up import Found

OVERLAP = timedelta(minutes=15)
"""Looks reach back behind the last one by this much: clocks differ, and a source's list may lag behind its webhooks."""
REDELIVERED_FOR = timedelta(days=3)
"""GitHub keeps deliveries no longer: https://docs.github.com/webhooks/using-webhooks/redelivering-webhooks (2026-11)"""


def catch_up_due() -> int:
    """Look at every inbox that was not looked at for ten minutes, also right after a start; how many."""
    ids = catching_up.due(clock.now())
    for inbox_id in ids:
        catch_up(inbox_id)
    return len(ids)


def catch_up(inbox_id: int) -> Found | None:
    """Compare one inbox with its source and take in what is missing; None when it was looked at a moment ago."""
    inbox = Inbox.objects.get(pk=inbox_id)
    row = catching_up.hold(inbox)
    if row is None:
        return None
    began = clock.now()
    since = (row.reached_at or inbox.created_at) - OVERLAP
    with inboxes.measured(inbox, only_reads=True):
        redelivered, trouble = _redeliver(inbox, max(since, began - REDELIVERED_FOR))
        compared = reconciling.with_list(inbox, since, began)
    taken = len(compared.missing) + compared.taken
    found = Found(compared.listed, taken, redelivered, trouble, compared.unreached)
    catching_up.note(row, began, found)
    return found


def _redeliver(inbox: Inbox, since: datetime) -> tuple[int, str]:
    """How many deliveries will come again, and why none could be asked for: the list may still be read then."""
    hook = settings.BASE_URL + reverse("intake:hook", args=[inbox.name])
    try:
        return registry.get(inbox.channel).redeliver(since, {**inboxes.settings_to_send(inbox), "hook_url": hook}), ""
    except ChannelError as error:
        return 0, error.sentence
