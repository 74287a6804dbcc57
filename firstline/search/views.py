"""The search page, and what the palette finds while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.search import queries
from firstline.search.rules import grammar
from firstline.search.rules.grammar import Problem, Query

PAGE = 25
MAX_PAGE = 80
BESIDE = 5
PALETTE = {"conversations": 6, "people": 3, "articles": 3}


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
    context: dict[str, Any] = {"query": query, "jump": queries.by_number(user, query.number) if query.number else None}
    if not query.is_empty and query.number is None:
        try:
            context["found"] = queries.search_conversations(user, query, limit=PALETTE["conversations"])
        except queries.TooSlow:
            context["too_slow"] = True
        context["people"] = queries.search_people(user, query, limit=PALETTE["people"])
        context["articles"] = _articles(user, query, PALETTE["articles"], use_vectors=False)
    return render(request, "search/palette.html", context)


def _found(user: User, query: Query, page: int) -> dict[str, Any]:
    if query.number is not None:
        jump = queries.by_number(user, query.number)
        return {"jump": jump, "found": {"rows": [jump] if jump else []}}
    if query.is_empty:
        return {}
    found: dict[str, Any] = {"engine": queries.engine()}
    try:
        found["found"] = queries.search_conversations(user, query, limit=PAGE, offset=(page - 1) * PAGE)
    except queries.TooSlow:
        found["too_slow"] = True
    if page == 1:
        found["people"] = queries.search_people(user, query, limit=BESIDE)
        found["articles"] = _articles(user, query, BESIDE, use_vectors=True)
    return found


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
