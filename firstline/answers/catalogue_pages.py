"""Settings › Known failures: the catalogue that diagnoses go by, and the desk's own entries in it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from firstline.accounts.doors import needs, person
from firstline.answers import actions, queries
from firstline.answers.entry_forms import MOST_SAMPLES, EntryForm, initial_of, sentence
from firstline.answers.models import LocalSignature
from firstline.core import clock
from firstline.evidence import catalogue

NEW: dict[str, Any] = {"specificity": 80, "stage": "any", "ask": "install", "cluster": "low", "owner": "user"}


@require_safe
@needs("answers.decide")
def listing(request: HttpRequest) -> HttpResponse:
    """Every known failure, the most seen first; `q` narrows by words."""
    words = request.GET.get("q", "")[:100]
    rows = queries.listed(words, clock.now())
    return render(request, "answers/catalogue.html", {"place": "answers", "rows": rows, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("answers.decide")
def edit(request: HttpRequest, signature_id: str | None = None) -> HttpResponse:
    """One entry to read and change, or a new one; 422 with sentences when its own samples do not prove it."""
    one = queries.known().get(signature_id) if signature_id else None
    if signature_id and one is None:
        raise Http404
    form = EntryForm(request.POST or None, initial=dict(initial_of(one)) if one else NEW)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _saved(request, form, one):
            return redirect("answers:catalogue")
        status = 422
    local = LocalSignature.objects.filter(signature_id=signature_id).select_related("edited_by").first()
    context = {
        "place": "answers",
        "form": form,
        "one": one,
        "local": local,
        "is_shipped": catalogue.load().get(signature_id or "") is not None,
        "samples": (*form.samples, "")[:MOST_SAMPLES],
    }
    return render(request, "answers/entry.html", context, status=status)


def _saved(request: HttpRequest, form: EntryForm, one: catalogue.Signature | None) -> bool:
    entry = form.entry()
    if one is None and queries.known().get(entry["id"]) is not None:
        form.add_error("id", _("There is an entry with this name already; open that one."))
        return False
    if one is not None:
        entry["id"] = one.id
    try:
        actions.save_entry(entry, by=person(request))
    except actions.EntryRefused as refused:
        for problem in refused.problems:
            form.add_error(None, sentence(problem))
        return False
    messages.success(request, _("Kept. It is used from the next message on; what waits is read once more."))
    return True


@require_POST
@needs("answers.decide")
def drop(request: HttpRequest, signature_id: str) -> HttpResponse:
    """Take the desk's own entry away."""
    actions.drop_entry(get_object_or_404(LocalSignature, signature_id=signature_id), by=person(request))
    messages.success(request, _("Taken away. What Firstline ships is in use again."))
    return redirect("answers:catalogue")
