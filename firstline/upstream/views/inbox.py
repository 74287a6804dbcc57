"""On an inbox's page: how far its source was compared, what is left of its limits, what is left to the maintainers."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.channels import registry
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Allowance, Inbox
from firstline.upstream import queries
from firstline.upstream.actions import catching_up, following
from firstline.upstream.models import CatchUp, Thread

PAGE = 30
NEWEST = 5


@dataclass(frozen=True, slots=True)
class Share:
    """What is left of a limit, for a meter: `left` of `limit`, and when it begins anew."""

    name: str
    left: int
    limit: int
    resets_at: datetime | None = None

    @property
    def percent(self) -> int:
        """How much is left, of a hundred."""
        return round(100 * self.left / self.limit) if self.limit else 0

    @property
    def is_low(self) -> bool:
        """Whether it is time to look."""
        return self.percent < 10


@require_GET
@needs("inboxes.manage")
def panel(request: HttpRequest, inbox: int) -> HttpResponse:
    """Everything about the inbox's source that changes by itself; nothing for sources without threads."""
    found = get_object_or_404(Inbox, pk=inbox)
    if not registry.get(found.channel).acts:
        return HttpResponse()
    left = queries.left_to_others(found)
    resting = [one for one in inboxes.allowances(found) if one.name == inboxes.RESTING]
    context = {
        "inbox": found,
        "can_ask": registry.get(found.channel).keeps_list(found.open_settings()),
        "catch_up": CatchUp.objects.filter(inbox=found).first(),
        "minutes": int(catching_up.every(found).total_seconds() // 60),
        "shares": _shares(found),
        "resting": resting[0] if resting else None,
        "left": left[:NEWEST],
        "left_count": left.count(),
    }
    return render(request, "upstream/inbox.html", context)


@require_POST
@needs("inboxes.manage")
def look(request: HttpRequest, name: str) -> HttpResponse:
    """Compare with the source within the next minute, however lately it was done."""
    found = get_object_or_404(Inbox, name=name, is_active=True)
    catching_up.look_now(found)
    messages.success(request, _("The desk looks within a minute."))
    return redirect("inboxes:inbox", found.name)


@require_GET
@needs("conversations.view")
def left(request: HttpRequest, name: str) -> HttpResponse:
    """The threads that the inbox's rules leave to the maintainers, newest first."""
    found = get_object_or_404(Inbox.objects.visible_to(person(request)), name=name)
    page = Paginator(queries.left_to_others(found), PAGE).get_page(request.GET.get("page"))
    return render(request, "upstream/left.html", {"inbox": found, "page": page, "place": "settings"})


@require_POST
@needs("conversations.reply")
def pull_in(request: HttpRequest, thread: int) -> HttpResponse:
    """Take a thread in that a rule had left to others; it becomes a conversation within seconds."""
    seen = Thread.objects.filter(inbox__in=Inbox.objects.visible_to(person(request)))
    found = get_object_or_404(seen.exclude(left_by="").filter(strand=None), pk=thread)
    following.pull_in(found, by=person(request))
    messages.success(request, _("Taken in: it stands in the list in a moment."))
    return redirect("upstream:left", found.inbox.name)


def _shares(inbox: Inbox) -> list[Share]:
    """What the source told of, then what the desk counts itself: posts."""
    told = [one for one in inboxes.allowances(inbox) if one.name not in ("", inboxes.RESTING)]
    shares = [Share(_name(one), one.left, one.limit, one.resets_at) for one in told]
    for limit in registry.get(inbox.channel).limits:
        if limit.name == "post":
            left = max(0, limit.count - inboxes.posted(inbox, limit.seconds))
            word = _("Posts a minute") if limit.seconds == 60 else _("Posts an hour")
            shares.append(Share(word, left, limit.count))
    return shares


def _name(one: Allowance) -> str:
    return {"core": _("Requests"), "graphql": _("Requests for discussions")}.get(one.name, one.name)
