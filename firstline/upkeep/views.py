"""Articles that may not be true any more: which, why, and what an edit would do."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.knowledge.models import Article
from firstline.knowledge.views.writing import frame, visible
from firstline.upkeep import actions, queries
from firstline.upkeep.models import Finding
from firstline.upstream.actions import releasing
from firstline.upstream.models import Release

NEWEST = 5


class ReleaseForm(forms.Form):
    """A version that is out."""

    product = forms.CharField(label=gettext_lazy("Product"), max_length=120)
    version = forms.CharField(label=gettext_lazy("Version"), max_length=80)


@require_safe
@needs("articles.view")
def index(request: HttpRequest) -> HttpResponse:
    """Every stale article with what was found, and the newest releases."""
    return _index(request, ReleaseForm())


@require_safe
@needs("articles.view")
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found about one article, and what its draft would change."""
    found = visible(request, pk)
    context = frame(found, person(request)) | {"tab": "checks", "findings": queries.of_article(found)}
    return render(request, "upkeep/article.html", context)


@require_safe
@needs("articles.view")
def foreseen(request: HttpRequest, pk: int) -> HttpResponse:
    """Which answered questions would find another article if the draft were published."""
    return render(request, "upkeep/foreseen.html", {"shifts": queries.foreseen(visible(request, pk))})


@require_POST
@needs("articles.publish")
def wave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has looked: the article is right all the same."""
    mine = Article.objects.visible_to(person(request)).values("pk")
    finding = get_object_or_404(Finding.objects.select_related("article"), pk=pk, article__in=mine)
    actions.wave_through(finding, by=person(request))
    return redirect("upkeep:article", finding.article_id)


@require_POST
@needs("articles.publish")
def released(request: HttpRequest) -> HttpResponse:
    """A version is out that no repository tells the desk of."""
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return _index(request, form, status=422)
    data = form.cleaned_data
    release = releasing.released(data["product"], data["version"], by=person(request))
    messages.success(
        request, _("%(release)s is recorded. Articles that it outdates become stale.") % {"release": release}
    )
    return redirect("upkeep:index")


def _index(request: HttpRequest, form: ReleaseForm, status: int = 200) -> HttpResponse:
    context = {
        "troubles": queries.troubles(person(request)),
        "releases": Release.objects.order_by("-out_at", "-pk")[:NEWEST],
        "form": form,
        "place": "articles",
    }
    return render(request, "upkeep/index.html", context, status=status)
