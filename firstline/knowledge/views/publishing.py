"""What readers see, and what they saw before."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.knowledge import actions
from firstline.knowledge.models import Revision
from firstline.knowledge.rules.comparing import compare
from firstline.knowledge.views.writing import frame, save_from, visible

HISTORY_LENGTH = 30


@require_POST
@needs("articles.publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the editor holds, if it was sent along, and show it to readers."""
    article = visible(request, pk)
    language = request.POST.get("language", "")[:12] or actions.first_language(article)
    problem = save_from(request, article, language) if "body" in request.POST else ""
    if not problem:
        try:
            actions.publish(article, by=person(request))
        except actions.NothingToPublish as refusal:
            problem = str(refusal)
    if problem:
        messages.error(request, problem)
    elif article.visibility == "internal":
        messages.success(request, _("Published for the team."))
    else:
        messages.success(request, _("Published. The next person who asks gets it."))
    return redirect("knowledge:edit", article.pk)


@require_POST
@needs("articles.edit")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a review, or say that the draft is not ready yet."""
    article = visible(request, pk)
    if request.POST.get("answer") == "back":
        actions.send_back(article, by=person(request))
    else:
        actions.ask_review(article, by=person(request))
        messages.success(request, _("Whoever publishes finds it among those to be reviewed."))
    return redirect("knowledge:edit", pk)


@require_POST
@needs("articles.retire")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it from its readers."""
    actions.retire(visible(request, pk), by=person(request))
    messages.success(request, _("Retired. Nobody is shown it any more."))
    return redirect("knowledge:edit", pk)


@require_POST
@needs("articles.edit")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft that readers have never seen."""
    try:
        actions.discard(visible(request, pk), by=person(request))
    except actions.StillNeeded as refusal:
        messages.error(request, str(refusal))
        return redirect("knowledge:edit", pk)
    messages.success(request, _("The draft is gone."))
    return redirect("knowledge:index")


@require_GET
@needs("articles.view")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every publication with what it changed, the newest first."""
    article = visible(request, pk)
    revisions = list(
        Revision.objects.filter(text__article=article)
        .select_related("author", "text")
        .order_by("text_id", "-number")[:HISTORY_LENGTH]
    )
    before = {(one.text_id, one.number): one for one in revisions}
    entries = []
    for revision in sorted(revisions, key=lambda one: -one.pk):
        former = before.get((revision.text_id, revision.number - 1))
        entries.append(
            {
                "revision": revision,
                "is_first": revision.number == 1,
                "was_titled": former.title if former and former.title != revision.title else "",
                "changes": compare(former.body, revision.body) if former else [],
                "is_current": revision.text.published_revision_id == revision.pk,
            }
        )
    context = frame(article, person(request)) | {"tab": "history", "entries": entries}
    return render(request, "knowledge/history.html", context)


@require_POST
@needs("articles.edit")
def restore(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Copy a former version into the draft."""
    found = get_object_or_404(Revision, text__article=visible(request, pk), pk=revision)
    text = actions.restore(found, by=person(request))
    messages.success(
        request, _("Version %(number)d is in the draft. Publish it when you are ready.") % {"number": found.number}
    )
    return redirect(f"{reverse('knowledge:edit', args=[pk])}?lang={text.language}")


@require_POST
@needs("desk.configure")
def load_starter(request: HttpRequest) -> HttpResponse:
    """Publish the starter set, from the first-run page."""
    count = actions.install_pack("npm", person(request)).added
    messages.success(request, _("%(count)d articles are in your help centre.") % {"count": count})
    return redirect("inboxes:first_run")
