"""The panel beside a conversation: make an article of it, or add the contact's words to one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firstline.accounts.doors import needs, person
from firstline.accounts.models import User
from firstline.conversations import queries as conversations
from firstline.conversations.models import Conversation, Message
from firstline.knowledge import actions, queries
from firstline.knowledge.actions.proposing import SAID
from firstline.knowledge.models import Article, Phrasing


@require_GET
@needs("articles.edit")
def panel(request: HttpRequest, conversation: int) -> HttpResponse:
    """What can be kept of this conversation; empty until somebody has answered."""
    found = _conversation(request, conversation)
    return _panel(request, found)


@require_POST
@needs("articles.edit")
def propose(request: HttpRequest, conversation: int) -> HttpResponse:
    """Draft an article from what was answered, and open it."""
    try:
        proposal = actions.propose_from_conversation(_conversation(request, conversation), by=person(request))
    except actions.ProposalRefused as refusal:
        messages.error(request, str(refusal))
        return _go(request, reverse("conversations:permalink", args=[conversation]))
    return _go(request, reverse("knowledge:edit", args=[proposal.article.pk]))


@require_POST
@needs("articles.edit")
def attach(request: HttpRequest, conversation: int) -> HttpResponse:
    """Add the contact's words to the article `article`; `drop` names a draft that is thereby not needed."""
    found = _conversation(request, conversation)
    number = request.POST.get("article", "")
    articles = Article.objects.visible_to(person(request))
    article = get_object_or_404(articles, pk=int(number) if number.isdecimal() else 0)
    try:
        actions.attach_question(article, found, by=person(request))
    except actions.ProposalRefused as refusal:
        messages.error(request, str(refusal))
        return _go(request, reverse("conversations:permalink", args=[conversation]))
    drop = request.POST.get("drop", "")
    if drop.isdecimal():
        draft = get_object_or_404(articles, pk=int(drop), from_conversation=found.pk, published_at=None)
        actions.discard(draft, by=person(request))
        messages.success(request, _("The question is with this article now; the draft is gone."))
        return _go(request, reverse("knowledge:edit", args=[article.pk]))
    return (
        _panel(request, found)
        if request.headers.get("HX-Request")
        else redirect("conversations:permalink", conversation)
    )


def _panel(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    ours = Message.objects.filter(conversation=conversation, author_user__isnull=False)
    user = person(request)
    inserted = queries.inserted_articles(conversation.pk)
    if not inserted and not ours.exists():
        return HttpResponse()  # nobody has answered yet: there is nothing to keep
    attached = Phrasing.objects.filter(from_message__in=conversation.messages.values("pk")).select_related("article")
    drafted = Article.objects.visible_to(user).filter(from_conversation=conversation.pk).for_list().first()
    context = {
        "conversation": conversation,
        "answered": not conversation.sealed and ours.exists(),
        "ready": ours.filter(state__in=SAID).exists(),
        "drafted": drafted,
        "attached": [one for one in attached if drafted is None or one.article_id != drafted.pk],
        "suggested": _suggested(user, conversation, inserted),
        "inserted": bool(inserted),
    }
    return render(request, "knowledge/panel.html", context)


def _suggested(user: User, conversation: Conversation, inserted: list[int]) -> list[Article]:
    """Articles to which the contact's words may belong: first those put into a reply, then those that sound alike."""
    ids = inserted + [one.article_id for one in queries.alike(conversation.subject) if one.article_id not in inserted]
    found = {article.pk: article for article in Article.objects.visible_to(user).filter(pk__in=ids[:5]).for_list()}
    return [found[pk] for pk in ids[:5] if pk in found]


def _conversation(request: HttpRequest, pk: int) -> Conversation:
    found = conversations.seen(person(request), pk)
    if found is None:
        raise Http404
    return found


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect: by header for htmx, which would follow a 302 inside the panel."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
