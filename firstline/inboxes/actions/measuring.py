"""The limits of sources, kept in the database so that all processes share them (channels.md 6.9): a post or a call that
would go beyond one waits, and is never dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.channels import metering, registry
from firstline.channels.base import ChannelError
from firstline.channels.metering import Quota
from firstline.core import clock
from firstline.inboxes.models import Allowance, Inbox, Posted

READING_LEAVES = 0.1
"""Whoever only reads leaves a tenth of the calls to answers."""
RESTING = "resting"
"""The allowance that stands for "leave us alone for a while"."""


@contextmanager
def measured(inbox: Inbox, *, only_reads: bool = False) -> Iterator[None]:
    """What the inbox's channel does within is counted; with `only_reads` it stops before answers would have to."""
    with metering.measured(_Meter(inbox, only_reads=only_reads)):
        yield


def allowances(inbox: Inbox) -> list[Allowance]:
    """What is left of each limit that the inbox's source told of and that has not begun anew since."""
    found = Allowance.objects.filter(account=account_of(inbox), resets_at__gt=clock.now())
    return list(found.order_by("name"))


def posted(inbox: Inbox, seconds: int) -> int:
    """How much the inbox's account has posted in the last so many seconds."""
    since = clock.now() - timedelta(seconds=seconds)
    return Posted.objects.filter(account=account_of(inbox), at__gt=since).count()


def account_of(inbox: Inbox) -> str:
    """Whose limits the inbox works within: inboxes of one app or token share them."""
    return f"{inbox.channel}:{registry.get(inbox.channel).account(inbox.open_settings())}"[:200]


class _Meter:
    def __init__(self, inbox: Inbox, *, only_reads: bool) -> None:
        self._account = account_of(inbox)
        self._limits = [one for one in registry.get(inbox.channel).limits if one.name == "post"]
        self._share = READING_LEAVES if only_reads else 0.0

    def spend(self, use: Literal["call", "post"]) -> None:
        """Refuse a call while the source rests or has nothing left, a post that would be one too many."""
        if use == "post":
            self._post()
            return
        now = clock.now()
        for one in Allowance.objects.filter(account=self._account, resets_at__gt=now):
            if one.left <= one.limit * self._share:
                raise _wait(round((one.resets_at - now).total_seconds()))

    def note(self, quota: Quota) -> None:
        """Keep the newest word; of answers that overtake each other the lower one counts."""
        known = Allowance.objects.filter(account=self._account, name=quota.name, resets_at=quota.resets_at)
        if known.filter(left__lte=quota.left).exists():
            return
        Allowance.objects.update_or_create(
            account=self._account,
            name=quota.name,
            defaults={"limit": quota.limit, "left": quota.left, "resets_at": quota.resets_at},
        )

    def rest(self, seconds: int) -> None:
        """Nobody calls until then."""
        until = clock.now() + timedelta(seconds=seconds)
        Allowance.objects.update_or_create(
            account=self._account, name=RESTING, defaults={"limit": 0, "left": 0, "resets_at": until}
        )

    @transaction.atomic
    def _post(self) -> None:
        """Count a post in every window; two processes meet in the lock on the account's row."""
        if not self._limits:
            return
        now = clock.now()
        Allowance.objects.get_or_create(account=self._account, name="", defaults={"resets_at": now})
        Allowance.objects.select_for_update().get(account=self._account, name="")
        longest = max(one.seconds for one in self._limits)
        Posted.objects.filter(account=self._account, at__lte=now - timedelta(seconds=longest)).delete()
        for limit in self._limits:
            since = now - timedelta(seconds=limit.seconds)
            times = list(Posted.objects.filter(account=self._account, at__gt=since).order_by("-at")[: limit.count])
            if len(times) >= limit.count:
                raise _wait(limit.seconds - round((now - times[-1].at).total_seconds()))
        Posted.objects.create(account=self._account, at=now)


def _wait(seconds: int) -> ChannelError:
    return ChannelError(_("The limit is reached; it goes on by itself."), permanent=False, retry_after=max(1, seconds))
