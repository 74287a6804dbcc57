"""What the articles are worth: one page, and what a lead may switch on to know it better."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.core import clock
from firstline.knowledge.models import Article
from firstline.savings import actions, rules
from firstline.savings.models import Forecast
from firstline.savings.queries import page


@require_safe
@needs("articles.view")
def index(request: HttpRequest) -> HttpResponse:
    """Every article's forecast beside what became of it, and what readers look for in vain."""
    user, now = person(request), clock.now()
    context = {
        "rows": page.rows(now),
        "searched": page.searched(now),
        "disliked": page.disliked(),
        "used": page.used(user, now),
        "links": page.links(user, now),
        "freshness": page.freshness(now),
        "least_sessions": rules.LEAST_SESSIONS,
        "place": "articles",
    }
    return render(request, "savings/index.html", context)


@require_safe
@needs("articles.view")
def expected(request: HttpRequest, pk: int) -> HttpResponse:
    """The sentence beside a draft: what it is expected to save."""
    article = get_object_or_404(Article.objects.visible_to(person(request)), pk=pk)
    return render(request, "savings/expected.html", {"forecast": Forecast.objects.filter(article=article).first()})


@require_POST
@needs("answers.decide")
def hold_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin (`act=begin`) or end the hold-out of an article."""
    article = get_object_or_404(Article.objects.visible_to(person(request)), pk=pk)
    if request.POST.get("act") != "begin":
        actions.end_hold_out(article, by=person(request))
        messages.success(request, _("Everybody who asks sees the article again."))
        return redirect("savings:index")
    try:
        actions.begin_hold_out(article, by=person(request))
    except actions.HoldOutRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("One asking session in ten goes without this article now, until you end it."))
    return redirect("savings:index")
