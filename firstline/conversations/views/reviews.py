"""Second looks: the card over the composer, the list of what waits for eyes, and what trainees may answer alone."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.conversations.actions import approving, replying, reviewing
from firstline.conversations.forms import LiftForm, ReviewForm
from firstline.conversations.models import Conversation, Delivery, Lift, Review
from firstline.conversations.views.common import back, changed, is_htmx, permitted, visible


@require_GET
@permitted("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The drafts of this conversation that wait for eyes; nothing when none does."""
    conversation = visible(request, pk)
    cards = _cards(request, conversation)
    return _panel(request, conversation, cards) if cards else HttpResponse(status=204)


@require_GET
@permitted("conversations.view")
def index(request: HttpRequest) -> HttpResponse:
    """Everything that waits for eyes, longest wait first."""
    user = person(request)
    waiting = Review.objects.visible_to(user).open().select_related("conversation", "author").order_by("pk")[:200]
    rows = [(one, one.author_id != user.pk) for one in waiting]
    return render(request, "conversations/reviews.html", {"rows": rows, "place": "reviews"})


@require_POST
@permitted("conversations.note")
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something to a draft."""
    review, form = _asked(request, pk)
    if form.cleaned_data["text"]:
        reviewing.remark(review, form.cleaned_data["text"], by=person(request))
    return _answer(request, review, _("Said. Only the team reads it."))


@require_POST
@permitted("conversations.reply")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a draft; 409 when somebody else did meanwhile."""
    review, form = _asked(request, pk)
    try:
        reviewing.edit(
            review, form.cleaned_data["words"], by=person(request), version=form.cleaned_data["version"] or 0
        )
    except reviewing.ReviewRefused as refused:
        return _answer(request, review, str(refused), status=409)
    return _answer(request, review, _("Changed. Who changed what stands below it."))


@require_POST
@permitted("replies.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes; 409 with a sentence when it can't leave as it is."""
    review, form = _asked(request, pk)
    said = form.cleaned_data
    try:
        message = reviewing.approve(
            review, by=person(request), version=said["version"] or 0, seen_message_id=said["seen"]
        )
    except reviewing.ReviewRefused as refused:
        return _answer(request, review, str(refused), status=409)
    except replying.StaleReply:
        return _answer(request, review, _("Something arrived since. Read it first, then say yes again."), status=409)
    except replying.DraftRefused as refused:
        return _answer(request, review, " ".join(refused.problems), status=409)
    return _answer(request, review, _("Approved; it leaves in a moment.") if message else _("They have your word."))


@require_POST
@permitted("conversations.note")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own back into the draft."""
    review, _form = _asked(request, pk)
    try:
        reviewing.withdraw(review, by=person(request))
    except reviewing.ReviewRefused as refused:
        return _answer(request, review, str(refused), status=409)
    return _answer(request, review, _("Taken back. Your words are in the draft again."))


def _asked(request: HttpRequest, pk: int) -> tuple[Review, ReviewForm]:
    review = get_object_or_404(Review.objects.visible_to(person(request)).select_related("conversation"), pk=pk)
    form = ReviewForm(request.POST)
    form.is_valid()
    return review, form


def _answer(request: HttpRequest, review: Review, say: str, status: int = 200) -> HttpResponse:
    conversation = visible(request, review.conversation_id)
    if not is_htmx(request):
        (messages.success if status == 200 else messages.error)(request, say)
        return back(request, conversation)
    response = _panel(request, conversation, _cards(request, conversation), status, say if status != 200 else "")
    return changed(request, response, conversation, say=say if status == 200 else "")


def _panel(
    request: HttpRequest, conversation: Conversation, cards: list[dict[str, Any]], status: int = 200, wrong: str = ""
) -> HttpResponse:
    newest = conversation.messages.exclude(state=Delivery.CANCELLED).order_by("-pk").values_list("pk", flat=True)
    context = {"conversation": conversation, "cards": cards, "seen": newest.first() or 0, "wrong": wrong}
    return render(request, "conversations/parts/reviews.html", context, status=status)


def _cards(request: HttpRequest, conversation: Conversation) -> list[dict[str, Any]]:
    user = person(request)
    found = Review.objects.filter(conversation=conversation).open().select_related("author", "strand")
    return [
        {
            "review": one,
            "remarks": one.remarks.select_related("by").order_by("pk"),
            "is_mine": one.author_id == user.pk,
            "may_approve": approving.may_approve(user, conversation, author=one.author),
        }
        for one in found.order_by("pk")
    ]


@require_http_methods(["GET", "POST"])
@needs("replies.lift")
def lifts(request: HttpRequest) -> HttpResponse:
    """Which case types each trainee answers alone; a POST adds one or, with `take`, takes it."""
    trainees = [one for one in User.objects.filter(is_active=True).order_by("name") if _is_trainee(one)]
    cases = import_string(settings.CASE_TYPES)
    form = LiftForm(request.POST or None, trainees=trainees, cases=cases)
    if request.method == "POST" and form.is_valid():
        act = reviewing.take_lift if "take" in request.POST else reviewing.lift
        act(form.chosen, form.cleaned_data["case"], by=person(request))
        messages.success(request, _("Kept."))
        return redirect("conversations:lifts")
    given = Lift.objects.filter(user__in=trainees).select_related("by").order_by("case")
    rows = [
        (one, [(lift, cases[lift.case][1]) for lift in given if lift.user_id == one.pk and lift.case in cases])
        for one in trainees
    ]
    context = {"rows": rows, "form": form, "cases": cases, "place": "settings"}
    return render(request, "conversations/lifts.html", context, status=422 if form.errors else 200)


def _is_trainee(user: User) -> bool:
    return Role.TRAINEE in user.roles and not user.can("replies.send_alone")
