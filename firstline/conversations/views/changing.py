"""Who looks after a conversation, whose turn it is, what it is called by: one small form each."""

import json
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from firstline.accounts.doors import person
from firstline.conversations.actions import assigning, reading, statuses, tagging
from firstline.conversations.forms import PriorityForm, ResolveForm, SnoozeForm, StatusForm, TagForm
from firstline.conversations.models import Conversation, Resolution, Status
from firstline.conversations.views import rows
from firstline.conversations.views.common import back, changed, is_htmx, permitted, saved_view, view_name, visible
from firstline.conversations.views.header import answer, colleagues, teams
from firstline.core import clock


@require_POST
@permitted("conversations.assign")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the conversation to a person of its inbox's teams, to whoever has the `least` or whose turn it is (`turns`),
    or with an empty `to` to nobody; 404 for anybody else.
    """
    conversation = visible(request, pk)
    asked = request.POST.get("to", "")
    to = None
    if asked:
        people = colleagues(conversation, person(request))
        fair = asked in {"least", "turns"}
        to = (
            assigning.fairest(people, by_turns=asked == "turns")
            if fair
            else next((one for one in people if str(one.pk) == asked), None)
        )
        if to is None:
            raise Http404
    assigning.assign(conversation, to, by=person(request))
    return answer(
        request, conversation, say=_("Assigned to %(name)s") % {"name": to.first_name} if to else _("Nobody's now")
    )


@require_POST
@permitted("conversations.assign")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the conversation to a team that its inbox is granted to, or with an empty `team` to none; 404 for others."""
    conversation = visible(request, pk)
    asked = request.POST.get("team", "")
    to = next((one for one in teams(conversation) if str(one.pk) == asked), None)
    if asked and to is None:
        raise Http404
    assigning.give_team(conversation, to, by=person(request))
    return answer(request, conversation, say=_("With %(name)s") % {"name": to.name} if to else _("No team"))


@require_POST
@permitted("conversations.assign")
def priority(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how much it hurts."""
    return _with(
        request,
        pk,
        PriorityForm,
        lambda conversation, form: assigning.set_priority(
            conversation, form.cleaned_data["priority"], by=person(request)
        ),
    )


@require_POST
@permitted("conversations.resolve")
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whose turn it is, or that it is spam."""
    conversation = visible(request, pk)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    chosen = form.cleaned_data["status"]
    statuses.set_status(conversation, chosen, by=person(request))
    words = _("Marked as spam") if chosen == Status.SPAM else ""
    return answer(request, conversation, say=words, way_back=chosen == Status.SPAM)


@require_POST
@permitted("conversations.resolve")
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End it with a reason; `next` goes on to the next conversation of the view."""
    conversation = visible(request, pk)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    following = next_url(request, conversation) if form.cleaned_data["next"] else ""
    statuses.resolve(
        conversation, by=person(request), resolution=form.cleaned_data["resolution"] or Resolution.ANSWERED
    )
    if following:
        return go_on(request, conversation, following)
    return answer(request, conversation, say=_("Resolved"), way_back=True)


def go_on(request: HttpRequest, conversation: Conversation, following: str, words: str = "") -> HttpResponse:
    """To the next conversation, or to the list at the view's end."""
    if not is_htmx(request):
        return HttpResponseRedirect(following, status=303)
    response = changed(request, HttpResponse(status=204), conversation, say=words or _("Resolved"))
    if following == reverse("conversations:list", args=[view_name(request, conversation)]):
        response.headers["HX-Redirect"] = following
    else:
        response.headers["HX-Location"] = json.dumps({"path": following, "target": "#open", "swap": "outerHTML"})
    return response


def next_url(request: HttpRequest, conversation: Conversation) -> str:
    """The conversation that follows in the view, or the view's list at its end."""
    view = view_name(request, conversation)
    saved = saved_view(view, person(request))
    ordered = [row.pk for group in rows.page(person(request), view, saved=saved).groups for row in group.rows]
    if conversation.pk in ordered:
        after = ordered[ordered.index(conversation.pk) + 1 :]
        if after:
            return reverse("conversations:detail", args=[view, after[0]])
    return reverse("conversations:list", args=[view])


@require_POST
@permitted("conversations.resolve")
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide it until a time, or until the contact writes."""
    conversation = visible(request, pk)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    try:
        moment = form.moment(clock.now())
    except ValidationError as error:
        return HttpResponseBadRequest(" ".join(error.messages))
    statuses.snooze(conversation, moment, by=person(request), condition=form.condition)
    return answer(request, conversation, say=_("Snoozed"), way_back=True)


@require_POST
@permitted("conversations.resolve")
def wake(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a snoozed, waiting, resolved or spam conversation back as the team's turn."""
    conversation = visible(request, pk)
    if conversation.is_ended:
        statuses.reopen(conversation, by=person(request))
    else:
        statuses.wake(conversation, by=person(request))
    return answer(request, conversation, say=_("Back on the desk"))


@require_POST
@permitted("conversations.tag")
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tag on."""
    return _with(
        request,
        pk,
        TagForm,
        lambda conversation, form: tagging.add_tag(conversation, form.cleaned_data["name"], by=person(request)),
    )


@require_POST
@permitted("conversations.tag")
def untag(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a tag off."""
    return _with(
        request,
        pk,
        TagForm,
        lambda conversation, form: tagging.remove_tag(conversation, form.cleaned_data["name"], by=person(request)),
    )


@require_POST
@permitted("conversations.view")
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is there counts as read by this person."""
    conversation = visible(request, pk)
    reading.mark_read(conversation, by=person(request))
    return HttpResponse(status=204) if is_htmx(request) else back(request, conversation)


def _with(
    request: HttpRequest, pk: int, form_class: type[Form], act: Callable[[Conversation, Form], object]
) -> HttpResponse:
    """A visible conversation, a valid form, one action."""
    conversation = visible(request, pk)
    form = form_class(request.POST)
    if not form.is_valid():
        return _refused(form)
    act(conversation, form)
    return answer(request, conversation)


def _refused(form: Form) -> HttpResponse:
    return HttpResponseBadRequest(" ".join(str(message) for messages in form.errors.values() for message in messages))
