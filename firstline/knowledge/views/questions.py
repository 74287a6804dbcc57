"""Questions as people asked them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from firstline.accounts.doors import needs, person
from firstline.knowledge import actions
from firstline.knowledge.forms import PhrasingForm
from firstline.knowledge.views.writing import frame, visible


@require_http_methods(["GET"])
@needs("articles.view")
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions that lead to this article."""
    article = visible(request, pk)
    context = frame(article, person(request)) | {
        "tab": "questions",
        "form": PhrasingForm(),
        "phrasings": article.phrasings.order_by("-id"),
    }
    return render(request, "knowledge/questions.html", context)


@require_POST
@needs("articles.edit")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a question; credentials in it are masked."""
    article = visible(request, pk)
    form = PhrasingForm(request.POST)
    if form.is_valid():
        actions.add_phrasing(article, form.cleaned_data["text"], by=person(request))
        return redirect("knowledge:questions", pk)
    context = frame(article, person(request)) | {
        "tab": "questions",
        "form": form,
        "phrasings": article.phrasings.order_by("-id"),
    }
    return render(request, "knowledge/questions.html", context, status=422)


@require_POST
@needs("articles.edit")
def remove(request: HttpRequest, pk: int, phrasing: int) -> HttpResponse:
    """Take a question off."""
    found = get_object_or_404(visible(request, pk).phrasings.select_related("article"), pk=phrasing)
    actions.remove_phrasing(found, by=person(request))
    return redirect("knowledge:questions", pk)
