"""The weekly sample of what was left out: one item after the other, and somebody who says whether that was right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.core import sealing
from firstline.inboxes.models import Inbox
from firstline.ledger import actions, reading, sampling
from firstline.ledger.models import SampledItem, Verdict


@require_GET
@needs("ledger.judge")
def sample(request: HttpRequest) -> HttpResponse:
    """The next one to judge, or that there is none."""
    user = person(request)
    following = sampling.unread_by(user).first()
    if following is not None:
        return redirect("ledger:sampled", following.pk)
    elsewhere = sum(one.unread for one in sampling.weeks())
    context = {"place": "ledger", "elsewhere": elsewhere, "share": sampling.share()}
    return render(request, "ledger/sample_done.html", context)


@require_GET
@needs("ledger.judge")
def sampled(request: HttpRequest, pk: int) -> HttpResponse:
    """One left-out item, masked, with the rule that kept it out."""
    found = _found(person(request), pk)
    siblings = found.sample.items
    context = {
        "place": "ledger",
        "sampled": found,
        "shown": reading.shown(found.item),
        "number": siblings.exclude(verdict=Verdict.UNREAD).count() + (found.verdict == Verdict.UNREAD),
        "drawn": siblings.count(),
    }
    return render(request, "ledger/sampled.html", context)


@require_POST
@needs("ledger.judge")
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the verdict; let in what was left out wrongly; go on to the next."""
    user = person(request)
    found = _found(user, pk)
    verdict = request.POST.get("verdict", "")
    if verdict not in (Verdict.RIGHT, Verdict.WRONG):
        messages.error(request, _("Say whether it was left out rightly or wrongly."))
        return redirect("ledger:sampled", found.pk)
    actions.judge(found, verdict, by=user)
    if verdict == Verdict.WRONG:
        _let_in(request, found, user)
    return redirect("ledger:sample")


def _let_in(request: HttpRequest, found: SampledItem, user: User) -> None:
    try:
        is_in = actions.let_in(found.item, by=user)
    except (FileNotFoundError, sealing.SealBroken):
        messages.error(request, _("Noted. The original is gone, so it cannot be let in any more."))
        return
    if is_in:
        messages.success(request, _("Noted, and let in."))
    else:
        messages.warning(
            request, _("Noted. Nothing of it can become a conversation; change the rule that left it out.")
        )


def _found(user: User, pk: int) -> SampledItem:
    visible = SampledItem.objects.filter(item__inbox__in=Inbox.objects.visible_to(user))
    return get_object_or_404(visible.select_related("item__inbox", "sample"), pk=pk)
