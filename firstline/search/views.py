"""The search page, and what the palette finds while somebody types."""

import dataclasses
import functools
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.core import clock
from firstline.core.templatetags.desk import ago
from firstline.search import queries
from firstline.search.rules import grammar
from firstline.search.rules.grammar import Problem, Query

PAGE = 25
MAX_PAGE = 80
NUMBER = 987654321
BESIDE = 5
PALETTE = {"conversations": 6, "people": 3, "articles": 3}


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A found conversation as words; made here because a template takes four times as long for it."""

    url: str
    pk: int
    icon: str
    who: str
    plan: str
    subject: str
    preview: SafeString
    when: str
    exact: str
    status: str
    assignee: str
    in_note: bool


@require_GET
@needs("conversations.view")
def results(request: HttpRequest) -> HttpResponse:
    """Conversations, people and articles for `q`; htmx gets the results alone."""
    query = grammar.parse(request.GET.get("q", ""))
    page = _page_number(request)
    context = {"place": "search", "query": query, "page": page, "next": page + 1, "problems": _sentences(query)}
    context |= _found(person(request), query, page)
    template = "search/results.html"
    if request.headers.get("HX-Request") == "true":
        template += "#found" if page == 1 else "#more"
    return render(request, template, context)


@require_GET
@needs("conversations.view")
def palette(request: HttpRequest) -> HttpResponse:
    """The few best of each kind as options of the palette, by words alone: it is asked at every pause of the typing."""
    user = person(request)
    query = grammar.parse(request.GET.get("q", ""), typing=True)
    context: dict[str, Any] = {"query": query}
    if query.number is not None:
        context |= _found(user, query, 1)
    elif not query.is_empty:
        try:
            found = queries.search_conversations(user, query, limit=PALETTE["conversations"])
            context["rows"] = [_row(one) for one in found.rows]
        except queries.TooSlow:
            context["too_slow"] = True
        context["people"] = queries.search_people(user, query, limit=PALETTE["people"])
        context["articles"] = _articles(user, query, PALETTE["articles"], use_vectors=False)
    return render(request, "search/palette.html", context)


def _found(user: User, query: Query, page: int) -> dict[str, Any]:
    if query.number is not None:
        jump = queries.by_number(user, query.number)
        return {"jump": jump, "rows": [_row(jump)] if jump else []}
    if query.is_empty:
        return {}
    found: dict[str, Any] = {"engine": queries.engine()}
    try:
        page_found = queries.search_conversations(user, query, limit=PAGE, offset=(page - 1) * PAGE)
        found |= {"found": page_found, "rows": [_row(one) for one in page_found.rows]}
    except queries.TooSlow:
        found["too_slow"] = True
    if page == 1:
        found["people"] = queries.search_people(user, query, limit=BESIDE)
        found["articles"] = _articles(user, query, BESIDE, use_vectors=True)
    return found


def _row(found: queries.FoundConversation) -> Row:
    return Row(
        url=_address().replace(str(NUMBER), str(found.pk)),
        pk=found.pk,
        icon=found.icon,
        who=found.who or _("Somebody"),
        plan=found.plan,
        subject=found.subject or _("No subject"),
        preview=_preview(found),
        when=ago(found.last_message_at, clock.now()),
        exact=found.last_message_at.isoformat(timespec="seconds"),
        status=str(found.status.label),
        assignee=found.assignee,
        in_note=found.in_note,
    )


def _preview(found: queries.FoundConversation) -> SafeString:
    if not found.pieces:
        return conditional_escape(found.last_preview)
    texts = ((escape(piece.text), piece.marked) for piece in found.pieces)
    return SafeString("".join(f"<mark>{text}</mark>" if marked else text for text, marked in texts))


@functools.cache
def _address() -> str:
    """The address of conversation NUMBER: finding it anew for every row costs more than the row."""
    return reverse("conversations:permalink", args=[NUMBER])


def _articles(user: User, query: Query, limit: int, *, use_vectors: bool) -> list[queries.Hit]:
    if not query.words or query.filters or not user.can("articles.view"):
        return []
    return queries.search_articles(
        query.words, audience="agent", limit=limit, use_vectors=use_vectors, typing=not use_vectors
    )


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return min(int(asked), MAX_PAGE) if asked.isascii() and asked.isdigit() and int(asked) > 0 else 1


def _sentences(query: Query) -> list[str]:
    return [_sentence(problem) for problem in query.problems]


def _sentence(problem: Problem) -> str:
    values = {"key": problem.key, "value": problem.value, "choices": ", ".join(problem.choices)}
    if problem.key in ("before", "after"):
        return _("%(key)s: takes a day such as %(choices)s, not “%(value)s”.") % values
    return _("%(key)s: knows %(choices)s, not “%(value)s”.") % values
