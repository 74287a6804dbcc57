"""The lead's page, one review, each person's own, and the scorecard."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.core import clock
from firstline.quality import actions, queries, rules
from firstline.quality.forms import DrawForm, ReplyForm, ReviewForm, ScorecardForm
from firstline.quality.models import Sample, State

QUARTER = timedelta(days=90)


@require_GET
@needs("quality.review")
def index(request: HttpRequest) -> HttpResponse:
    """What waits for a look, and how the team does, in totals alone."""
    user = person(request)
    count, totals = queries.totals(user, clock.now() - QUARTER)
    context = {
        "waiting": queries.waiting_for_review(user),
        "written": queries.written_by(user),
        "count": count,
        "totals": totals,
        "fewest": rules.FEWEST,
        "most": rules.MOST_AT_ONCE,
        "place": "quality",
    }
    return render(request, "quality/index.html", context)


@require_POST
@needs("quality.review")
def draw(request: HttpRequest) -> HttpResponse:
    """Draw some by chance."""
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Between one and %(n)d, please.") % {"n": rules.MOST_AT_ONCE})
        return redirect("quality:index")
    count = actions.draw(form.cleaned_data["count"], by=person(request))
    said = ngettext("%(n)d answer drawn.", "%(n)d answers drawn.", count) % {"n": count}
    messages.success(request, said if count else _("There was nothing to draw: no answer of the last two weeks."))
    return redirect("quality:index")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("conversations.view")
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer with its review: to be filled in by the reviewer, read and answered by its author."""
    user = person(request)
    found = get_object_or_404(
        Sample.objects.visible_to(user).select_related("message__conversation__contact", "author", "reviewer"), pk=pk
    )
    if found.author_id == user.pk:
        return _for_author(request, found)
    if not user.can("quality.review"):
        raise PermissionDenied
    return _for_reviewer(request, found)


def _for_reviewer(request: HttpRequest, found: Sample) -> HttpResponse:
    kept = {f"mark_{one.criterion_id}": one.verdict for one in found.marks.all()}
    form = ReviewForm(
        request.POST if request.method == "POST" else None,
        criteria=queries.scorecard(),
        initial={**kept, "words": found.words},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(found, verdicts=form.verdicts, words=form.cleaned_data["words"])
        except actions.Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s sees it first.") % {"name": found.author.first_name})
        return redirect("quality:index")
    return _page(request, found, {"form": form, "may_review": found.state != State.SEEN}, wrong=bool(form.errors))


def _for_author(request: HttpRequest, found: Sample) -> HttpResponse:
    if request.method == "POST":
        form = ReplyForm(request.POST)
        if form.is_valid():
            actions.see(found)
            actions.say(found, form.cleaned_data["words"])
            messages.success(request, _("Kept. %(name)s reads it.") % {"name": found.reviewer.first_name})
            return redirect("quality:mine")
        return _page(request, found, {"reply": form}, wrong=True)
    return _page(request, found, {"reply": ReplyForm(initial={"words": found.reply})})


def _page(request: HttpRequest, found: Sample, more: dict[str, object], *, wrong: bool = False) -> HttpResponse:
    context = {
        "one": found,
        "heard": queries.heard_before(found),
        "marks": found.marks.select_related("criterion"),
        "place": "quality",
        **more,
    }
    return render(request, "quality/sample.html", context, status=422 if wrong else 200)


@require_POST
@needs("quality.review")
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Not this one."""
    found = get_object_or_404(Sample.objects.visible_to(person(request)).filter(reviewer=person(request)), pk=pk)
    try:
        actions.put_back(found)
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("quality:index")


@require_POST
@needs("conversations.view")
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author has read it and says nothing to it."""
    user = person(request)
    found = get_object_or_404(Sample.objects.visible_to(user).filter(author=user), pk=pk)
    actions.see(found)
    return redirect("quality:mine")


@require_GET
@needs("conversations.view")
def mine(request: HttpRequest) -> HttpResponse:
    """Reviews of one's own answers."""
    rows = queries.about(person(request))
    unseen = sum(one.state == State.REVIEWED for one in rows)
    return render(request, "quality/mine.html", {"rows": rows, "unseen": unseen, "place": "quality"})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("quality.review")
def settings_page(request: HttpRequest) -> HttpResponse:
    """The questions of the scorecard; 422 with what is wrong."""
    kept = "\n".join(one.name for one in queries.scorecard())
    form = ScorecardForm(request.POST if request.method == "POST" else None, initial={"questions": kept})
    if request.method == "POST" and form.is_valid():
        actions.keep_scorecard(form.cleaned_data["questions"], by=person(request))
        messages.success(request, _("Kept. Reviews that were written keep their questions."))
        return redirect("quality:settings")
    context = {"form": form, "place": "settings"}
    return render(request, "quality/settings.html", context, status=422 if form.errors else 200)
