"""The panel beside a conversation: what it is about, who else asks the same now, and what this person was told."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.answers import case_types, forms, queries
from firstline.answers.actions import sorting
from firstline.answers.models import LEARNED, SortingKind
from firstline.conversations import queries as conversations
from firstline.conversations.models import Conversation, Priority, Tag
from firstline.core import clock

MOST_TAGS = 200


@require_safe
@needs("conversations.view")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel; empty when there is nothing to say."""
    return _panel(request, _conversation(request, pk))


@require_POST
@needs("conversations.tag")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over what is proposed."""
    conversation = _conversation(request, pk)
    sorting.accept(conversation, by=person(request))
    return _answer(request, conversation)


@require_safe
@needs("conversations.tag")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to say what it is instead: in the panel's place for htmx, else a page."""
    return _form(request, _conversation(request, pk))


@require_POST
@needs("conversations.tag")
def correct(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what it is instead; 422 with a sentence for what it cannot be."""
    conversation = _conversation(request, pk)
    if kind not in LEARNED:
        raise Http404
    form = forms.SORTING_FORMS[kind](request.POST)
    if not form.is_valid():
        return _form(request, conversation, wrong=_("Choose one of the list, or write a short word."), status=422)
    sorting.correct(conversation, SortingKind(kind), str(form.cleaned_data["value"]), by=person(request))
    return _answer(request, conversation)


def _answer(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("conversations:permalink", conversation.pk)
    fresh = Conversation.objects.visible_to(person(request)).for_list().get(pk=conversation.pk)
    response = _panel(request, fresh)
    response.headers["HX-Trigger"] = "firstline:changed"
    return response


def _panel(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    user, now = person(request), clock.now()
    read = queries.panel(conversation, now)
    shown = queries.shown(conversation)
    others = queries.others_now(conversation, user, read.diagnosis, now)
    told = queries.already_told(conversation, user, read.suggestion)
    may_sort = user.can("conversations.tag") and not conversation.is_ended
    if not (shown or others or told or may_sort):
        return HttpResponse()
    context = {
        "conversation": conversation,
        "shown": shown,
        "is_open": any(one.is_open for one in shown),
        "others": others[: queries.MOST_OTHERS],
        "has_more": len(others) > queries.MOST_OTHERS,
        "told": told,
        "may_sort": may_sort,
    }
    return render(request, "answers/beside.html", context)


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind that people may set: what to choose from, and what it is now."""

    kind: str
    label: str
    values: list[tuple[str, str]]
    now: str


def _form(request: HttpRequest, conversation: Conversation, *, wrong: str = "", status: int = 200) -> HttpResponse:
    now = {one.kind: one.value for one in queries.shown(conversation)}
    tags = list(Tag.objects.order_by("name").values_list("name", flat=True)[:MOST_TAGS])
    cases = [(case, f"{case} · {case_types.words(case)}") for case in case_types.CASE_TYPES]
    priorities = [(str(value), str(label)) for value, label in Priority.choices]
    choices = [
        Choice("case", str(SortingKind.CASE.label), cases, now.get("case", "")),
        Choice("topic", str(SortingKind.TOPIC.label), [(name, name) for name in tags], now.get("topic", "")),
        Choice("priority", str(SortingKind.PRIORITY.label), priorities, str(conversation.priority)),
    ]
    context = {"conversation": conversation, "choices": choices, "wrong": wrong}
    template = "answers/sort.html#form" if request.headers.get("HX-Request") else "answers/sort.html"
    return render(request, template, context, status=status)


def _conversation(request: HttpRequest, pk: int) -> Conversation:
    found = conversations.seen(person(request), pk)
    if found is None:
        raise Http404
    return found
