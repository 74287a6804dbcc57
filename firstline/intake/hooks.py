"""The webhook door: `POST /hooks/<inbox>/`. Checked on the raw bytes, stored, then answered; understood later.

202: it is kept. 401, 403: it can't be believed, 422: it can't be used, and nothing but a count is kept. 413, 429: too
big, too fast. 503: the database is away, and the source must keep it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from firstline.channels import registry
from firstline.channels.port import HookRefused, HookRequest, hook_secrets
from firstline.core import tokens
from firstline.inboxes.models import Inbox
from firstline.intake import actions
from firstline.intake.actions import Accepted, Offered

BURST, PER_SECOND = 2000.0, 100.0
"""How many requests a peer may make at once and for long. One that is refused counts for a hundred."""
REFUSED_COSTS = 100.0
PEERS = 10_000
RECEIPT = "receipt"
"""What tokens of receipts are made for."""
_AWAY = (DatabaseError, InterfaceError)


class TooFast(Exception):
    """The peer has used up what it may ask."""


class TooBig(Exception):
    """The body is longer than the channel's webhooks ever are."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, name: str) -> HttpResponse:
    """One delivery of a source, or the challenge by which it tests the address."""
    try:
        _peers.spend(_peer(request), 1.0)
        inbox = Inbox.objects.filter(name=name, is_active=True).first()
        if inbox is None:
            raise Http404
        if request.method == "GET":
            return _challenge(request, inbox)
        accepted = take(inbox, _read(request, inbox))
        return JsonResponse({"accepted": len(accepted), **_receipts(inbox, accepted)}, status=202)
    except TooFast:
        return _said(429, "too fast")
    except TooBig:
        return _said(413, "too big")
    except HookRefused as refused:
        if refused.status != 422:
            _peers.spend(_peer(request), REFUSED_COSTS, may_refuse=False)
        return _said(refused.status, refused.reason, refused.problems)
    except _AWAY:
        return _said(503, "try again later")


def take(inbox: Inbox, request: HookRequest) -> list[Accepted]:
    """Believe a delivery and keep what it brings. Raises HookRefused, which is counted, and OperationalError."""
    try:
        arrivals = registry.get(inbox.channel).open_hook(request, inbox.open_settings())
    except HookRefused as refused:
        actions.refuse(inbox.address, inbox, f"http_{refused.status}")
        raise
    offered = [Offered(_whose(inbox, one.address), one.raw, one.envelope, one.key) for one in arrivals]
    return actions.accept_many(offered) if offered else []


def _whose(inbox: Inbox, address: str) -> int:
    """The inbox that an arrival is for: another one of this address only if it knows the secret that was proved."""
    if address.lower() in ("", inbox.address):
        return inbox.pk
    other = Inbox.objects.filter(channel=inbox.channel, address=address.lower(), is_active=True).first()
    if other is None or not set(hook_secrets(other.open_settings())) & set(hook_secrets(inbox.open_settings())):
        return inbox.pk
    return other.pk


def _challenge(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    answer = registry.get(inbox.channel).answer_challenge(request.GET.dict(), inbox.open_settings())
    if answer is None:
        raise Http404
    return JsonResponse(dict(answer))


def _read(request: HttpRequest, inbox: Inbox) -> HookRequest:
    """The request as the channel sees it. Raises TooBig before more than the channel's limit is in memory."""
    limit = registry.get(inbox.channel).max_hook_bytes
    declared = request.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooBig
    body = request.read(limit + 1)
    if len(body) > limit:
        raise TooBig
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HookRequest(headers, body, request.GET.dict())


def _peer(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _receipts(inbox: Inbox, accepted: list[Accepted]) -> dict[str, object]:
    """Where each item can be followed, for channels that say so; an address that nobody guesses, and no text on it."""
    if not registry.get(inbox.channel).gives_receipts:
        return {}
    return {"receipts": [{"status_url": receipt(one.item_id), "repeated": one.is_repeat} for one in accepted]}


def receipt(item_id: int) -> str:
    """The address of the page that says how far an item is."""
    return str(settings.BASE_URL) + reverse("ask:receipt", args=[tokens.make(RECEIPT, [item_id])])


def _said(status: int, reason: str, problems: Mapping[str, str] | None = None) -> HttpResponse:
    headers = {"Retry-After": "30"} if status in (429, 503) else {}
    body = {"refused": reason, **({"problems": dict(problems)} if problems else {})}
    return JsonResponse(body, status=status, headers=headers)


@dataclass(slots=True)
class _Purse:
    left: float
    at: float


class _Peers:
    """A purse for each peer, filled again with time; of many peers the longest silent are forgotten."""

    def __init__(self) -> None:
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    def spend(self, peer: str, cost: float, *, may_refuse: bool = True) -> None:
        """Take `cost` out of the purse. Raises TooFast when it is empty."""
        now = time.monotonic()
        purse = self._purses.setdefault(peer, _Purse(BURST, now))
        self._purses.move_to_end(peer)
        purse.left, purse.at = min(BURST, purse.left + (now - purse.at) * PER_SECOND), now
        if may_refuse and purse.left < cost:
            raise TooFast
        purse.left -= cost
        while len(self._purses) > PEERS:
            self._purses.popitem(last=False)

    def forget(self) -> None:
        """Every purse is full again."""
        self._purses.clear()


_peers = _Peers()
