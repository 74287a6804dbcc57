"""The practice desk."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from firstline.accounts.doors import person
from firstline.conversations.views.common import permitted
from firstline.practice import actions, queries
from firstline.practice.models import Attempt


@require_GET
@permitted("conversations.reply")
def index(request: HttpRequest) -> HttpResponse:
    """Twenty past questions, and which of them one has answered."""
    user = person(request)
    found = queries.cases(user)
    done = queries.attempts(user, [one.pk for one in found])
    names = queries.titles(found)
    rows = [(one, names[one.pk], one.pk in done) for one in found]
    return render(request, "practice/index.html", {"rows": rows, "done": len(done), "place": "practice"})


@require_http_methods(["GET", "POST"])
@permitted("conversations.reply")
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One question as it stood then; after one's own answer, the one that was sent beside it. 422 for an empty one."""
    user = person(request)
    found = queries.case(user, pk)
    if found is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        if request.POST.get("text", "").strip():
            actions.attempt(found.conversation, by=user, text=request.POST["text"][:100_000])
            return redirect("practice:case", pk)
        wrong = _("Write what you would answer first; then you see what was sent.")
    mine = Attempt.objects.filter(user=user, conversation=pk).first()
    context = {"case": found, "mine": mine, "wrong": wrong, "place": "practice"}
    return render(request, "practice/case.html", context, status=422 if wrong else 200)
