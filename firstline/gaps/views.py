"""What people asked and no article says: the list, one gap, and what can be done about it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.core import clock
from firstline.gaps import actions, queries
from firstline.gaps.queries import Row
from firstline.knowledge.models import Article


@require_safe
@needs("articles.view")
def index(request: HttpRequest) -> HttpResponse:
    """The open gaps, dearest first."""
    rows = queries.ranked(person(request), clock.now())
    return render(request, "gaps/index.html", {"rows": rows, "place": "articles"})


@require_safe
@needs("articles.view")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One gap: who asks, how it grows, what came near and why that fell short."""
    rows, row = _found(request, pk)
    context = {"rows": rows, "row": row, "nearest": queries.nearest(row), "place": "articles"}
    return render(request, "gaps/detail.html", context)


@require_POST
@needs("articles.edit")
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the article that is missing, and open it."""
    _rows, row = _found(request, pk)
    try:
        article = actions.write(row.gap, by=person(request))
    except actions.NothingToWrite as refusal:
        messages.error(request, str(refusal))
        return redirect("gaps:detail", pk)
    return redirect("knowledge:edit", article.pk)


@require_POST
@needs("articles.edit")
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the questions to the article `article`."""
    _rows, row = _found(request, pk)
    number = request.POST.get("article", "")
    articles = Article.objects.visible_to(person(request))
    article = get_object_or_404(articles, pk=int(number) if number.isdecimal() else 0)
    count = actions.attach(row.gap, article, by=person(request))
    said = ngettext("%(count)d question leads here now.", "%(count)d questions lead here now.", count)
    messages.success(request, said % {"count": count})
    return redirect("knowledge:questions", article.pk)


@require_POST
@needs("articles.edit")
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """No article is needed."""
    _rows, row = _found(request, pk)
    actions.dismiss(row.gap, by=person(request))
    messages.success(request, _("The gap is off the list; what people ask like this goes with it."))
    return redirect("gaps:index")


def _found(request: HttpRequest, pk: int) -> tuple[list[Row], Row]:
    """All gaps of the person and the one asked for. Raises Http404 when they may see none of its questions."""
    rows = queries.ranked(person(request), clock.now())
    for row in rows:
        if row.gap.pk == pk:
            return rows, row
    raise Http404
